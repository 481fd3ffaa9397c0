import type { Booking } from '../../shared/directory.ts';
import { dateAfter, minutesOf, momentsOf, startOfDay, wallTimeAt } from './lab-time.ts';

/** A booking as far as it is on one day. */
export interface DayEntry {
  readonly booking: Booking;
  /** By the lab's clock, from 00:00 on; 1440 is its end. */
  readonly fromMin: number;
  readonly untilMin: number;
}

/** One hour of a day that can be booked. */
export interface DayHour {
  readonly hour: number;
  /** When it begins, Unix time; null where the clocks skip it. */
  readonly fromMs: number | null;
}

export interface Day {
  readonly date: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly hours: readonly DayHour[];
  readonly entries: readonly DayEntry[];
}

const hoursOfClock = 24;
const minutesOfClock = hoursOfClock * 60;

/** A day of the lab with the bookings on it. The columns of a week have one clock, whatever the day's length. */
export function dayOf(timeZone: string, date: string, bookings: readonly Booking[]): Day {
  const fromMs = startOfDay(timeZone, date);
  const untilMs = startOfDay(timeZone, dateAfter(date, 1));
  const minutesAt = (timeMs: number): number => minutesOf(wallTimeAt(timeZone, timeMs));
  const entries = bookings
    .filter((booking) => booking.fromMs < untilMs && booking.untilMs > fromMs)
    .map((booking) => ({
      booking,
      fromMin: booking.fromMs <= fromMs ? 0 : minutesAt(booking.fromMs),
      untilMin: booking.untilMs >= untilMs ? minutesOfClock : minutesAt(booking.untilMs),
    }));
  const hours = Array.from({ length: hoursOfClock }, (_, hour) => ({
    hour,
    fromMs: momentsOf(timeZone, { date, time: `${String(hour).padStart(2, '0')}:00` })[0] ?? null,
  }));
  return { date, fromMs, untilMs, hours, entries };
}
