import { beforeEach, afterEach, describe, expect, test, vi } from 'vitest';
import { admin, anna, ben, hourMs, openLab, program, type Lab } from './lab.ts';

const nowMs = Date.UTC(2026, 6, 1, 8);
const always = { fromMs: null, untilMs: null };
const bench = {
  id: 'bench',
  name: 'Bench',
  type: 'microscope',
  webrtc_url: 'https://192.0.2.7:8081',
  rtsp_url: null,
  access: 'booking',
} as const;

let lab: Lab;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
  lab = await openLab();
  await lab.desk.of(admin).addStation(bench);
});
afterEach(() => vi.useRealTimers());

/** A booking from so many hours from now on. */
const from = (hours: number, lastsHours = 1) => ({
  station: 'bench',
  fromMs: nowMs + hours * hourMs,
  untilMs: nowMs + (hours + lastsHours) * hourMs,
  purpose: 'cells',
});

describe('Booking a station', () => {
  test('takes one that begins when another ends, and refuses any that overlaps', () => {
    const ofAnna = lab.desk.of(anna);
    ofAnna.book(from(2, 2));
    lab.desk.of(ben).book(from(4));
    lab.desk.of(ben).book(from(1));
    for (const overlapping of [from(1.5), from(2.5), from(3.5), from(0, 9), from(2, 2)]) {
      expect(() => lab.desk.of(ben).book(overlapping)).toThrow(expect.objectContaining({ reason: 'booked_already' }));
    }
    expect(lab.file.bookings.list(always)).toHaveLength(3);
  });

  test.each([
    ['that ends before it begins', { fromMs: nowMs + hourMs, untilMs: nowMs }, 'A booking ends after it begins.'],
    ['of no length', { fromMs: nowMs + hourMs, untilMs: nowMs + hourMs }, 'A booking ends after it begins.'],
    ['that has passed', { fromMs: nowMs - 2 * hourMs, untilMs: nowMs - hourMs }, 'That time has passed.'],
    ['that began an hour ago', { fromMs: nowMs - hourMs, untilMs: nowMs + hourMs }, 'That time has passed.'],
    ['of 31 days', { fromMs: nowMs, untilMs: nowMs + 31 * 24 * hourMs }, 'A booking lasts 30 days at most.'],
    [
      'in two years',
      { fromMs: nowMs + 17_520 * hourMs, untilMs: nowMs + 17_521 * hourMs },
      'A station can be booked a year ahead at most.',
    ],
  ])('refuses one %s, in words', (_what, times, sentence) => {
    expect(() => lab.desk.of(anna).book({ station: 'bench', purpose: '', ...times })).toThrow(sentence);
    expect(lab.file.bookings.list(always)).toEqual([]);
  });

  test('is for oneself, and for admins for anybody who can sign in', () => {
    expect(() => lab.desk.of(anna).book({ ...from(1), user: 'Ben' })).toThrow(
      expect.objectContaining({ reason: 'not_allowed' }),
    );
    expect(() => lab.desk.of(admin).book({ ...from(1), user: 'Nobody' })).toThrow('There is no user of that name.');
    expect(lab.desk.of(admin).book({ ...from(1), user: 'Ben' })).toMatchObject({ user: 'Ben', isOwn: false });
    expect(() => lab.desk.of(program).book(from(3))).toThrow(expect.objectContaining({ reason: 'not_allowed' }));
  });

  test('can’t be moved onto another one, and stays where it was then', () => {
    lab.desk.of(ben).book(from(2));
    const own = lab.desk.of(anna).book(from(4));
    const ofAnna = lab.desk.of(anna);
    expect(() => ofAnna.changeBooking(own.id, { fromMs: nowMs + 2.5 * hourMs })).toThrow(
      expect.objectContaining({ reason: 'booked_already' }),
    );
    expect(ofAnna.changeBooking(own.id, { fromMs: nowMs + 3 * hourMs })).toMatchObject({ fromMs: nowMs + 3 * hourMs });
  });

  test('can be made shorter while it runs, and not touched when it has ended', () => {
    const { id } = lab.desk.of(anna).book(from(0, 2));
    vi.setSystemTime(nowMs + hourMs);
    expect(lab.desk.of(anna).changeBooking(id, { untilMs: nowMs + 1.5 * hourMs })).toMatchObject({ id });
    vi.setSystemTime(nowMs + 3 * hourMs);
    expect(() => lab.desk.of(anna).cancelBooking(id)).toThrow('That booking has ended, and stays as it was.');
    expect(lab.file.bookings.find(id)).not.toBeNull();
  });

  test('shows others that a time is taken, and neither by whom nor for what', () => {
    const { id } = lab.desk.of(anna).book(from(1));
    expect(lab.desk.of(ben).bookings(always)).toEqual([{ ...from(1), id, user: null, purpose: null, isOwn: false }]);
    expect(lab.desk.of(admin).bookings(always)).toMatchObject([{ user: 'Anna', purpose: 'cells' }]);
    expect(() => lab.desk.of(ben).cancelBooking(id)).toThrow(expect.objectContaining({ reason: 'not_allowed' }));
    expect(lab.desk.of(anna).cancelBooking(id)).toBe(true);
  });

  test('goes with its station', async () => {
    lab.desk.of(anna).book(from(1));
    expect(lab.desk.of(admin).removeStation('bench')).toBe(true);
    expect(lab.desk.of(anna).bookings(always)).toEqual([]);
    await expect(lab.desk.of(anna).connect({ robot_id: 'bench' })).rejects.toMatchObject({ reason: 'unknown_station' });
  });
});

