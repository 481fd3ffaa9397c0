import { computed, onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { StreamState } from '../../shared/state.ts';
import { useConnection } from '../stores/connection.ts';
import { useStation } from '../stores/station.ts';
import { noPictures, type PictureSample } from '../station/picture-meter.ts';
import type { StationClient } from '../station/client.ts';
import type { ShownSize } from '../station/commands.ts';
import { WebRtcLessons } from '../station/fallback.ts';
import type { PlayerReport } from '../station/player-report.ts';
import type { PlayerState } from '../station/player.ts';
import { repairLimits } from '../station/repair.ts';
import type { LinkSample } from '../station/staleness.ts';
import { TilePlayer, type OverHttp } from '../station/tile-player.ts';
import { useAttention } from './use-attention.ts';
import { useHeartbeat } from './use-heartbeat.ts';

/** The elements that a Player shows its pictures on. */
export interface Screen {
  readonly video: Readonly<ShallowRef<HTMLVideoElement | null>>;
  /** Lies over the video. */
  readonly canvas: Readonly<ShallowRef<HTMLCanvasElement | null>>;
}

/** What a component knows of its Player. */
export interface PlayerView {
  readonly state: ShallowRef<PlayerState>;
  readonly pictures: ShallowRef<PictureSample>;
  readonly link: ShallowRef<LinkSample>;
  /** Null while pictures come over WebRTC, or are to. */
  readonly overHttp: ShallowRef<OverHttp | null>;
  /** What is known of its session, asked now. */
  readonly report: () => Promise<PlayerReport | null>;
  /** Begins again at once where the Player waits or has given up. */
  readonly tryNow: () => void;
  /** Looks at once whether pictures that come over HTTP can come over WebRTC by now. */
  readonly tryWebRtc: () => void;
}

/** One page, one network: what one Tile has found out, the next one knows. */
const lessonsOf = new WeakMap<StationClient, WebRtcLessons>();

/**
 * Keeps a Player on a Screen while the component lives and somebody can see it, and passes on what the station says: tries
 * at once when there is new hope.
 */
export function usePlayer(
  streamId: string,
  screen: Screen,
  shownSize: Readonly<ShallowRef<ShownSize | null>>,
): PlayerView {
  const { client, clock, place } = useConnection();
  // Nobody may be there who could tap on a wall, and its detector may be plugged in at any time.
  const limits = { ...repairLimits, ...(place.kiosk && { maxTries: null }) };
  const station = useStation();
  const isWatched = useAttention();
  const heartbeat = useHeartbeat();
  const state = shallowRef<PlayerState>({ kind: 'closed' });
  const pictures = shallowRef<PictureSample>(noPictures);
  const link = shallowRef<LinkSample>(noLink);
  const overHttp = shallowRef<OverHttp | null>(null);
  const lessons = lessonsFor(client);
  let player: TilePlayer | undefined;

  const streamNow = (): StreamState | undefined => station.streams.find(({ id }) => id === streamId);
  const wholeSize = (): ShownSize | null => streamNow()?.detector ?? null;

  /** The station refuses whoever comes while the detector is away, and says when it is back: asking is of no use. */
  const isRefused = computed(() => station.isReachable && streamNow()?.status.kind === 'offline');
  /** A Player that is in stays in, and gets the first picture when the detector is back. */
  const isWanted = computed(() => isWatched.value && (!isRefused.value || isIn(state.value)));

  function close(): void {
    player?.close();
    player = undefined;
  }

  // At once, because a page that is being left runs nothing later.
  watch(
    [screen.video, screen.canvas, isWanted],
    ([video, canvas, wanted]) => {
      close();
      if (!video || !canvas || !wanted) return;
      const onState = (newest: PlayerState): void => void (state.value = newest);
      const parts = { client, clock, streamId, video, canvas, wholeSize, lessons };
      player = new TilePlayer({ ...parts, limits, onState });
      if (shownSize.value) player.show(shownSize.value);
    },
    { immediate: true, flush: 'sync' },
  );
  watch(shownSize, (size) => size && player?.show(size));
  watch([heartbeat, state], () => {
    pictures.value = player?.sample() ?? noPictures;
    link.value = player?.link() ?? noLink;
    overHttp.value = player?.overHttp ?? null;
  });

  followStation(() => player);
  onScopeDispose(close);
  return {
    state,
    pictures,
    link,
    overHttp,
    report: async () => (await player?.report()) ?? null,
    tryNow: () => player?.tryNow(),
    tryWebRtc: () => player?.tryWebRtc(),
  };
}

const noLink: LinkSample = { isConnected: false, keepaliveAgeMs: null, arrived: 'unknown', awakeMs: null };

/** The Player has a session, or will know in a moment whether it gets one. */
function isIn({ kind }: PlayerState): boolean {
  return kind === 'connecting' || kind === 'playing';
}

/** What was true of the station of before, or of a time without one, is none of this one's. */
function followStation(player: () => TilePlayer | undefined): void {
  const station = useStation();
  watch(
    () => station.runId,
    (_runId, before) => {
      if (before !== null) player()?.restart();
    },
  );
  watch(
    () => station.isReachable,
    (isReachable) => {
      if (isReachable) player()?.tryNow();
    },
  );
}

function lessonsFor(client: StationClient): WebRtcLessons {
  const lessons = lessonsOf.get(client) ?? new WebRtcLessons();
  lessonsOf.set(client, lessons);
  return lessons;
}
