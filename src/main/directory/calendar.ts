import ical from 'ical-generator';
import type { LabStation } from '../../shared/directory.ts';
import type { KeptBooking } from './bookings.ts';

/**
 * Bookings as an iCalendar file (RFC 5545). Its times are in UTC, which every calendar shows in the zone of whoever reads it.
 * @param directoryId Makes the events' ids unique, so that a second import changes those of the first.
 */
export function calendarText(
  bookings: readonly KeptBooking[],
  stations: readonly LabStation[],
  directoryId: string,
): string {
  const nameOf = new Map(stations.map(({ id, name }) => [id, name]));
  const calendar = ical({ name: 'Eyepiece', prodId: { company: 'Eyepiece', product: 'Bookings' } });
  for (const { id, station, user, purpose, fromMs, untilMs } of bookings) {
    const stationName = nameOf.get(station) ?? station;
    calendar.createEvent({
      id: `${id}@${directoryId}`,
      stamp: new Date(),
      start: new Date(fromMs),
      end: new Date(untilMs),
      summary: `${stationName}: ${user}`,
      location: stationName,
      ...(purpose !== '' && { description: purpose }),
    });
  }
  return calendar.toString();
}
