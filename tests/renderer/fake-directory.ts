import { vi } from 'vitest';
import type { Bridge } from '../../src/shared/bridge.ts';
import type { Booking, DirectoryInfo, Due, FoundStation, LabStation } from '../../src/shared/directory.ts';
import { ok, refused } from './bridge-results.ts';

type DirectoryCalls = Bridge['directory'];

export const labStation = (id: string, overrides: Partial<LabStation> = {}): LabStation => ({
  id,
  name: id,
  type: 'microscope',
  webrtc_url: `https://192.168.4.20:8081/${id}`,
  rtsp_url: null,
  access: 'open',
  status: 'online',
  last_seen_ms: Date.now(),
  ...overrides,
});

/** The thumbprint of the directory's key. */
export const labKeyId = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';

export const labInfo = (timeZone: string, overrides: Partial<DirectoryInfo> = {}): DirectoryInfo => ({
  id: labKeyId,
  timeZone,
  publicKey: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
  url: 'https://192.168.4.2:8081',
  ...overrides,
});

/** @param from As a date says it, such as `2026-11-23T13:00Z`. */
export const labBooking = (from: string, until: string, overrides: Partial<Booking> = {}): Booking => ({
  id: 1,
  station: 'bench',
  fromMs: Date.parse(from),
  untilMs: Date.parse(until),
  user: null,
  purpose: null,
  isOwn: false,
  ...overrides,
});

/** The directory behind the kiosk's window, in memory; every call can be watched or replaced. */
export class FakeDirectory implements DirectoryCalls {
  /** Null: the station is no directory. */
  infoNow: DirectoryInfo | null = null;
  dueNow: Due | null = null;
  stationsNow: readonly LabStation[] = [];
  bookingsNow: readonly Booking[] = [];
  foundNow: readonly FoundStation[] = [];

  readonly info = vi.fn<DirectoryCalls['info']>(() => ok(this.infoNow));
  readonly due = vi.fn<DirectoryCalls['due']>(() => ok(this.dueNow));
  readonly stations = vi.fn<DirectoryCalls['stations']>(() => ok(this.stationsNow));
  readonly addStation = vi.fn<DirectoryCalls['addStation']>((station) => {
    const added = labStation(station.name.toLowerCase(), { ...station, status: 'unknown', last_seen_ms: null });
    this.stationsNow = [...this.stationsNow, added];
    return ok(added);
  });
  readonly changeStation = vi.fn<DirectoryCalls['changeStation']>((id, change) => {
    this.stationsNow = this.stationsNow.map((station) => (station.id === id ? { ...station, ...change } : station));
    return ok(this.stationsNow.find((station) => station.id === id) ?? null);
  });
  readonly removeStation = vi.fn<DirectoryCalls['removeStation']>((id) => {
    this.stationsNow = this.stationsNow.filter((station) => station.id !== id);
    return ok(true);
  });
  readonly found = vi.fn<DirectoryCalls['found']>(() => ok(this.foundNow));
  readonly connect = vi.fn<DirectoryCalls['connect']>(() => refused('not_booked'));
  readonly bookings = vi.fn<DirectoryCalls['bookings']>(({ fromMs, untilMs }) =>
    ok(this.bookingsNow.filter((each) => each.untilMs > (fromMs ?? 0) && each.fromMs < (untilMs ?? Infinity))),
  );
  readonly book = vi.fn<DirectoryCalls['book']>(({ purpose = '', user = 'Anna', ...wish }) => {
    const id = this.bookingsNow.length + 1;
    const booking = { ...wish, id, purpose, user, isOwn: true };
    this.bookingsNow = [...this.bookingsNow, booking];
    return ok(booking);
  });
  readonly changeBooking = vi.fn<DirectoryCalls['changeBooking']>((id, change) => {
    this.bookingsNow = this.bookingsNow.map((booking) => (booking.id === id ? { ...booking, ...change } : booking));
    return ok(this.bookingsNow.find((booking) => booking.id === id) ?? null);
  });
  readonly cancelBooking = vi.fn<DirectoryCalls['cancelBooking']>((id) => {
    this.bookingsNow = this.bookingsNow.filter((booking) => booking.id !== id);
    return ok(true);
  });
  readonly calendar = vi.fn<DirectoryCalls['calendar']>(() => ok('BEGIN:VCALENDAR'));
  readonly agenda = vi.fn<DirectoryCalls['agenda']>(() => ok(null));
}
