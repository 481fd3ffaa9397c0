import type { Booking, StationAgenda } from '../../shared/directory.ts';

/** Who has a station at a moment, and who after that. @param bookings In their order. */
export function agendaAt(bookings: readonly Booking[], stationId: string, nowMs: number): StationAgenda {
  const [first = null, second = null] = bookings.filter(
    ({ station, untilMs }) => station === stationId && untilMs > nowMs,
  );
  const isNow = first !== null && first.fromMs <= nowMs;
  return { current: isNow ? first : null, next: isNow ? second : first };
}

const quarterMs = 15 * 60_000;
const hourMs = 3_600_000;

/** What somebody most likely wants who books without a word about when: an hour, as soon as the next quarter begins. */
export function likelySpan(nowMs: number): { readonly fromMs: number; readonly untilMs: number } {
  const fromMs = Math.ceil(nowMs / quarterMs) * quarterMs;
  return { fromMs, untilMs: fromMs + hourMs };
}
