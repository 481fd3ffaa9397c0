import * as v from 'valibot';
import { checked } from '../../shared/checked.ts';
import {
  bookingChangeSchema,
  connectWishSchema,
  labStationChangeSchema,
  newBookingSchema,
  newLabStationSchema,
  type DirectoryApi,
  type DirectoryDesk,
  type Due,
  type KioskDirectory,
} from '../../shared/directory.ts';
import { StationError } from '../../shared/errors.ts';
import type { directoryChannels } from '../../shared/ipc.ts';
import { callsWhileOpen, type SettingsGuard } from './calls-while-open.ts';
import { ipcCall, type IpcCalls } from './ipc-call.ts';

const stationId = v.pipe(v.string(), v.maxLength(64));
const bookingId = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const timeMs = v.nullable(v.pipe(v.number(), v.safeInteger()));
const span = v.strictObject({ fromMs: timeMs, untilMs: timeMs });

/**
 * The directory for whoever sits at the station that is it: an admin who is called as the station is, and has no bookings of his own.
 * @param stationName Asked each time, because it can be changed.
 */
export function kioskDirectory(
  desk: DirectoryDesk | null,
  due: () => Due | null,
  stationName: () => string,
): KioskDirectory {
  const api = (): DirectoryApi => {
    if (!desk) throw StationError.notAllowed();
    return desk.of({ name: stationName(), user: null, mayManage: true, role: 'admin', streams: 'all' });
  };
  return {
    info: () => (desk ? api().info() : null),
    due,
    stations: () => api().stations(),
    addStation: async (station) => api().addStation(station),
    changeStation: async (id, change) => api().changeStation(id, change),
    removeStation: (id) => api().removeStation(id),
    found: async () => api().found(),
    connect: async (wish) => api().connect(wish),
    bookings: (during) => api().bookings(during),
    book: (booking) => api().book(booking),
    changeBooking: (id, change) => api().changeBooking(id, change),
    cancelBooking: (id) => api().cancelBooking(id),
    calendar: () => api().calendar(),
    agenda: (id) => api().agenda(id),
  };
}

/**
 * The calls on the lab's directory that the kiosk page may make: all of them while the kiosk is open. While it is locked it still shows who
 * is due, because whoever passes by has to know.
 */
export function directoryCalls(directory: KioskDirectory, guard: SettingsGuard): IpcCalls<typeof directoryChannels> {
  const { look, change } = callsWhileOpen(guard);
  // A person at the screen is told what is wrong with what was typed, so that nothing of it is judged before.
  const typed = v.unknown();
  return {
    info: ipcCall([], () => directory.info()),
    due: ipcCall([], () => directory.due()),
    stations: look(ipcCall([], () => directory.stations())),
    addStation: change(ipcCall([typed], (station) => directory.addStation(checked(newLabStationSchema, station)))),
    changeStation: change(
      ipcCall([stationId, typed], (id, what) => directory.changeStation(id, checked(labStationChangeSchema, what))),
    ),
    removeStation: change(ipcCall([stationId], (id) => directory.removeStation(id))),
    found: look(ipcCall([], () => directory.found())),
    // A page renews its ticket by itself, and as often as another station makes it.
    connect: look(ipcCall([typed], (wish) => directory.connect(checked(connectWishSchema, wish)))),
    bookings: look(ipcCall([span], (during) => directory.bookings(during))),
    book: change(ipcCall([typed], (booking) => directory.book(checked(newBookingSchema, booking)))),
    changeBooking: change(
      ipcCall([bookingId, typed], (id, what) => directory.changeBooking(id, checked(bookingChangeSchema, what))),
    ),
    cancelBooking: change(ipcCall([bookingId], (id) => directory.cancelBooking(id))),
    calendar: look(ipcCall([], () => directory.calendar())),
    agenda: look(ipcCall([stationId], (id) => directory.agenda(id))),
  };
}
