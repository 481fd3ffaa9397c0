import { pino } from 'pino';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { GuestAccess } from '../../src/main/access/guest-access.ts';
import { GuestLink } from '../../src/main/access/guest-link.ts';
import { Tokens } from '../../src/main/access/tokens.ts';
import { usualWish } from '../support/guarded-door.ts';

const minuteMs = 60_000;
let link: GuestLink;
let guests: GuestAccess;

beforeEach(() => {
  vi.useFakeTimers();
  link = new GuestLink({ ...usualWish, lastsHours: 168 });
  guests = new GuestAccess(link, new Tokens('run-1'), pino({ level: 'silent' }));
  return () => vi.useRealTimers();
});

/** What becomes of a try. */
async function tryKey(key: string, address: string): Promise<'in' | 'wrong' | 'wait'> {
  try {
    const result = await guests.exchangeKey(key, address);
    return 'waitMs' in result ? 'wait' : 'in';
  } catch {
    return 'wrong';
  }
}

async function tryTimes(times: number, address: string): Promise<string[]> {
  const results: string[] = [];
  for (let tries = 0; tries < times; tries++) results.push(await tryKey('AAAA-AAAA', address));
  return results;
}

const wrong = (times: number): string[] => Array.from({ length: times }, () => 'wrong');

describe('Codes that are tried', () => {
  test('from one network are looked at ten times a minute, and no more even where one is right', async () => {
    expect(await tryTimes(12, '192.0.2.1')).toEqual([...wrong(10), 'wait', 'wait']);
    expect(await tryKey(link.code, '192.0.2.1')).toBe('wait');
    await vi.advanceTimersByTimeAsync(minuteMs);
    expect(await tryKey(link.code, '192.0.2.1')).toBe('in');
  });

  test('from anywhere are looked at thirty times a minute, so that a week is not enough to guess one', async () => {
    let looked = 0;
    for (let minute = 0; minute < 3; minute++) {
      for (let host = 1; host <= 20; host++) {
        const results = await tryTimes(10, `192.0.2.${host}`);
        looked += results.filter((result) => result === 'wrong').length;
      }
      await vi.advanceTimersByTimeAsync(minuteMs);
    }
    expect(looked).toBe(90);
    const perMinute = looked / 3;
    const minutes = (link.remainingMs + 3 * minuteMs) / minuteMs;
    expect((perMinute * minutes) / 26 ** 8).toBeLessThan(1 / 600_000);
  });

  test('from one network do not keep others from typing the right one', async () => {
    await tryTimes(50, '192.0.2.1');
    await tryTimes(50, '2001:db8::1');
    // Whoever has a network of IPv6 has as many addresses as anybody wants.
    expect(await tryKey('AAAA-AAAA', '2001:db8::2')).toBe('wait');
    expect(await tryKey(link.code, '192.0.2.7')).toBe('in');
  });

  test('never lock out those who have the link', async () => {
    for (let host = 1; host <= 5; host++) await tryTimes(20, `192.0.2.${host}`);
    expect(await tryKey(link.code, '192.0.2.9')).toBe('wait');
    for (const address of ['192.0.2.1', '192.0.2.9']) expect(await tryKey(link.key, address)).toBe('in');
  });

  test('cost nothing where they are right, as those of a room full of people are', async () => {
    for (let person = 0; person < 100; person++) expect(await tryKey(link.code, '192.0.2.1')).toBe('in');
    expect(await tryTimes(1, '192.0.2.1')).toEqual(wrong(1));
  });

  test('do not bring back somebody who was sent away', async () => {
    const result = await guests.exchangeKey(link.code, '192.0.2.1');
    expect(result).toHaveProperty('token');
    guests.callerOf(`guest:${link.id}`, '192.0.2.1')?.dismiss();
    expect(await tryKey(link.code, '192.0.2.1')).toBe('wrong');
    expect(await tryKey(link.code, '192.0.2.2')).toBe('in');
  });
});
