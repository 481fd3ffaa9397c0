import { useIntervalFn } from '@vueuse/core';
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue';
import type { StreamState } from '../../shared/state.ts';
import { debug } from '../station/debug.ts';
import { HttpRecorder, type HttpNumbers } from '../station/http-numbers.ts';
import { diagnose } from '../station/link-doctor.ts';
import type { PictureFacts } from '../station/numbers.ts';
import type { PictureSample } from '../station/picture-meter.ts';
import type { PlayerReport } from '../station/player-report.ts';
import type { Quality } from '../station/quality.ts';
import { noStationFacts, stationFacts } from '../station/station-facts.ts';
import { TelemetryRecorder, type Telemetry } from '../station/telemetry.ts';
import type { OverHttp } from '../station/tile-player.ts';
import { windows } from '../station/thresholds.ts';
import { useConnection } from '../stores/connection.ts';
import { useEventLog } from '../stores/event-log.ts';
import { useStation } from '../stores/station.ts';
import { useTelemetries } from '../stores/telemetry.ts';
import { causeOfState, expectedIntervalMs, isShowing, type TileState } from './tile-state.ts';

/** What the telemetry of one Tile is made of. */
export interface TelemetrySources {
  readonly stream: () => StreamState;
  readonly state: () => TileState;
  readonly pictures: () => PictureSample;
  readonly report: () => Promise<PlayerReport | null>;
  readonly overHttp: () => OverHttp | null;
  readonly tryWebRtc: () => void;
}

/** Asks a Tile's Player once a second how it does, tells the store, and keeps a log of what changes. */
export function useTelemetry({ stream, state, pictures, report, overHttp, tryWebRtc }: TelemetrySources): {
  readonly quality: ComputedRef<Quality | null>;
} {
  const { clock } = useConnection();
  const station = useStation();
  const store = useTelemetries();
  const log = useEventLog();
  const streamId = stream().id;
  const recorder = new TelemetryRecorder();
  const httpRecorder = new HttpRecorder();
  const newest = shallowRef<Telemetry | null>(null);
  let http: HttpNumbers | null = null;
  let isAsking = false;

  function facts(viewerId: string | null): PictureFacts {
    const { fps, reading } = stream();
    const { fps: shownFps, latencyMs } = pictures();
    const hasPictures = isShowing(state());
    return {
      isShowing: hasPictures,
      cameraFps: station.isReachable ? fps : null,
      shownFps: hasPictures ? shownFps : null,
      intervalMs: expectedIntervalMs(stream(), pictures()),
      exposureMs: reading?.exposureMs ?? null,
      latencyMs: hasPictures ? latencyMs : null,
      isClockEstimated: clock.uncertaintyMs > 0,
      isLocal: clock.uncertaintyMs === 0,
      // Without the station's word, its last one is no longer a fact.
      station: station.state && station.isReachable ? stationFacts(station.state, stream(), viewerId) : noStationFacts,
    };
  }

  async function ask(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    try {
      const told = await report();
      http = httpRecorder.add(performance.now(), overHttp(), pictures());
      newest.value = recorder.add(performance.now(), told, facts(told?.viewerId ?? null));
    } catch (error) {
      // The session ended while it was asked; the next second knows.
      debug('The browser did not tell its statistics.', error);
    } finally {
      isAsking = false;
    }
  }

  useIntervalFn(() => void ask(), windows.pollEachMs, { immediateCallback: true });
  const quality = computed(() => shownQuality(state(), newest.value?.quality ?? null));
  watch([newest, quality, () => causeOfState(state())], ([telemetry, quality, cause]) => {
    if (!telemetry) return;
    const diagnosis = diagnose({ ...telemetry, cause });
    store.tell(streamId, { ...telemetry, quality, cause, diagnosis, http, tryWebRtc });
  });
  onScopeDispose(() => store.forget(streamId));

  logChanges(streamId, state, quality, log);
  watch(
    () => overHttp()?.why ?? null,
    (why) => {
      // Where nothing comes any more, it does not come over WebRTC again.
      if (why !== null || isShowing(state())) log.note(streamId, { kind: 'way', atMs: Date.now(), why });
    },
  );
  return { quality };
}

const gone: Quality = { level: 'lost', bars: 0, cause: null };

/** A Tile without a picture says why in its own words; of its quality there is nothing more to tell. */
function shownQuality(state: TileState, sampled: Quality | null): Quality | null {
  const { kind } = state;
  if (isShowing(state) || kind === 'stale') return sampled;
  if (kind === 'offline') return gone;
  return kind === 'connecting' && sampled?.cause?.kind === 'undecodable' ? sampled : null;
}

function logChanges(
  streamId: string,
  state: () => TileState,
  quality: ComputedRef<Quality | null>,
  log: ReturnType<typeof useEventLog>,
): void {
  watch(
    [() => state().kind, () => causeOfState(state())],
    ([kind, cause], [before]) => {
      // Before its Player begins, a Tile is no news.
      if (kind === 'idle' && before === undefined) return;
      const newest = state();
      const detail = newest.kind === 'offline' ? newest.detail : null;
      log.note(streamId, { kind: 'state', atMs: Date.now(), state: kind, cause, detail });
    },
    { immediate: true },
  );
  watch([() => quality.value?.level ?? null, () => quality.value?.cause?.kind === 'connection'], () => {
    const { value: newest } = quality;
    const isTold = newest !== null && (newest.cause !== null || newest.level === 'good');
    // Where the state says already that there is no picture, that is the event.
    if (isTold) log.note(streamId, { kind: 'quality', atMs: Date.now(), quality: newest });
  });
}
