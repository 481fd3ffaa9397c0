import { describe, expect, test } from 'vitest';
import { Keepalive } from '../../src/shared/keepalive.ts';

const intervalMs = 2_000;

/** Takes the turns of a keepalive when it wants them, up to a time; answers each ping after `roundTripMs`, or never. */
function run(
  keepalive: Keepalive,
  untilMs: number,
  roundTripMs: number | null,
): { pings: number[]; deadAtMs: number | null } {
  const pings: number[] = [];
  while (keepalive.dueAtMs <= untilMs) {
    const nowMs = keepalive.dueAtMs;
    if (keepalive.turn(nowMs) === 'dead') return { pings, deadAtMs: nowMs };
    pings.push(nowMs);
    if (roundTripMs !== null) keepalive.answered(nowMs + roundTripMs);
  }
  return { pings, deadAtMs: null };
}

describe('a keepalive', () => {
  test('pings at once and then at its pace, and measures round trip and age', () => {
    const keepalive = new Keepalive(intervalMs, 100);
    expect(keepalive.facts(150)).toEqual({ roundTripMs: null, ageMs: 50 });
    expect(run(keepalive, 6_100, 30)).toEqual({ pings: [100, 2_100, 4_100, 6_100], deadAtMs: null });
    expect(keepalive.facts(6_200)).toEqual({ roundTripMs: 30, ageMs: 70 });
  });

  test('gives up after three pings in a row without a word, within seven seconds of the last one', () => {
    const keepalive = new Keepalive(intervalMs, 0);
    run(keepalive, 10_000, 5);
    const { pings, deadAtMs } = run(keepalive, 60_000, null);
    expect(pings).toEqual([12_000, 14_000, 16_000]);
    expect(deadAtMs).toBe(16_500);
  });

  test('does not give up on somebody who talks but never answers', () => {
    const keepalive = new Keepalive(intervalMs, 0);
    for (let second = 0; second < 100; second++) {
      keepalive.heard(second * intervalMs);
      expect(keepalive.turn(second * intervalMs)).toBe('ping');
    }
  });

  test('takes a late answer to the last ping but two for a sign of life', () => {
    const keepalive = new Keepalive(intervalMs, 0);
    expect(run(keepalive, 4_000, null).deadAtMs).toBeNull();
    keepalive.answered(4_400);
    expect(keepalive.facts(4_400).roundTripMs).toBe(4_400);
    expect(keepalive.turn(keepalive.dueAtMs)).toBe('ping');
  });

  test('counts nothing as missed for the time in which it stood still itself', () => {
    const keepalive = new Keepalive(intervalMs, 0);
    run(keepalive, 4_000, null);
    expect(keepalive.turn(60_000)).toBe('ping');
    expect(run(keepalive, 64_000, null)).toEqual({ pings: [62_000, 64_000], deadAtMs: null });
    expect(run(keepalive, 70_000, null)).toEqual({ pings: [], deadAtMs: 64_500 });
  });

  test('goes over to another pace at once', () => {
    const keepalive = new Keepalive(30_000, 0);
    keepalive.turn(0);
    keepalive.setInterval(1_000, 10);
    expect(run(keepalive, 3_500, 1).pings).toEqual([1_010, 2_010, 3_010]);
  });
});
