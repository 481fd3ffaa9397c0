import { useIntervalFn } from '@vueuse/core';
import { computed, shallowRef, type ComputedRef } from 'vue';
import type { Due } from '../../shared/directory.ts';
import { debug } from '../station/debug.ts';
import { unwrap } from '../station/unwrap.ts';
import { useConnection } from '../stores/connection.ts';
import { useHeartbeat } from './use-heartbeat.ts';
import { useWords } from './use-words.ts';

/** The directory tells the station every half a minute. */
const askEachMs = 10_000;
/** Further away, the day and the time say more than how long it is. */
const soonMs = 12 * 3_600_000;

/** Who has this station now or next, in words; null where nobody is known to, and anywhere but at the station's own screen. */
export function useDue(): ComputedRef<string | null> {
  const calls = useConnection().place.kiosk?.directory;
  const { word, moment, quantity } = useWords();
  const heartbeat = useHeartbeat();
  const due = shallowRef<Due | null>(null);

  async function ask(): Promise<void> {
    if (!calls) return;
    try {
      due.value = unwrap(await calls.due());
    } catch (error) {
      debug('The station did not tell who is due.', error);
    }
  }
  if (calls) useIntervalFn(() => void ask(), askEachMs, { immediateCallback: true });

  function waitIn(ms: number): string {
    const minutes = Math.max(1, Math.ceil(ms / 60_000));
    const hours = Math.floor(minutes / 60);
    if (hours === 0) return quantity(minutes, 'min');
    return `${quantity(hours, 'h')} ${quantity(minutes % 60, 'min')}`;
  }

  return computed(() => {
    const nowMs = heartbeat.value;
    if (due.value === null || due.value.untilMs <= nowMs) return null;
    const { user: name, fromMs, untilMs } = due.value;
    if (fromMs <= nowMs) return word('due.now', { name, time: moment(untilMs) });
    const next = word('due.next', { name, span: `${moment(fromMs)}–${moment(untilMs)}` });
    return fromMs - nowMs > soonMs ? next : `${next} ${word('due.in', { time: waitIn(fromMs - nowMs) })}`;
  });
}
