import type { Bridge } from '../../shared/bridge.ts';
import type { DirectoryApi, DirectoryInfo } from '../../shared/directory.ts';
import type { Asked } from './access-client.ts';
import { unwrap } from './unwrap.ts';

/** The lab's directory, as this page may use it; the same over HTTP and over the Bridge. Calls that fail throw a Refusal. */
export interface DirectoryClient extends Omit<Asked<DirectoryApi>, 'info' | 'calendar'> {
  /** Null where the station is no directory. */
  info(): Promise<DirectoryInfo | null>;
  /** The bookings as an iCalendar file; null where there is no place to keep one. */
  readonly calendarFile: (() => Promise<Blob>) | null;
}

/** From the kiosk's own screen, which keeps no files. */
export function bridgeDirectory(calls: Bridge['directory']): DirectoryClient {
  return {
    info: async () => unwrap(await calls.info()),
    stations: async () => unwrap(await calls.stations()),
    addStation: async (station) => unwrap(await calls.addStation(station)),
    changeStation: async (id, change) => unwrap(await calls.changeStation(id, change)),
    removeStation: async (id) => unwrap(await calls.removeStation(id)),
    found: async () => unwrap(await calls.found()),
    connect: async (wish) => unwrap(await calls.connect(wish)),
    bookings: async (span) => unwrap(await calls.bookings(span)),
    book: async (booking) => unwrap(await calls.book(booking)),
    changeBooking: async (id, change) => unwrap(await calls.changeBooking(id, change)),
    cancelBooking: async (id) => unwrap(await calls.cancelBooking(id)),
    agenda: async (stationId) => unwrap(await calls.agenda(stationId)),
    calendarFile: null,
  };
}
