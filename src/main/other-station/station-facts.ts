import * as v from 'valibot';
import type { WatchedFacts } from '../station/ports.ts';
import type { DoorAnswer } from './station-door.ts';

/** What is of use of another station's state; it may be of another version, so the rest may be anything. */
const stateSchema = v.object({
  timeMs: v.pipe(v.number(), v.finite()),
  station: v.object({ name: v.string(), runId: v.string() }),
  streams: v.array(
    v.object({
      id: v.string(),
      sourceKind: v.string(),
      pixelSizeUm: v.nullable(v.pipe(v.number(), v.gtValue(0), v.finite())),
      detector: v.nullable(v.object({ widthPx: v.pipe(v.number(), v.gtValue(0), v.finite()) })),
      status: v.object({ kind: v.string(), fault: v.optional(v.object({ detail: v.string() })) }),
    }),
  ),
});

/** Longer words of another station would fill a Tile. */
const maxWordsLength = 200;

export interface OtherStream extends WatchedFacts {
  readonly id: string;
  readonly sourceKind: string;
  /** Why its Source is away there; null where it is not. */
  readonly awayBecause: string | null;
}

export interface OtherStation {
  readonly name: string;
  readonly runId: string;
  /** How far its clock is ahead of ours, as if both ways of the question took as long. */
  readonly clockAheadMs: number;
  /** How far that can be wrong: half of the time that the answer took. */
  readonly clockDoubtMs: number;
  /** Those that may be seen. */
  readonly streams: readonly OtherStream[];
}

/** What an answer of `/api/state` says, or null where it is not one. */
export function readStation({ body, askedAtMs, answeredAtMs }: DoorAnswer): OtherStation | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), stateSchema), body);
  if (!parsed.success) return null;
  const { timeMs, station, streams } = parsed.output;
  const name = words(station.name);
  return {
    name,
    runId: station.runId,
    clockAheadMs: timeMs - (askedAtMs + answeredAtMs) / 2,
    clockDoubtMs: (answeredAtMs - askedAtMs) / 2,
    streams: streams.map(({ id, sourceKind, pixelSizeUm, detector, status }) => ({
      id,
      sourceKind,
      stationName: name,
      pixelSizeUm,
      widthPx: detector?.widthPx ?? null,
      awayBecause: status.kind === 'offline' && status.fault ? words(status.fault.detail) : null,
    })),
  };
}

/** Without control characters, because they reach logs and screens. */
function words(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, maxWordsLength);
}
