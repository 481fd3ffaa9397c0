import type { Bridge } from '../../shared/bridge.ts';
import type { Connection, DirectoryApi, DirectoryInfo } from '../../shared/directory.ts';
import type { Asked } from './access-client.ts';
import { unwrap } from './unwrap.ts';

/** Where this page finds the door of another station. */
export interface DoorAddress {
  /** With a last slash. */
  readonly url: URL;
  /** Whether WebSockets lead there too. */
  readonly hasSockets: boolean;
}

/** The lab's directory, as this page may use it; the same over HTTP and over the Bridge. Calls that fail throw a Refusal. */
export interface DirectoryClient extends Omit<Asked<DirectoryApi>, 'info' | 'calendar'> {
  /** Null where the station is no directory. */
  info(): Promise<DirectoryInfo | null>;
  /** Of the station that the directory has sent this page to. */
  doorOf(connection: Pick<Connection, 'robot_id' | 'webrtc_url'>): DoorAddress;
  /** The bookings as an iCalendar file; null where there is no place to keep one. */
  readonly calendarFile: (() => Promise<Blob>) | null;
}

/**
 * From the kiosk's own screen, which keeps no files. No station lets its page in, so that the program asks the stations in its stead.
 * @param pageUrl The page's own address.
 */
export function bridgeDirectory(calls: Bridge['directory'], pageUrl: string): DirectoryClient {
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
    doorOf: ({ robot_id }) => ({ url: new URL(`/stations/${robot_id}/`, pageUrl), hasSockets: false }),
    calendarFile: null,
  };
}
