import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { startStationProcess, type StationProcess, type StationProcessOptions } from '../support/station-process.ts';

interface Fixtures {
  /** Starts a station that is stopped after the test. */
  startStation: (options?: StationProcessOptions) => Promise<StationProcess>;
}

/** A test with real stations, whose page must not break the content security policy or throw. */
export const test = base.extend<Fixtures>({
  startStation: async ({}, use) => {
    const stations: StationProcess[] = [];
    await use(async (options) => {
      const station = await startStationProcess(options);
      stations.push(station);
      return station;
    });
    await Promise.all(stations.map((station) => station.stop()));
  },
  page: async ({ page }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && /content security policy/i.test(message.text())) faults.push(message.text());
    });
    await use(page);
    expect(faults).toEqual([]);
  },
});

export { expect };

export function tile(page: Page, streamId: string): Locator {
  return page.locator(`[data-testid="tile"][data-stream-id="${streamId}"]`);
}

/** Waits until a tile says that it is live. */
export async function expectLive(page: Page, streamId: string): Promise<void> {
  await expect(tile(page, streamId)).toHaveAttribute('data-state', 'live', { timeout: 15_000 });
}

/** Waits until the tile's video has shown `count` more pictures. */
export async function expectPictures(page: Page, streamId: string, count: number): Promise<void> {
  await tile(page, streamId)
    .locator('video')
    .evaluate(
      (video: HTMLVideoElement, count) =>
        new Promise<void>((resolve) => {
          let left = count;
          const next = (): void => {
            left -= 1;
            if (left <= 0) resolve();
            else video.requestVideoFrameCallback(next);
          };
          video.requestVideoFrameCallback(next);
        }),
      count,
    );
}

/** The average brightness (0 to 255) and its spread over the tile's picture: a black or flat picture has next to none. */
export async function brightness(page: Page, streamId: string): Promise<{ mean: number; spread: number }> {
  return tile(page, streamId)
    .locator('video')
    .evaluate((video: HTMLVideoElement) => {
      const canvas = new OffscreenCanvas(160, 120);
      const context = canvas.getContext('2d');
      if (!context) throw new Error('This browser has no canvas.');
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
      const green = Array.from({ length: canvas.width * canvas.height }, (_, index) => pixels[index * 4 + 1] ?? 0);
      const mean = green.reduce((sum, value) => sum + value, 0) / green.length;
      const spread = Math.sqrt(green.reduce((sum, value) => sum + (value - mean) ** 2, 0) / green.length);
      return { mean, spread };
    });
}
