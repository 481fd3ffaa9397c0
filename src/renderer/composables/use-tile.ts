import { computed, type ComputedRef } from 'vue';
import type { StreamState } from '../../shared/state.ts';
import type { Quality } from '../station/quality.ts';
import { useConnection } from '../stores/connection.ts';
import { useStation } from '../stores/station.ts';
import { standInOf, tileState, type StandIn, type TileState } from './tile-state.ts';
import { useHeartbeat } from './use-heartbeat.ts';
import { usePlayer, type Screen } from './use-player.ts';
import { useTileLabel } from './use-tile-label.ts';
import { useTelemetry } from './use-telemetry.ts';
import { useWords, type WordKey } from './use-words.ts';

/** What a Tile shows beside its picture. */
export interface TileView {
  readonly state: ComputedRef<TileState>;
  readonly stateWord: ComputedRef<string>;
  readonly standIn: ComputedRef<StandIn | null>;
  /** Null unless the picture is live and the number is known. */
  readonly fps: ComputedRef<number | null>;
  readonly latencyMs: ComputedRef<number | null>;
  /** True where the latency rests on an estimate of the station's clock. */
  readonly isLatencyEstimated: ComputedRef<boolean>;
  /** Share of pixels at full scale, where any are; null unless the picture is live. */
  readonly saturatedShare: ComputedRef<number | null>;
  /** Null as long as it can't be judged. */
  readonly quality: ComputedRef<Quality | null>;
  /** The picture in words, for those who can't see it. */
  readonly label: ComputedRef<string>;
  /** Looks for the station again after the page has given up. */
  readonly tryAgain: () => void;
}

const wordOfState: Readonly<Record<TileState['kind'], WordKey>> = {
  live: 'state.live',
  connecting: 'state.connecting',
  stale: 'state.stale',
  offline: 'state.offline',
  idle: 'state.idle',
};

/** Joins the Stream, its Player and the reader's language to what one Tile says. */
export function useTile(stream: () => StreamState, screen: Screen): TileView {
  const { clock } = useConnection();
  const station = useStation();
  const heartbeat = useHeartbeat();
  const player = usePlayer(stream().id, screen);
  const { word } = useWords();

  const state = computed(() =>
    tileState({
      stream: stream(),
      isStationReachable: station.isReachable,
      player: player.state.value,
      pictures: player.pictures.value,
      nowMs: heartbeat.value,
      stationNowMs: clock.nowMs(),
    }),
  );
  const { quality } = useTelemetry({
    stream,
    state: () => state.value,
    pictures: () => player.pictures.value,
    report: player.report,
  });
  const isLive = computed(() => state.value.kind === 'live');
  const standIn = computed(() => standInOf(stream().sourceKind));
  const isPlayback = computed(() => isLive.value && standIn.value === 'recording');
  const stateWord = computed(() => word(isPlayback.value ? 'state.playing' : wordOfState[state.value.kind]));
  const fps = computed(() => (isLive.value ? player.pictures.value.fps : null));
  const latencyMs = computed(() => (isLive.value ? player.pictures.value.latencyMs : null));
  const isLatencyEstimated = computed(() => latencyMs.value !== null && clock.uncertaintyMs > 0);
  const saturatedShare = computed(() => {
    const share = stream().reading?.fullScaleShare ?? 0;
    return isLive.value && share > 0 ? share : null;
  });
  const facts = { state, stateWord, standIn, fps, latencyMs, saturatedShare, quality };
  return { ...facts, isLatencyEstimated, label: useTileLabel(stream, facts), tryAgain: player.tryNow };
}
