import { computed, type Ref } from 'vue';
import type { Booking } from '../../shared/directory.ts';
import { useDirectory } from '../stores/directory.ts';
import { isClockChanged, wallTimeAt } from './lab-time.ts';
import { useWords } from './use-words.ts';

/** Writes times as the clocks of the lab show them, wherever this page is. */
export function useLabTime() {
  const directory = useDirectory();
  const timeZone = computed(() => directory.info?.timeZone ?? 'UTC');
  return { timeZone, ...useTimesIn(timeZone) };
}

/** Writes times as the clocks of a zone show them. */
export function useTimesIn(timeZone: Readonly<Ref<string>>) {
  const { language } = useWords();

  function format(options: Intl.DateTimeFormatOptions, timeMs: number): string {
    return new Intl.DateTimeFormat(language.value, { timeZone: timeZone.value, ...options }).format(timeMs);
  }

  const dateAt = (timeMs: number): string => wallTimeAt(timeZone.value, timeMs).date;

  /** A day by its date, such as `Mon, 23 Nov`. */
  function day(date: string, weekday: 'short' | 'long' = 'short'): string {
    const month = weekday === 'long' ? 'long' : 'short';
    // In UTC, because a date has no zone.
    return format({ timeZone: 'UTC', weekday, day: 'numeric', month }, Date.parse(`${date}T00:00Z`));
  }

  /** A time of day; with its zone on the two days of a year on which the clock alone does not tell it. */
  function time(timeMs: number): string {
    const zone = isClockChanged(timeZone.value, dateAt(timeMs)) ? ({ timeZoneName: 'short' } as const) : {};
    return format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone }, timeMs);
  }

  /** A time of day, with the day where it is another one than today. */
  function moment(timeMs: number, todayMs = Date.now()): string {
    const date = dateAt(timeMs);
    return date === dateAt(todayMs) ? time(timeMs) : `${day(date)}, ${time(timeMs)}`;
  }

  /** From when to when; the days are told where it is not one day. */
  function span({ fromMs, untilMs }: Pick<Booking, 'fromMs' | 'untilMs'>): string {
    // Until midnight is still the same day.
    const [from, until] = [dateAt(fromMs), dateAt(untilMs - 1)];
    if (from === until) return `${time(fromMs)}–${time(untilMs)}`;
    return `${day(from)}, ${time(fromMs)} – ${day(dateAt(untilMs))}, ${time(untilMs)}`;
  }

  return { dateAt, day, time, moment, span };
}
