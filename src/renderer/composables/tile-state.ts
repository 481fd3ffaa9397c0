import type { SourceKind } from '../../shared/source.ts';
import type { SourceFault, SourceFaultReason, StreamState } from '../../shared/state.ts';
import type { Words } from '../locales/en.ts';
import type { PictureSample } from '../station/picture-meter.ts';
import type { PlayerFault } from '../station/player-session.ts';
import type { PlayerState } from '../station/player.ts';

/** The name of the sentence that tells a reader why there is no picture. */
export type Cause = keyof Words['cause'];

/** What a Player ran into, told to a reader. Mistakes of the page itself are one to them. */
const causeOfPlayerFault: Readonly<Record<PlayerFault, Cause>> = {
  unreachable: 'unreachable',
  connect_timeout: 'connect_timeout',
  connection_lost: 'connection_lost',
  station_full: 'station_full',
  closing: 'closing',
  source_offline: 'source_offline',
  no_common_codec: 'no_common_codec',
  unknown_stream: 'unknown_stream',
  bad_offer: 'internal',
  offer_too_complex: 'internal',
  bad_candidate: 'internal',
  unknown_viewer: 'internal',
  stale_session: 'internal',
  internal: 'internal',
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
  | { readonly kind: 'stale'; readonly ageMs: number }
  | {
      readonly kind: 'offline';
      readonly cause: Cause;
      /** What the station found, in English; null where the cause says it all. */
      readonly detail: string | null;
      /** 0 while it is being tried. */
      readonly nextTryInMs: number;
    }
  | { readonly kind: 'idle' };

export interface TileFacts {
  readonly stream: StreamState;
  /** Without the station's word, its last one is no longer a fact. */
  readonly isStationReachable: boolean;
  readonly player: PlayerState;
  readonly pictures: PictureSample;
  /** This page's Unix time. */
  readonly nowMs: number;
  /** The station's Unix time; NaN where unknown. */
  readonly stationNowMs: number;
}

/** Joins what the station says of the Source with what the Player sees. The gloomier of both wins. */
export function tileState({ stream, isStationReachable, player, pictures, nowMs, stationNowMs }: TileFacts): TileState {
  const { status } = stream;
  if (isStationReachable && status.kind === 'offline') {
    return {
      kind: 'offline',
      cause: causeOf(stream.sourceKind, status.fault),
      detail: status.fault.detail,
      nextTryInMs: Math.max(0, status.nextTryAtMs - (Number.isNaN(stationNowMs) ? nowMs : stationNowMs)),
    };
  }
  switch (player.kind) {
    case 'closed':
      return { kind: 'idle' };
    case 'connecting':
      if (player.after !== null) return offlineHere(player.after, 0);
      return { kind: 'connecting', isStarting: isStationReachable && status.kind !== 'live' };
    case 'waiting':
      return offlineHere(player.reason, Math.max(0, player.retryAtMs - nowMs));
    case 'playing': {
      const ageMs = pictures.ageMs ?? 0;
      return ageMs > staleAfterMs(stream, pictures) ? { kind: 'stale', ageMs } : { kind: 'live' };
    }
  }
}

/** A recording or a program has no plug that could be looked after. */
function causeOf(sourceKind: SourceKind, { reason }: SourceFault): Cause {
  if (reason === 'not_found' && sourceKind === 'file') return 'not_found_file';
  if (reason === 'not_found' && sourceKind === 'program') return 'not_found_program';
  return causeOfSourceFault[reason];
}

function offlineHere(fault: PlayerFault, nextTryInMs: number): TileState {
  return { kind: 'offline', cause: causeOfPlayerFault[fault], detail: null, nextTryInMs };
}

/**
 * A picture is stale when it is older than the detector's own rhythm can explain. That rhythm is what the detector announces
 * and what was seen here while pictures came; never the station's count, which falls during the very silence that is judged.
 */
export function staleAfterMs({ detector, reading }: StreamState, { intervalMs }: PictureSample): number {
  const announcedMs = detector?.nominalFps ? 1_000 / detector.nominalFps : 0;
  return Math.max(1_000, 2.5 * Math.max(announcedMs, intervalMs ?? 0, reading?.exposureMs ?? 0));
}
