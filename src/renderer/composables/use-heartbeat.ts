import { createSharedComposable, useIntervalFn } from '@vueuse/core';
import { shallowRef } from 'vue';

/** Numbers change twice a second: often enough to be fresh, seldom enough to be read, and cheap beside the video. */
const beatMs = 500;

/** This page's Unix time at the last beat. Everything that follows time follows this one. */
export const useHeartbeat = createSharedComposable(() => {
  const nowMs = shallowRef(Date.now());
  useIntervalFn(() => (nowMs.value = Date.now()), beatMs);
  return nowMs;
});
