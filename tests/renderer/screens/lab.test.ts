// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../../src/renderer/station/client.ts';
import { sharedClock } from '../../../src/renderer/station/clock.ts';
import { bridgeDirectory } from '../../../src/renderer/station/directory-client.ts';
import type { Right } from '../../../src/shared/access.ts';
import { refused } from '../fake-bridge.ts';
import { FakeDirectory, labBooking, labInfo, labStation } from '../fake-directory.ts';
import { marked, openPage, press, settle, station, stream, tap, text, type } from '../open-page.ts';

const wall = [stream('bench')];
const hourMs = 3_600_000;
let directory: FakeDirectory;

beforeEach(() => {
  // A Monday noon in Berlin, which is the evening in Tokyo.
  vi.setSystemTime('2026-11-23T11:04:00Z');
  directory = new FakeDirectory();
  directory.infoNow = labInfo('Asia/Tokyo');
  directory.stationsNow = [labStation('bench'), labStation('attic')];
});

const all = (mark: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${mark}"]`)];
const inputs = (mark: string): HTMLInputElement[] => [...(marked(mark)?.querySelectorAll('input') ?? [])];
const place = { playsWhileHidden: false, offersFullScreen: true, hands: 'mouse', kiosk: null } as const;

async function openAs(name: string, rights: readonly Right[]): Promise<void> {
  station.me.mockResolvedValue({ kind: 'user', name, role: 'viewer', rights, streams: 'all' });
  const calendarFile = (): Promise<Blob> => Promise.resolve(new Blob(['BEGIN:VCALENDAR']));
  await openPage(wall, sharedClock, place, null, null, { ...bridgeDirectory(directory, location.href), calendarFile });
  await settle();
  await settle();
}
const openAsUser = (): Promise<void> => openAs('Anna', ['watch', 'use_directory']);

async function fill(element: HTMLInputElement | undefined, value: string): Promise<void> {
  if (!element) throw new Error('There is no such field.');
  await type(element, value);
}

describe('The lab', () => {
  test('takes the place of the wall, and Escape and the key lead to it again', async () => {
    await openAsUser();
    await tap('lab');
    expect(marked('lab-screen')).not.toBeNull();
    expect(all('tile')).toEqual([]);
    await press('Escape');
    expect(all('tile')).toHaveLength(1);
    await tap('lab');
    await tap('to-wall');
    expect(all('tile')).toHaveLength(1);
  });

  test('is not offered where the station is no directory, nor to whoever may not use it', async () => {
    directory.infoNow = null;
    await openAsUser();
    expect(marked('lab')).toBeNull();
    directory.infoNow = labInfo('Asia/Tokyo');
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

  test('offers to connect to what the directory itself shows, and to nothing without an address', async () => {
    const noDoor = { webrtc_url: null, status: 'unknown' } as const;
    const camera = labStation('door', { ...noDoor, rtsp_url: 'rtsp://192.168.4.21/live' });
    directory.stationsNow = [camera, labStation('cellar', noDoor)];
    await openAsUser();
    await tap('lab');
    expect(all('station-status').map(text)).toEqual(['shown through this directory', 'no address yet']);
    expect(all('connect').map((key) => key.getAttribute('aria-label'))).toEqual(['Connect to door']);
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

describe('A station that does not answer', () => {
  test.each([
    ['denied', 'Your browser keeps this page from devices of the local network.'],
    ['prompt', 'your browser does not trust its certificate yet'],
    [null, 'your browser does not trust its certificate yet'],
  ])('is said to be so, with what to do about it (local network: %s)', async (permission, sentence) => {
    const query = (): Promise<{ state: string }> =>
      permission === null ? Promise.reject(new TypeError('No such name.')) : Promise.resolve({ state: permission });
    vi.stubGlobal('navigator', Object.create(navigator, { permissions: { value: { query } } }));
    directory.connect.mockRejectedValue(new Refusal('unreachable', 'The station does not answer.'));
    await openAsUser();
    await tap('lab');
    await tap('connect');
    expect(text(marked('watching-fault'))).toContain(sentence);
    expect(marked('own-page')?.getAttribute('href')).toBe('https://192.168.4.20:8081/bench');
  });
});

describe('A station that is the visitor’s later', () => {
  const begins = 'Your booking of this station begins on 23 November at 20:30 GMT+9.';

  test('says from when on, opens by itself then, and asks nobody before', async () => {
    const waitMs = 26 * 60_000;
    directory.connect.mockImplementation(() => refused('not_booked', begins, waitMs));
    await openAsUser();
    await tap('lab');
    await tap('connect');
    expect(text(marked('watching-fault'))).toContain(begins);
    expect(text(marked('opens-at'))).toBe('It is yours from 20:30 on, and opens here by itself then.');
    await vi.advanceTimersByTimeAsync(waitMs - 1_000);
    expect(directory.connect).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(directory.connect).toHaveBeenCalledTimes(2);
  });

  test('promises nothing where the directory does not say when', async () => {
    directory.connect.mockImplementation(() => refused('not_booked', 'Book it first.'));
    await openAsUser();
    await tap('lab');
    await tap('connect');
    expect(marked('opens-at')).toBeNull();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(directory.connect).toHaveBeenCalledTimes(1);
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
    directory.book.mockImplementationOnce(() =>
      refused('bad_setting', 'That would be more than 100 bookings to come.'),
    );
    await fill(inputs('booking-until')[1], '22:30');
    await tap('save-booking');
    expect(text(marked('lab-form'))).toContain('That would be more than 100 bookings to come.');
    expect(inputs('booking-until')[1]?.value).toBe('22:30');
  });

  test.each([
    ['ends before it begins', [], ['2026-11-23', '20:00'], 'A booking ends after it begins.'],
    ['has passed', ['2026-11-23', '19:00'], ['2026-11-23', '21:00'], 'That time has passed.'],
    ['is too long', [], ['2026-12-25', '20:00'], 'A booking lasts 30 days at most.'],
    ['is too far away', ['2027-12-01', '20:00'], [], 'A station can be booked a year ahead at most.'],
  ])('that %s is not asked for, and its times say why', async (_what, from, until, sentence) => {
    await openAsUser();
    await tap('lab');
    await tap('book');
    const set = async (mark: string, values: readonly string[]): Promise<void> => {
      for (const [at, value] of values.entries()) await fill(inputs(mark)[at], value);
    };
    await set('booking-from', from);
    await set('booking-until', until);
    expect(text(marked('booking-until'))).toContain(sentence);
    await tap('save-booking');
    expect(directory.book).not.toHaveBeenCalled();
  });

  test('can’t begin in the hour that the clocks skip, and means the first of two that look alike', async () => {
    directory.infoNow = labInfo('Europe/Berlin');
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

  test.each([
    ['2026-10-24T10:00:00Z', 'Clocks go back on Sunday, October 25: one hour comes twice.'],
    ['2026-03-28T10:00:00Z', 'Clocks go forward on Sunday, March 29: one hour is skipped.'],
    ['2026-11-23T10:00:00Z', null],
  ])('is found in a calendar that says when the lab’s clocks change (%s)', async (now, sentence) => {
    directory.infoNow = labInfo('Europe/Berlin');
    vi.setSystemTime(now);
    await openAsUser();
    await tap('lab');
    await tap('lab-calendar');
    const said = marked('clock-change');
    expect(said && text(said)).toBe(sentence);
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
