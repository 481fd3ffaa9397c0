import {
  bookingBounds,
  type Booking,
  type BookingChange,
  type DirectoryApi,
  type DirectoryAsker,
  type NewBooking,
} from '../../shared/directory.ts';
import { StationError } from '../../shared/errors.ts';
import type { KeptBooking } from './bookings.ts';
import { calendarText } from './calendar.ts';
import type { DirectoryParts } from './directory.ts';

type BookingCalls = Pick<DirectoryApi, 'bookings' | 'book' | 'changeBooking' | 'cancelBooking' | 'calendar' | 'agenda'>;

/** Bookings as this one meets them: the own ones, all of them for who may manage, and of others' only when they are. */
export function ownBookings(asker: DirectoryAsker, { file, userNames, tickets, log }: DirectoryParts): BookingCalls {
  const isOwn = ({ user }: KeptBooking): boolean => user === asker.user;
  const mayTouch = (booking: KeptBooking): boolean => asker.mayManage || isOwn(booking);
  const told = (booking: KeptBooking): Booking => {
    const hidden = mayTouch(booking) ? {} : { user: null, purpose: null };
    return { ...booking, ...hidden, isOwn: isOwn(booking) };
  };
  /** Null where there is none, and for whom it is none of his, since each can see when it is. */
  const touched = (id: number): KeptBooking | null => {
    const booking = file.bookings.find(id);
    if (booking && !mayTouch(booking)) throw StationError.notAllowed();
    return booking;
  };

  return {
    bookings: (span) => file.bookings.list(span).map(told),
    book: (wish) => {
      const user = forWhom(asker, wish, userNames);
      const { station, fromMs, untilMs, purpose } = wish;
      checkTimes(wish, { isNewStart: true });
      if (!file.stations.find(station)) throw StationError.unknownStation();
      if (file.bookings.openOf(user) >= bookingBounds.maxOpenOfUser) {
        throw StationError.badSetting(`That would be more than ${bookingBounds.maxOpenOfUser} bookings to come.`);
      }
      const added = file.bookings.add({ station, user, purpose, fromMs, untilMs });
      log.info({ booking: added.id, station }, 'A station was booked.');
      return told(added);
    },
    changeBooking: (id, change) => {
      const before = touched(id);
      if (!before) return null;
      const changed = { ...before, ...change };
      checkTimes(changed, { isNewStart: changed.fromMs !== before.fromMs });
      refuseEnded(before);
      return told(file.bookings.change(changed));
    },
    cancelBooking: (id) => {
      const before = touched(id);
      if (!before) return false;
      refuseEnded(before);
      log.info({ booking: id, station: before.station }, 'A booking was cancelled.');
      return file.bookings.remove(id);
    },
    calendar: () => {
      const whole = file.bookings.list({ fromMs: null, untilMs: null }).filter(mayTouch);
      return calendarText(whole, file.stations.list(), tickets.directoryId);
    },
    agenda: (stationId) => {
      if (!file.stations.find(stationId)) return null;
      const [first = null, second = null] = file.bookings.upcoming(stationId, 2);
      const isNow = first !== null && first.fromMs <= Date.now();
      const whole = (booking: KeptBooking | null): Booking | null => booking && { ...booking, isOwn: isOwn(booking) };
      return { current: isNow ? whole(first) : null, next: whole(isNow ? second : first) };
    },
  };
}

function forWhom(asker: DirectoryAsker, { user }: NewBooking, userNames: () => readonly string[]): string {
  if (user === undefined || user === asker.user) {
    if (asker.user !== null) return asker.user;
    if (!asker.mayManage) throw StationError.notAllowed();
    throw StationError.badSetting('Say for whom the station is to be booked.');
  }
  if (!asker.mayManage) throw StationError.notAllowed();
  if (!userNames().includes(user)) throw StationError.badSetting('There is no user of that name.');
  return user;
}

/** @throws StationError `bad_setting`. */
function checkTimes(
  { fromMs, untilMs }: Required<Pick<BookingChange, 'fromMs' | 'untilMs'>>,
  { isNewStart }: { readonly isNewStart: boolean },
): void {
  const nowMs = Date.now();
  if (untilMs <= fromMs) throw StationError.badSetting('A booking ends after it begins.');
  if (untilMs <= nowMs || (isNewStart && fromMs < nowMs - bookingBounds.lateMs)) {
    throw StationError.badSetting('That time has passed.');
  }
  if (untilMs - fromMs > bookingBounds.longestMs) throw StationError.badSetting('A booking lasts 30 days at most.');
  if (fromMs > nowMs + bookingBounds.aheadMs) {
    throw StationError.badSetting('A station can be booked a year ahead at most.');
  }
}

function refuseEnded({ untilMs }: KeptBooking): void {
  if (untilMs <= Date.now()) throw StationError.badSetting('That booking has ended, and stays as it was.');
}
