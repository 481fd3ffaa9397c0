import type { Page } from '@playwright/test';
import { startStationProcess, type StationProcess } from '../support/station-process.ts';

const clock = { id: 'clock', name: 'Clock', source: { kind: 'simulated', detector: 'clock' } };
const dim = { id: 'dim', name: 'Dim detector', source: { kind: 'simulated', detector: 'dim' } };

/** The configuration of a station with the clock detector alone. */
export const clockStreams = { streams: [clock] };

export function clockStation(): Promise<StationProcess> {
  return startStationProcess({ config: clockStreams });
}

/** The clock detector beside one that costs next to nothing, to click away to and back from. */
export function clockAndDimStation(lingerMs: number): Promise<StationProcess> {
  return startStationProcess({ config: { streams: [clock, dim], lingerMs } });
}

export function tile(page: Page, streamId: string) {
  return page.locator(`[data-testid="tile"][data-stream-id="${streamId}"]`);
}

/** Waits until a tile says that it is live. */
export async function liveTile(page: Page, streamId: string): Promise<void> {
  await page.locator(`[data-testid="tile"][data-stream-id="${streamId}"][data-state="live"]`).waitFor();
}