describe('The calendar', () => {
  test('has the own bookings with their times in UTC, summer time or not', () => {
    lab.desk.of(anna).book(from(1));
    lab.desk.of(ben).book(from(3));
    const text = lab.desk.of(anna).calendar();
    expect(text).toContain('DTSTART:20260701T090000Z\r\nDTEND:20260701T100000Z');
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(1);
    expect(
      lab.desk
        .of(admin)
        .calendar()
        .match(/BEGIN:VEVENT/g),
    ).toHaveLength(2);
  });

  test('takes what a user wrote as text, whatever it looks like', () => {
    lab.desk.of(anna).book({ ...from(1), purpose: 'a;b,c\\END:VEVENT' });
    expect(lab.desk.of(anna).calendar()).toContain('DESCRIPTION:a\\;b\\,c\\\\END:VEVENT');
  });
});

describe('A station that is for whoever has booked it', () => {
  test('opens to its user when the booking begins and closes when it ends, and the ticket ends with it', async () => {
    lab.desk.of(anna).book(from(1, 0.1));
    const connect = () => lab.desk.of(anna).connect({ robot_id: 'bench' });
    await expect(connect()).rejects.toMatchObject({
      message: 'Your booking of this station begins on 1 July at 11:00 CEST.',
      retryAfterMs: hourMs,
    });
    vi.setSystemTime(nowMs + hourMs);
    await expect(lab.desk.of(ben).connect({ robot_id: 'bench' })).rejects.toThrow(
      'Somebody else has booked this station until 1 July at 11:06 CEST.',
    );
    expect(await connect()).toMatchObject({
      webrtc_url: 'https://192.0.2.7:8081',
      ticket_expires_in_ms: 0.1 * hourMs,
      booking_until_ms: nowMs + 1.1 * hourMs,
    });
    vi.setSystemTime(nowMs + 1.1 * hourMs);
    await expect(connect()).rejects.toThrow('Book it first.');
  });

  test('is open to admins at any time, and to nobody’s program', async () => {
    expect(await lab.desk.of(admin).connect({ robot_id: 'bench' })).toMatchObject({ booking_until_ms: null });
    await expect(lab.desk.of(program).connect({ robot_id: 'bench' })).rejects.toMatchObject({ reason: 'not_booked' });
  });

  test('says who has it and who is next', () => {
    lab.desk.of(anna).book(from(0));
    lab.desk.of(ben).book(from(5));
    expect(lab.desk.of(program).agenda('bench')).toMatchObject({ current: { user: 'Anna' }, next: { user: 'Ben' } });
    vi.setSystemTime(nowMs + hourMs);
    expect(lab.desk.of(program).agenda('bench')).toMatchObject({ current: null, next: { user: 'Ben' } });
    expect(lab.desk.of(program).agenda('nowhere')).toBeNull();
  });
});
