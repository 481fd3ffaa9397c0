import type { StationState, StreamState } from '../../shared/state.ts';
import type { LogLine } from '../stores/event-log.ts';
import type { TileTelemetry } from '../stores/telemetry.ts';
import { shareable } from './raw-groups.ts';

/** What is copied for whoever helps from afar: in English, with points in numbers and times of ISO 8601, whatever the screen shows. */
export function telemetryJson(told: {
  readonly stream: StreamState;
  readonly station: StationState | null;
  readonly telemetry: TileTelemetry | null;
  readonly lines: readonly LogLine[];
}): string {
  const { stream, station, telemetry, lines } = told;
  const report = {
    takenAt: new Date().toISOString(),
    browser: navigator.userAgent,
    station: station?.station ?? null,
    stream,
    diagnosis: telemetry?.diagnosis ?? null,
    quality: telemetry?.quality ?? null,
    verdicts: telemetry?.verdicts ?? null,
    numbers: telemetry?.numbers ?? null,
    http: telemetry?.http ?? null,
    stats: telemetry?.entries.map(shareable) ?? [],
    lastMinute: telemetry?.history ?? [],
    events: lines.map(({ seenBy, atMs, event }) => ({
      at: new Date(atMs).toISOString(),
      seenBy,
      ...event,
      // Said already, in one form for both.
      atMs: undefined,
      timeMs: undefined,
    })),
  };
  return JSON.stringify(report, (key, value: unknown) => (key === 'session' ? undefined : value), 2);
}
