import type { SourceKind } from '../../shared/source.ts';
import type { SourceFault, SourceFaultReason, StreamState } from '../../shared/state.ts';
import type { Words } from '../locales/en.ts';
import type { PictureSample } from '../station/picture-meter.ts';
import type { PlayerFault } from '../station/player-session.ts';
import type { PlayerState } from '../station/player.ts';
import type { Retry } from '../station/repair.ts';
import { staleCause, type LinkSample, type StaleCause } from '../station/staleness.ts';

/** The station tells its state each second. */
const stateDueMs = 1_500;
/** A capture time is rounded on its way. */
const sameInstantMs = 0.1;

/** The name of the sentence that tells a reader why there is no picture. */
export type Cause = keyof Words['cause'];

/** What a Player ran into, told to a reader. Everything else is a mistake of the page itself, and one to them. */
const causeOfPlayerFault: Readonly<Partial<Record<PlayerFault, Cause>>> = {
  unreachable: 'unreachable',
  connect_timeout: 'connect_timeout',
  connection_lost: 'connection_lost',
  station_full: 'station_full',
  too_many_offers: 'station_full',
  closing: 'closing',
  source_offline: 'source_offline',
  no_common_codec: 'no_common_codec',
  no_picture: 'no_new_picture',
  unknown_stream: 'unknown_stream',
};

/** What the station ran into. Its `unreachable` is another machine's than the Player's. */
const causeOfSourceFault: Readonly<Record<SourceFaultReason, Cause>> = {
  not_found: 'not_found',
  busy: 'busy',
  unreachable: 'unreachable_source',
  refused: 'refused',
  bad_output: 'bad_output',
  ended: 'ended',
  silent: 'silent',
  crashed: 'crashed',
  no_engine: 'no_engine',
  no_publisher: 'no_publisher',
  away_there: 'away_there',
  not_trusted: 'not_trusted',
};

/** What it ran into with another station. */
const causeThere: Readonly<Partial<Record<SourceFaultReason, Cause>>> = {
  not_found: 'not_found_there',
  busy: 'busy_there',
  unreachable: 'unreachable_there',
  refused: 'refused_there',
};

/** What is shown in place of a detector that is there and looks at something now. */
export type StandIn = 'simulated' | 'recording';

/** Null for real detectors. */
export function standInOf(sourceKind: SourceKind): StandIn | null {
  if (sourceKind === 'simulated') return 'simulated';
  return sourceKind === 'file' ? 'recording' : null;
}

/** What a Tile says of its picture, as one of exclusive states. */
export type TileState =
  | { readonly kind: 'live' }
  | { readonly kind: 'connecting'; readonly isStarting: boolean }
  | { readonly kind: 'stale'; readonly ageMs: number; readonly cause: StaleCause; readonly isRepairing: boolean }
  /** Pictures come, but the detector repeats the same one since then (Unix time of the station). */
  | { readonly kind: 'frozen'; readonly sinceMs: number }
  /** The page was out of sight or asleep, and the next picture has not come yet. */
  | { readonly kind: 'paused' }
  /** Nobody publishes to it at the moment. Nothing is wrong, and nothing is tried: somebody else begins. */
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'offline';
      readonly cause: Cause;
      /** What the station found, in English; null where the cause says it all. */
      readonly detail: string | null;
      readonly next: NextTry;
    }
  | { readonly kind: 'idle' };

/** Who tries next to bring the picture back. `inMs` is 0 while it is being tried. */
export type NextTry =
  | { readonly by: 'station'; readonly inMs: number }
  /** The page; `of` is how often it will before it gives up, null where it never does. */
  | { readonly by: 'page'; readonly inMs: number; readonly number: number; readonly of: number | null }
  /** The page has given up. */
  | { readonly by: 'person' };

export interface TileFacts {
  readonly stream: StreamState;
  /** Without the station's word, its last one is no longer a fact. */
  readonly isStationReachable: boolean;
  readonly player: PlayerState;
  readonly pictures: PictureSample;
  readonly link: LinkSample;
  /** Since the station told its state. */
  readonly stateAgeMs: number;
  /** This page's Unix time. */
  readonly nowMs: number;
  /** The station's Unix time; NaN where unknown. */
  readonly stationNowMs: number;
}

/** Joins what the station says of the Source with what the Player sees. The gloomier of both wins. */
export function tileState(facts: TileFacts): TileState {
  const { stream, isStationReachable, player, nowMs, stationNowMs } = facts;
  const { status } = stream;
  if (isStationReachable && status.kind === 'offline') {
    if (status.fault.reason === 'no_publisher') return { kind: 'waiting' };
    const inMs = Math.max(0, status.nextTryAtMs - (Number.isNaN(stationNowMs) ? nowMs : stationNowMs));
    return {
      kind: 'offline',
      cause: causeOfFault(stream.sourceKind, status.fault),
      detail: status.fault.detail,
      next: { by: 'station', inMs },
    };
  }
  switch (player.kind) {
    case 'closed':
      return { kind: 'idle' };
    case 'connecting':
      if (player.retry !== null) return retrying(player.retry, 0);
      return { kind: 'connecting', isStarting: isStationReachable && status.kind !== 'live' };
    case 'waiting':
      return retrying(player.retry, Math.max(0, player.retryAtMs - nowMs));
    case 'gave_up':
      return offlineHere(player.reason, { by: 'person' });
    case 'playing':
      return playing(facts, player.isRepairing);
  }
}

