import { useIntervalFn } from '@vueuse/core';
import { computed, shallowRef, watch, type ComputedRef } from 'vue';
import { isTimeZone, type Due } from '../../shared/directory.ts';
import { debug } from '../station/debug.ts';
import { useConnection } from '../stores/connection.ts';
import { useMe } from '../stores/me.ts';
import { wallTimeAt } from './lab-time.ts';
import { useHeartbeat } from './use-heartbeat.ts';
import { useTimesIn } from './use-lab-time.ts';
import { useWords } from './use-words.ts';

/** The directory tells the station every half a minute. */
const askEachMs = 10_000;
/** Further away, the day and the time say more than how long it is. */
const soonMs = 12 * 3_600_000;

/**
 * Who has this station now or next, in words and in the lab's time; null where nobody is known to, and for whoever may not know who is
 * there either.
 */
export function useDue(): ComputedRef<string | null> {
  const { client } = useConnection();
  const me = useMe();
  const { word, quantity } = useWords();
  const heartbeat = useHeartbeat();
  const due = shallowRef<Due | null>(null);
  const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const timeZone = computed(() => {
    const zone = due.value?.timeZone ?? ownZone;
    return isTimeZone(zone) ? zone : ownZone;
  });
  const { moment } = useTimesIn(timeZone);

  async function ask(): Promise<void> {
    if (!me.may('see_present')) return void (due.value = null);
    try {
      due.value = await client.due();
    } catch (error) {
      debug('The station did not tell who is due.', error);
    }
  }
  useIntervalFn(() => void ask(), askEachMs, { immediateCallback: true });
  // Who this page is comes to be known a moment after it is shown.
  watch(() => me.isKnown, ask);

  function waitIn(ms: number): string {
    const minutes = Math.max(1, Math.ceil(ms / 60_000));
    const hours = Math.floor(minutes / 60);
    if (hours === 0) return quantity(minutes, 'min');
    return `${quantity(hours, 'h')} ${quantity(minutes % 60, 'min')}`;
  }

  /** The lab's zone, where its clocks show another time than those of this machine. */
  function zoneNote({ fromMs, untilMs }: Due): string {
    const shown = (zone: string): string => JSON.stringify([fromMs, untilMs].map((timeMs) => wallTimeAt(zone, timeMs)));
    return shown(timeZone.value) === shown(ownZone) ? '' : ` ${word('due.zone', { zone: timeZone.value })}`;
  }

  return computed(() => {
    const nowMs = heartbeat.value;
    if (due.value === null || due.value.untilMs <= nowMs) return null;
    const { user: name, fromMs, untilMs } = due.value;
    const zone = zoneNote(due.value);
    if (fromMs <= nowMs) return word('due.now', { name, time: moment(untilMs) }) + zone;
    const next = word('due.next', { name, span: `${moment(fromMs)}–${moment(untilMs)}${zone}` });
    return fromMs - nowMs > soonMs ? next : `${next} ${word('due.in', { time: waitIn(fromMs - nowMs) })}`;
  });
}
