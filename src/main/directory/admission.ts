import type { DirectoryAsker, LabStation } from '../../shared/directory.ts';
import { StationError } from '../../shared/errors.ts';
import type { KeptBooking } from './bookings.ts';

/** What is known of a station's bookings at this moment. */
export interface BookingsNow {
  readonly current: KeptBooking | null;
  /** The visitor's next one, which may be the current. */
  readonly own: KeptBooking | null;
}

/**
 * The one place where it is decided who may connect to which station, and when.
 * @returns When the booking ends that lets in, or null where none is needed.
 * @throws StationError `not_booked` that says when the station is the visitor's.
 */
export function admit(
  { access }: Pick<LabStation, 'access'>,
  { user, mayManage }: Pick<DirectoryAsker, 'user' | 'mayManage'>,
  { current, own }: BookingsNow,
  timeZone: string,
): number | null {
  if (access === 'open' || mayManage) return null;
  if (current && current.user === user) return current.untilMs;
  if (own) {
    const sentence = `Your booking of this station begins on ${inLab(own.fromMs, timeZone)}.`;
    throw StationError.notBooked(sentence, own.fromMs - Date.now());
  }
  if (current) {
    throw StationError.notBooked(`Somebody else has booked this station until ${inLab(current.untilMs, timeZone)}.`);
  }
  throw StationError.notBooked('This station is for whoever has booked it. Book it first.');
}

/** A moment as the clocks of the lab show it. */
function inLab(timeMs: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  return format.format(timeMs);
}
