import type { SourceFaultReason, StreamState } from '../../shared/state.ts';
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
    const { reason, detail } = status.fault;
    return {
      kind: 'offline',
      cause: causeOfSourceFault[reason],
      detail,
      nextTryInMs: Math.max(0, status.nextTryAtMs - (Number.isNaN(stationNowMs) ? nowMs : stationNowMs)),
    };
  }
  switch (player.kind) {
    case 'closed':
      return { kind: 'idle' };
    case 'connecting':
      return { kind: 'connecting', isStarting: isStationReachable && status.kind === 'starting' };
    case 'waiting':
      return {
        kind: 'offline',
        cause: causeOfPlayerFault[player.reason],
        detail: null,
        nextTryInMs: Math.max(0, player.retryAtMs - nowMs),
      };
    case 'playing': {
      const ageMs = pictures.ageMs ?? 0;
      return ageMs > staleAfterMs(stream) ? { kind: 'stale', ageMs } : { kind: 'live' };
    }
  }
}

/** A picture is stale when it is older than the detector's own rhythm can explain. */
export function staleAfterMs({ fps, reading, detector }: StreamState): number {
  const rate = fps ?? detector?.nominalFps ?? null;
  const intervalMs = rate !== null && rate > 0 ? 1000 / rate : 0;
  return Math.max(1_000, 2.5 * Math.max(intervalMs, reading?.exposureMs ?? 0));
}
