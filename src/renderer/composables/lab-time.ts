/** A moment as the clock on a wall of the lab shows it: `2026-11-23` and `14:05`. */
export interface WallTime {
  readonly date: string;
  readonly time: string;
}

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format is slow, and a week needs it for each of its bookings. */
function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, made);
  return made;
}

/** @param timeMs Unix time. */
export function wallTimeAt(timeZone: string, timeMs: number): WallTime {
  const parts = Object.fromEntries(
    formatIn(timeZone)
      .formatToParts(timeMs)
      .map(({ type, value }) => [type, value]),
  );
  const { year = '', month = '', day = '', hour = '', minute = '' } = parts;
  return { date: `${year.padStart(4, '0')}-${month}-${day}`, time: `${hour}:${minute}` };
}

/**
 * The moments at which the lab's clock shows this, Unix time, in their order: one; none in the hour that is skipped in spring; two in the one
 * that comes twice in autumn. None as well where it is no date and time.
 */
export function momentsOf(timeZone: string, { date, time }: WallTime): readonly number[] {
  const asUtcMs = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(asUtcMs)) return [];
  const offsets = new Set([asUtcMs - dayMs, asUtcMs + dayMs].map((nearMs) => offsetMs(timeZone, nearMs)));
  return [...offsets]
    .map((offset) => asUtcMs - offset)
    .filter((timeMs) => {
      const shown = wallTimeAt(timeZone, timeMs);
      return shown.date === date && shown.time === time;
    })
    .toSorted((a, b) => a - b);
}

/** When a day of the lab begins, Unix time. */
export function startOfDay(timeZone: string, date: string): number {
  const [first] = momentsOf(timeZone, { date, time: '00:00' });
  if (first !== undefined) return first;
  // Where midnight is skipped, the day begins when it would have been by the clock of before.
  const asUtcMs = Date.parse(`${date}T00:00Z`);
  return asUtcMs - offsetMs(timeZone, asUtcMs - dayMs);
}

/** A day of 23 or 25 hours: its times are not told by the clock alone. */
export function isClockChanged(timeZone: string, date: string): boolean {
  return startOfDay(timeZone, dateAfter(date, 1)) - startOfDay(timeZone, date) !== dayMs;
}

export function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** The seven days of the week of a day, from Monday on. */
export function weekOf(date: string): readonly string[] {
  const daysAfterMonday = (new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7;
  return Array.from({ length: 7 }, (_, index) => dateAfter(date, index - daysAfterMonday));
}

/** From 00:00 on, as the lab's clock counts. */
export function minutesOf({ time }: WallTime): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** What to add to UTC to get the lab's time. */
function offsetMs(timeZone: string, timeMs: number): number {
  const { date, time } = wallTimeAt(timeZone, timeMs);
  return Date.parse(`${date}T${time}Z`) - Math.floor(timeMs / 60_000) * 60_000;
}
