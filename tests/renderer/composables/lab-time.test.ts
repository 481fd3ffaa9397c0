import { describe, expect, test } from 'vitest';
import {
  dateAfter,
  isClockChanged,
  momentsOf,
  startOfDay,
  wallTimeAt,
  weekOf,
} from '../../../src/renderer/composables/lab-time.ts';
import { dayOf } from '../../../src/renderer/composables/week.ts';
import { labBooking } from '../fake-directory.ts';

const berlin = 'Europe/Berlin';
const at = (text: string): number => Date.parse(text);
const iso = (times: readonly number[]): string[] => times.map((timeMs) => new Date(timeMs).toISOString());

describe('The time of the lab', () => {
  test('is that of its zone, in summer and in winter', () => {
    expect(wallTimeAt(berlin, at('2026-11-23T13:05Z'))).toEqual({ date: '2026-11-23', time: '14:05' });
    expect(wallTimeAt(berlin, at('2026-07-23T22:05Z'))).toEqual({ date: '2026-07-24', time: '00:05' });
    expect(wallTimeAt('Asia/Kolkata', at('2026-11-23T13:05Z'))).toEqual({ date: '2026-11-23', time: '18:35' });
  });

  test('is one moment on most days, none in the hour that is skipped, two in the one that comes twice', () => {
    expect(iso(momentsOf(berlin, { date: '2026-11-23', time: '14:05' }))).toEqual(['2026-11-23T13:05:00.000Z']);
    expect(momentsOf(berlin, { date: '2026-03-29', time: '02:30' })).toEqual([]);
    expect(iso(momentsOf(berlin, { date: '2026-03-29', time: '03:00' }))).toEqual(['2026-03-29T01:00:00.000Z']);
    expect(iso(momentsOf(berlin, { date: '2026-10-25', time: '02:30' }))).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
    expect(momentsOf(berlin, { date: '', time: '02:30' })).toEqual([]);
  });

  test('has days of 23 and 25 hours, and days that begin at one', () => {
    const lengthH = (zone: string, date: string): number =>
      (startOfDay(zone, dateAfter(date, 1)) - startOfDay(zone, date)) / 3_600_000;
    expect([lengthH(berlin, '2026-03-29'), lengthH(berlin, '2026-10-25')]).toEqual([23, 25]);
    expect([isClockChanged(berlin, '2026-03-29'), isClockChanged(berlin, '2026-03-30')]).toEqual([true, false]);
    // Beirut goes forward at midnight.
    expect(wallTimeAt('Asia/Beirut', startOfDay('Asia/Beirut', '2026-03-29'))).toEqual({
      date: '2026-03-29',
      time: '01:00',
    });
    expect(lengthH('Asia/Beirut', '2026-03-28')).toBe(24);
  });

  test('has weeks from Monday to Sunday, across the end of a year', () => {
    expect(weekOf('2027-01-03')).toEqual([
      '2026-12-28',
      '2026-12-29',
      '2026-12-30',
      '2026-12-31',
      '2027-01-01',
      '2027-01-02',
      '2027-01-03',
    ]);
  });
});

describe('A day of the calendar', () => {
  test('shows of a booking over midnight the part that is on it', () => {
    const night = labBooking('2026-11-23T21:00Z', '2026-11-24T05:30Z');
    const [first, second, third] = ['2026-11-23', '2026-11-24', '2026-11-25'].map((date) =>
      dayOf(berlin, date, [night]),
    );
    expect(first?.entries).toMatchObject([{ fromMin: 22 * 60, untilMin: 1_440 }]);
    expect(second?.entries).toMatchObject([{ fromMin: 0, untilMin: 6.5 * 60 }]);
    expect(third?.entries).toEqual([]);
  });

  test('has no booking that ends when it begins', () => {
    const evening = labBooking('2026-11-23T21:00Z', '2026-11-23T23:00Z');
    expect(dayOf(berlin, '2026-11-23', [evening]).entries).toMatchObject([{ fromMin: 22 * 60, untilMin: 1_440 }]);
    expect(dayOf(berlin, '2026-11-24', [evening]).entries).toEqual([]);
  });

  test('can’t be booked in the hour that is skipped', () => {
    const { hours } = dayOf(berlin, '2026-03-29', []);
    expect(hours.filter(({ fromMs }) => fromMs === null).map(({ hour }) => hour)).toEqual([2]);
    expect(hours[3]?.fromMs).toBe(at('2026-03-29T01:00Z'));
  });
});
