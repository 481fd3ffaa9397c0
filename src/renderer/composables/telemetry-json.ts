import type { StationState, StreamState } from '../../shared/state.ts';
import type { Telemetry } from '../station/telemetry.ts';
import type { ViewEvent } from '../stores/event-log.ts';
import { shareable } from './raw-groups.ts';

/** What is copied for whoever helps from afar: in English, with points in numbers and times of ISO 8601, whatever the screen shows. */
export function telemetryJson(told: {
  readonly stream: StreamState;
  readonly station: StationState | null;
  readonly telemetry: Telemetry | null;
  readonly events: readonly ViewEvent[];
}): string {
  const { stream, station, telemetry, events } = told;
  const report = {
    takenAt: new Date().toISOString(),
    browser: navigator.userAgent,
    station: station?.station ?? null,
    stream,
    quality: telemetry?.quality ?? null,
    verdicts: telemetry?.verdicts ?? null,
    numbers: telemetry?.numbers ?? null,
    stats: telemetry?.entries.map(shareable) ?? [],
    events: events.map(({ atMs, ...event }) => ({ at: new Date(atMs).toISOString(), ...event })),
  };
  return JSON.stringify(report, (key, value: unknown) => (key === 'session' ? undefined : value), 2);
}
