// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { sharedClock } from '../../../src/renderer/station/clock.ts';
import { bridgeDirectory } from '../../../src/renderer/station/directory-client.ts';
import type { Right } from '../../../src/shared/access.ts';
import { sampleUser } from '../fake-access.ts';
import { FakeBridge, refused } from '../fake-bridge.ts';
import { FakeDirectory, labBooking, labStation } from '../fake-directory.ts';
import { marked, openKiosk, openPage, press, settle, station, stream, tap, text, type } from '../open-page.ts';

const wall = [stream('bench')];
const hourMs = 3_600_000;
let directory: FakeDirectory;

beforeEach(() => {
  // A Monday noon in Berlin, which is the evening in Tokyo.
  vi.setSystemTime('2026-11-23T11:04:00Z');
  directory = new FakeDirectory();
  directory.infoNow = { id: 'lab', timeZone: 'Asia/Tokyo' };
  directory.stationsNow = [labStation('bench'), labStation('attic')];
});

const all = (mark: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${mark}"]`)];
const inputs = (mark: string): HTMLInputElement[] => [...(marked(mark)?.querySelectorAll('input') ?? [])];
const place = { playsWhileHidden: false, offersFullScreen: true, hands: 'mouse', kiosk: null } as const;

async function openAs(name: string, rights: readonly Right[]): Promise<void> {
  station.me.mockResolvedValue({ kind: 'user', name, role: 'viewer', rights, streams: 'all' });
  const calendarFile = (): Promise<Blob> => Promise.resolve(new Blob(['BEGIN:VCALENDAR']));
  await openPage(wall, sharedClock, place, null, null, { ...bridgeDirectory(directory), calendarFile });
  await settle();
  await settle();
}
const openAsUser = (): Promise<void> => openAs('Anna', ['watch', 'use_directory']);

async function fill(element: HTMLInputElement | undefined, value: string): Promise<void> {
  if (!element) throw new Error('There is no such field.');
  await type(element, value);
}

describe('The lab', () => {
  test('takes the place of the wall, and Escape, the key and the browser’s Back lead to it again', async () => {
    await openAsUser();
    await tap('lab');
    expect(marked('lab-screen')).not.toBeNull();
    expect(all('tile')).toEqual([]);
    await press('Escape');
    expect(all('tile')).toHaveLength(1);
    await tap('lab');
    await tap('to-wall');
    expect(all('tile')).toHaveLength(1);
    await tap('lab');
    window.dispatchEvent(new PopStateEvent('popstate', { state: null }));
    await settle();
    expect(all('tile')).toHaveLength(1);
  });

  test('is not offered where the station is no directory, nor to whoever may not use it', async () => {
    directory.infoNow = null;
    await openAsUser();
    expect(marked('lab')).toBeNull();
    directory.infoNow = { id: 'lab', timeZone: 'Asia/Tokyo' };
    await openAs('Guest', ['watch']);
    expect(marked('lab')).toBeNull();
  });

  test('tells of each station how it is, who has it and who is next, in the time of the lab', async () => {
    directory.stationsNow = [
      labStation('bench'),
      labStation('attic', { status: 'offline', last_seen_ms: Date.parse('2026-11-23T10:00Z') }),
      labStation('cellar', { webrtc_url: null }),
    ];
    directory.bookingsNow = [
      labBooking('2026-11-23T11:00Z', '2026-11-23T12:30Z'),
      labBooking('2026-11-23T12:30Z', '2026-11-23T16:00Z', { id: 2, isOwn: true, user: 'Anna', purpose: '' }),
      labBooking('2026-11-23T13:00Z', '2026-11-23T14:00Z', { id: 3, station: 'attic', user: 'Bo' }),
    ];
    await openAsUser();
    await tap('lab');
    expect(all('station-status').map(text)).toEqual(['online', 'offline since 19:00', 'no address yet']);
    expect(all('agenda').map(text)).toEqual([
      'Booked now, 20:00–21:30 Then yours, Mon, Nov 23, 21:30 – Tue, Nov 24, 01:00',
      'Free until 22:00 Then Bo, 22:00–23:00',
      'Free now',
    ]);
    // Nobody can connect to what is nowhere, and only admins change stations.
    expect(all('connect')).toHaveLength(2);
    expect([marked('add-station'), marked('change-station')]).toEqual([null, null]);
  });

  test('tells operators by name who has a station and who is next', async () => {
    directory.bookingsNow = [labBooking('2026-11-23T11:00Z', '2026-11-23T12:30Z')];
    const bo = labBooking('2026-11-23T11:00Z', '2026-11-23T12:30Z', { user: 'Bo', purpose: 'cells' });
    directory.agenda.mockResolvedValue({ ok: { current: bo, next: null } });
    await openAs('Olga', ['watch', 'see_present', 'use_directory']);
    await tap('lab');
    await settle();
    expect(all('agenda').map(text)).toEqual(['Bo has it now, 20:00–21:30', 'Free now']);
    expect(directory.agenda.mock.calls).toEqual([['bench']]);
  });

  test('says why a station does not open, and leads to its calendar where it has to be booked', async () => {
    directory.connect.mockImplementation(() => refused('not_booked', 'This station is for whoever has booked it.'));
    await openAsUser();
    await tap('lab');
    await tap('connect');
    expect(text(marked('watching-fault'))).toContain('This station is not yours now. This station is for whoever');
    await tap('to-calendar');
    expect(marked('week-grid')).not.toBeNull();
  });
});

describe('A booking', () => {
  test('is made in the time of the lab, whatever the time zone of the browser', async () => {
    await openAsUser();
    await tap('lab');
    await tap('book');
    expect(inputs('booking-from').map(({ value }) => value)).toEqual(['2026-11-23', '20:15']);
    await fill(inputs('booking-from')[1], '21:00');
    // The end goes with the beginning.
    expect(inputs('booking-until').map(({ value }) => value)).toEqual(['2026-11-23', '22:00']);
    await tap('save-booking');
    const [wish] = directory.book.mock.lastCall ?? [];
    const fromMs = Date.parse('2026-11-23T12:00Z');
    expect(wish).toEqual({ station: 'bench', fromMs, untilMs: fromMs + hourMs, purpose: '' });
    expect(marked('lab-form')).toBeNull();
    expect(text(all('agenda')[0] ?? null)).toContain('Then yours, 21:00–22:00');
  });

  test('that is refused is refused beside its times, and keeps what was typed', async () => {
    await openAsUser();
    await tap('lab');
    await tap('book');
    directory.book.mockImplementationOnce(() => refused('booked_already'));
    await tap('save-booking');
    expect(text(marked('lab-form'))).toContain('The station is booked for a part of that time already.');
    directory.book.mockImplementationOnce(() => refused('bad_setting', 'A booking ends after it begins.'));
    await fill(inputs('booking-until')[1], '20:00');
    await tap('save-booking');
    expect(text(marked('lab-form'))).toContain('A booking ends after it begins.');
    expect(inputs('booking-until')[1]?.value).toBe('20:00');
  });

  test('can’t begin in the hour that the clocks skip, and means the first of two that look alike', async () => {
    directory.infoNow = { id: 'lab', timeZone: 'Europe/Berlin' };
    vi.setSystemTime('2026-03-28T11:00:00Z');
    await openAsUser();
    await tap('lab');
    await tap('book');
    await fill(inputs('booking-from')[0], '2026-03-29');
    await fill(inputs('booking-from')[1], '02:30');
    expect(text(marked('booking-from'))).toContain('That time does not exist on that day');
    await tap('save-booking');
    expect(directory.book).not.toHaveBeenCalled();
    await fill(inputs('booking-from')[0], '2026-10-25');
    expect(text(marked('twice'))).toBe('Clocks go back that night; the first 02:30 is meant.');
    await fill(inputs('booking-until')[0], '2026-10-25');
    await fill(inputs('booking-until')[1], '04:00');
    await tap('save-booking');
    const [wish] = directory.book.mock.lastCall ?? [];
    expect(wish).toMatchObject({ fromMs: Date.parse('2026-10-25T00:30Z'), untilMs: Date.parse('2026-10-25T03:00Z') });
  });

  test('of one’s own is changed and cancelled in the calendar, and that of others is only seen to be there', async () => {
    directory.bookingsNow = [
      labBooking('2026-11-24T01:00Z', '2026-11-24T02:00Z', { id: 7, isOwn: true, user: 'Anna', purpose: 'cells' }),
      labBooking('2026-11-24T03:00Z', '2026-11-24T04:00Z', { id: 8 }),
    ];
    await openAsUser();
    await tap('lab');
    await tap('lab-calendar');
    expect(all('entry').map(text)).toEqual(['Yours 10:00–11:00 cells', 'Booked 12:00–13:00']);
    expect(all('entry').map(({ tagName }) => tagName)).toEqual(['BUTTON', 'DIV']);
    all('entry')[0]?.click();
    await settle();
    await fill(inputs('booking-until')[1], '11:30');
    await tap('save-booking');
    const untilMs = Date.parse('2026-11-24T02:30Z');
    expect(directory.changeBooking.mock.lastCall).toMatchObject([7, { untilMs, purpose: 'cells' }]);
    expect(text(all('entry')[0] ?? null)).toContain('10:00–11:30');
    all('entry')[0]?.click();
    await settle();
    await tap('cancel-booking');
    expect(directory.cancelBooking).not.toHaveBeenCalled();
    await tap('cancel-booking');
    expect(directory.cancelBooking).toHaveBeenCalledExactlyOnceWith(7);
    expect(all('entry')).toHaveLength(1);
  });

  test('begins with the hour that is tapped, in another week too', async () => {
    await openAsUser();
    await tap('lab');
    await tap('lab-calendar');
    await tap('week-after');
    expect(text(marked('week'))).toBe('Mon, Nov 30 – Sun, Dec 6');
    const slot = document.querySelector<HTMLElement>('[data-date="2026-12-02"] [data-testid="slot"][data-hour="9"]');
    slot?.click();
    await settle();
    expect(inputs('booking-from').map(({ value }) => value)).toEqual(['2026-12-02', '09:00']);
    expect(inputs('booking-until').map(({ value }) => value)).toEqual(['2026-12-02', '10:00']);
  });
});

describe('The lab on the kiosk of the directory', () => {
  let bridge: FakeBridge;

  beforeEach(() => {
    bridge = new FakeBridge();
    bridge.directory.infoNow = { id: 'lab', timeZone: 'Asia/Tokyo' };
    bridge.directory.stationsNow = [labStation('bench', { type: 'microscope' })];
    directory = bridge.directory;
  });

  async function openLab(): Promise<void> {
    await openKiosk(wall, bridge);
    await settle();
    await tap('lab');
  }

  test('adds what announces itself on the network, and says what is refused', async () => {
    directory.foundNow = [
      { name: 'Attic', webrtc_url: 'http://192.168.4.30:8081', isListed: false },
      { name: 'Bench', webrtc_url: 'https://192.168.4.20:8081/bench', isListed: true },
    ];
    await openLab();
    await tap('search-stations');
    expect(all('found-station').map(text)).toEqual(['Attic http://192.168.4.30:8081']);
    await tap('add-found');
    await tap('save-station');
    expect(text(marked('station-type'))).toContain('Fill this in.');
    await fill(inputs('station-type')[0], 'microscope');
    directory.addStation.mockImplementationOnce(() => refused('bad_setting', 'That is this directory itself.'));
    await tap('save-station');
    expect(text(marked('lab-form'))).toContain('That is this directory itself.');
    await tap('save-station');
    const [added] = directory.addStation.mock.lastCall ?? [];
    expect(added).toMatchObject({ name: 'Attic', type: 'microscope', webrtc_url: 'http://192.168.4.30:8081' });
    expect(all('lab-station')).toHaveLength(2);
  });

  test('changes and removes a station, the latter after a question', async () => {
    await openLab();
    await tap('change-station');
    await fill(inputs('station-name')[0], 'Bench 2');
    await tap('save-station');
    expect(directory.changeStation.mock.lastCall).toMatchObject(['bench', { name: 'Bench 2', rtsp_url: null }]);
    await tap('change-station');
    await tap('remove-station');
    expect(text(marked('remove-station'))).toBe('Remove Bench 2 and its bookings?');
    await tap('remove-station');
    expect(all('lab-station')).toEqual([]);
  });

  test('books for a user, because it is nobody itself', async () => {
    bridge.access.usersNow = [sampleUser('Anna')];
    await openLab();
    await tap('book');
    await tap('save-booking');
    expect(text(marked('booking-user'))).toContain('Choose who.');
    expect(directory.book).not.toHaveBeenCalled();
    const select = marked('booking-user')?.querySelector('select');
    if (!select) throw new Error('There is nobody to choose.');
    select.value = 'Anna';
    select.dispatchEvent(new Event('change'));
    await tap('save-booking');
    expect(directory.book.mock.lastCall).toMatchObject([{ station: 'bench', user: 'Anna' }]);
  });

  test('closes when the kiosk is locked, and opens again with the PIN only', async () => {
    bridge.pin = '274913';
    await openLab();
    bridge.lockWith('274913');
    await settle();
    expect(marked('lab-screen')).toBeNull();
    await tap('lab');
    expect(marked('lab-screen')).toBeNull();
  });
});

describe('Who is due at the station', () => {
  test('is said on its own screen, locked or not, until his time is over', async () => {
    const bridge = new FakeBridge();
    const lastsMs = 3 * 60_000;
    const fromMs = Date.now() + 2 * 60_000;
    bridge.directory.dueNow = { user: 'Anna', fromMs, untilMs: fromMs + lastsMs };
    bridge.lockWith('274913');
    await openKiosk(wall, bridge);
    await settle();
    const clock = (timeMs: number): string =>
      new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(timeMs);
    const span = `${clock(fromMs)}–${clock(fromMs + lastsMs)}`;
    expect(text(marked('due'))).toBe(`Who has booked this station: ${span} Anna (in 2 min)`);
    await vi.advanceTimersByTimeAsync(2 * 60_000 + 500);
    expect(text(marked('due'))).toContain(`Anna until ${clock(fromMs + lastsMs)}`);
    await vi.advanceTimersByTimeAsync(lastsMs);
    expect(marked('due')).toBeNull();
  });
});
