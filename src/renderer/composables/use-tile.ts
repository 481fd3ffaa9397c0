import { computed, type ComputedRef } from 'vue';
import type { StreamState } from '../../shared/state.ts';
import type { Quality } from '../station/quality.ts';
import { useConnection } from '../stores/connection.ts';
import { useStation } from '../stores/station.ts';
import { isShowing, standInOf, tileState, type StandIn, type TileState } from './tile-state.ts';
import { useHeartbeat } from './use-heartbeat.ts';
import { usePlayer, type Screen } from './use-player.ts';
import { useShownSize } from './use-shown-size.ts';
import { useTileLabel } from './use-tile-label.ts';
import { useTelemetry } from './use-telemetry.ts';
import { useWords, type WordKey } from './use-words.ts';

/** What a Tile shows beside its picture. */
export interface TileView {
  readonly state: ComputedRef<TileState>;
  readonly stateWord: ComputedRef<string>;
  readonly standIn: ComputedRef<StandIn | null>;
  /** Null unless pictures come and the number is known. */
  readonly fps: ComputedRef<number | null>;
  readonly latencyMs: ComputedRef<number | null>;
  /** The detector's number of what is shown; null where it is not known. */
  readonly number: ComputedRef<number | null>;
  /** True where the latency rests on an estimate of the station's clock. */
  readonly isLatencyEstimated: ComputedRef<boolean>;
  /** Share of pixels at full scale, where any are; null unless pictures come. */
  readonly saturatedShare: ComputedRef<number | null>;
  /** Null as long as it can't be judged. */
  readonly quality: ComputedRef<Quality | null>;
  /** Pictures come over HTTP, at a reduced rate. */
  readonly isOverHttp: ComputedRef<boolean>;
  /** The picture in words, for those who can't see it. */
  readonly label: ComputedRef<string>;
  /** Looks for the station again after the page has given up. */
  readonly tryAgain: () => void;
}

const wordOfState: Readonly<Record<TileState['kind'], WordKey>> = {
  live: 'state.live',
  connecting: 'state.connecting',
  stale: 'state.stale',
  frozen: 'state.frozen',
  paused: 'state.paused',
  waiting: 'state.waiting',
  offline: 'state.offline',
  idle: 'state.idle',
};

/** Joins the Stream, its Player and the reader's language to what one Tile says. */
export function useTile(stream: () => StreamState, screen: Screen): TileView {
  const { clock } = useConnection();
  const station = useStation();
  const heartbeat = useHeartbeat();
  const shownSize = useShownSize(screen.video, () => stream().detector);
  const player = usePlayer(stream().id, screen, shownSize);
  const { word } = useWords();

  const state = computed(() =>
    tileState({
      stream: stream(),
      isStationReachable: station.isReachable,
      player: player.state.value,
      pictures: player.pictures.value,
      link: player.link.value,
      stateAgeMs: station.ageMs(),
      nowMs: heartbeat.value,
      stationNowMs: clock.nowMs(),
    }),
  );
  const { quality: sampledQuality } = useTelemetry({
    stream,
    state: () => state.value,
    pictures: () => player.pictures.value,
    report: player.report,
    overHttp: () => player.overHttp.value,
    tryWebRtc: player.tryWebRtc,
  });
  // Its sentence tells why it is stale; what the last ten seconds were like would only argue with that.
  const quality = computed(() => {
    const { value } = sampledQuality;
    return value && state.value.kind === 'stale' ? { ...value, cause: null } : value;
  });
  const isLive = computed(() => state.value.kind === 'live');
  const hasPictures = computed(() => isShowing(state.value));
  const standIn = computed(() => standInOf(stream().sourceKind));
  const isPlayback = computed(() => isLive.value && standIn.value === 'recording');
  const stateWord = computed(() => word(isPlayback.value ? 'state.playing' : wordOfState[state.value.kind]));
  const fps = computed(() => (hasPictures.value ? player.pictures.value.fps : null));
  const latencyMs = computed(() => (hasPictures.value ? player.pictures.value.latencyMs : null));
  const number = computed(() => player.pictures.value.number);
  const isLatencyEstimated = computed(
    () => latencyMs.value !== null && player.pictures.value.latencyUncertaintyMs !== 0,
  );
  const saturatedShare = computed(() => {
    const share = stream().reading?.fullScaleShare ?? 0;
    return hasPictures.value && share > 0 ? share : null;
  });
  // A Tile that has no picture says why; how it would come is of no use then.
  const isOverHttp = computed(
    () => player.overHttp.value !== null && !['waiting', 'offline', 'idle'].includes(state.value.kind),
  );
  const facts = { state, stateWord, standIn, isOverHttp, fps, latencyMs, saturatedShare, quality };
  return { ...facts, number, isLatencyEstimated, label: useTileLabel(stream, facts), tryAgain: player.tryNow };
}
