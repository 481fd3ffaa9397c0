import { useIntervalFn } from '@vueuse/core';
import { computed, shallowRef, watch, type ComputedRef } from 'vue';
import type { StreamEvent } from '../../shared/stream-event.ts';
import { debug } from '../station/debug.ts';
import { useConnection } from '../stores/connection.ts';
import { mergedLog, useEventLog, type LogLine } from '../stores/event-log.ts';
import { useMe } from '../stores/me.ts';

/** Nobody reads faster, and it is one small request. */
const askEachMs = 3_000;

/**
 * What happened to a Stream, as the station, where it tells that to whoever is here, and this page have seen it, newest first; while a
 * component lives that shows it.
 */
export function useStationLog(streamId: () => string): ComputedRef<readonly LogLine[]> {
  const { client, clock } = useConnection();
  const own = useEventLog();
  const me = useMe();
  const station = shallowRef<readonly StreamEvent[]>([]);

  async function ask(): Promise<void> {
    const asked = streamId();
    if (!me.may('read_log')) return;
    try {
      const told = await client.streamLog(asked);
      if (asked === streamId()) station.value = told;
    } catch (error) {
      // This page's own lines stand there all the same; what the station told before still happened.
      debug('The station did not tell its log.', error);
    }
  }

  useIntervalFn(() => void ask(), askEachMs);
  watch(
    [streamId, () => me.may('read_log')],
    () => {
      station.value = [];
      void ask();
    },
    { immediate: true },
  );
  return computed(() => {
    const aheadMs = clock.nowMs() - Date.now();
    // As long as the station's clock is unknown, it is taken for this page's.
    return mergedLog(own.of(streamId()), station.value, Number.isNaN(aheadMs) ? 0 : aheadMs);
  });
}
