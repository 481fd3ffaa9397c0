import { defineStore } from 'pinia';
import { computed, onScopeDispose, shallowRef } from 'vue';
import type { StationState } from '../../shared/state.ts';
import { useConnection } from './connection.ts';

/** The station speaks once a second; after so long without a word it counts as away. */
const lostAfterMs = 3_500;
const checkEachMs = 500;

/** The newest state of the station, and whether it still speaks. */
export const useStation = defineStore('station', () => {
  const { client } = useConnection();
  const state = shallowRef<StationState | null>(null);
  const isReachable = shallowRef(true);
  let heardAtMs = performance.now();
  let checkedAtMs = heardAtMs;

  const unsubscribe = client.onState((newest) => {
    heardAtMs = performance.now();
    isReachable.value = true;
    state.value = newest;
  });

  const timer = setInterval(() => {
    const nowMs = performance.now();
    // A page that slept (closed lid, background) heard nothing because of itself.
    if (nowMs - checkedAtMs > lostAfterMs) heardAtMs = nowMs;
    checkedAtMs = nowMs;
    isReachable.value = nowMs - heardAtMs <= lostAfterMs;
  }, checkEachMs);

  onScopeDispose(() => {
    clearInterval(timer);
    unsubscribe();
  });

  return {
    state,
    /** False while the station is silent; `state` is what it said last. */
    isReachable,
    /** Since it was heard. */
    ageMs: () => performance.now() - heardAtMs,
    streams: computed(() => state.value?.streams ?? []),
    /** Changes when the station was started anew. */
    runId: computed(() => state.value?.station.runId ?? null),
    viewers: computed(() => (state.value?.streams ?? []).reduce((sum, stream) => sum + stream.viewers, 0)),
  };
});