/** Why a Tile says what it says; null where nothing is wrong, or where it is just beginning. */
export function causeOfState(state: TileState): Cause | null {
  switch (state.kind) {
    case 'offline':
    case 'stale':
      return state.cause;
    case 'frozen':
    case 'paused':
      return state.kind;
    case 'waiting':
      return 'no_publisher';
    default:
      return null;
  }
}

/** Pictures come from a detector that is there and looks at something: also where they repeat one. */
export function isShowing({ kind }: TileState): boolean {
  return kind === 'live' || kind === 'frozen';
}

function playing(facts: TileFacts, isRepairing: boolean): TileState {
  const { stream, isStationReachable, pictures, link } = facts;
  const ageMs = pictures.ageMs ?? 0;
  const silentMs = pictures.silentMs ?? 0;
  const patienceMs = staleAfterMs(stream, pictures);
  if (ageMs <= patienceMs || isExposureUnknown(facts, silentMs)) {
    const { frozenSinceMs } = stream;
    return frozenSinceMs === null || !isStationReachable
      ? { kind: 'live' }
      : { kind: 'frozen', sinceMs: frozenSinceMs };
  }
  // Nobody could see a picture, and the one of now is on its way.
  if (link.awakeMs === null || link.awakeMs < Math.min(silentMs, patienceMs)) return { kind: 'paused' };
  return { kind: 'stale', ageMs, cause: causeOfStale(facts, silentMs), isRepairing };
}

/** The last picture came long after the one that the station has told of, and its exposure is to be told within a second. */
function isExposureUnknown({ stream, pictures, stateAgeMs }: TileFacts, silentMs: number): boolean {
  const toldMs = stream.reading?.captureTimeMs ?? Number.NEGATIVE_INFINITY;
  const isLongAfter = (pictures.captureTimeMs ?? 0) - toldMs > stateDueMs;
  return isLongAfter && stateAgeMs > silentMs && stateAgeMs < stateDueMs;
}

function causeOfStale({ stream, pictures, link, stateAgeMs }: TileFacts, silentMs: number): StaleCause {
  const { captureTimeMs } = pictures;
  const takenMs = stream.reading?.captureTimeMs ?? null;
  return staleCause({
    ...link,
    silentMs,
    stateAgeMs,
    intervalMs: expectedIntervalMs(stream, pictures),
    hasNewer: captureTimeMs === null || takenMs === null ? null : takenMs > captureTimeMs + leftOutMs(stream, pictures),
  });
}

/** Over HTTP not all pictures are sent: what was taken so soon after the last one was left out, or would have been the next. */
function leftOutMs({ detector }: StreamState, { intervalMs }: PictureSample): number {
  const takenEachMs = 1_000 / (detector?.nominalFps ?? Number.NaN);
  return intervalMs !== null && intervalMs > 1.5 * takenEachMs ? 2 * intervalMs : sameInstantMs;
}

/** A recording or a program has no plug that could be looked after, and another station is no detector. */
export function causeOfFault(sourceKind: SourceKind, { reason }: SourceFault): Cause {
  if (reason === 'not_found' && sourceKind === 'file') return 'not_found_file';
  if (reason === 'not_found' && sourceKind === 'program') return 'not_found_program';
  if (sourceKind === 'station') return causeThere[reason] ?? causeOfSourceFault[reason];
  return causeOfSourceFault[reason];
}

function retrying({ reason, number, of }: Retry, inMs: number): TileState {
  return offlineHere(reason, { by: 'page', inMs, number, of });
}

function offlineHere(fault: PlayerFault, next: NextTry): TileState {
  return { kind: 'offline', cause: causeOfPlayerFault[fault] ?? 'internal', detail: null, next };
}

/** A picture is stale when it is older than the detector's own rhythm can explain. */
export function staleAfterMs(stream: StreamState, pictures: PictureSample): number {
  return Math.max(1_000, 2.5 * (expectedIntervalMs(stream, pictures) ?? 0));
}

/**
 * The time to expect between two pictures: what the detector announces, and what was seen here while pictures came; never
 * the station's count, which falls during the very silence that is judged. Null as long as nothing is known.
 */
export function expectedIntervalMs({ detector, reading }: StreamState, { intervalMs }: PictureSample): number | null {
  const announcedMs = detector?.nominalFps ? 1_000 / detector.nominalFps : 0;
  return Math.max(announcedMs, intervalMs ?? 0, reading?.exposureMs ?? 0) || null;
}
