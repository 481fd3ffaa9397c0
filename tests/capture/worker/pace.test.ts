import { describe, expect, it } from 'vitest';
import { makePace } from '../../../src/main/capture/worker/pace.ts';

/** The numbers of the pictures that are taken of those that come at these times. */
function taken(maxFps: number, timesMs: readonly number[]): number[] {
  const pace = makePace(maxFps);
  return timesMs.flatMap((timeMs, number) => (pace.isDue(timeMs) ? [number] : []));
}

/** Each up to 12 ms early or late, always the same way. */
function times(fps: number, count: number, jitterMs = 12): number[] {
  return Array.from({ length: count }, (_, n) => 5_000 + (n * 1000) / fps + jitterMs * Math.sin(n * n));
}

describe('A Rendition with fewer pictures than its Source', () => {
  it('has every third one for a third of the rate, however unevenly they come', () => {
    const numbers = taken(10, times(30, 300)).slice(1);
    expect(numbers).toHaveLength(99);
    const [first] = numbers;
    expect(numbers).toEqual(numbers.map((_, index) => first! + 3 * index));
  });

  it.each([
    [30, 7, 4, 5],
    [30, 20, 1, 2],
    [60, 24, 2, 3],
    [25, 24, 1, 2],
  ])('of %i has %i a second, evenly', (sourceFps, maxFps, least, most) => {
    const count = sourceFps * 20;
    const numbers = taken(maxFps, times(sourceFps, count, 0));
    expect(Math.abs(numbers.length - maxFps * 20)).toBeLessThanOrEqual(1);
    const steps = new Set(numbers.slice(1).map((number, index) => number - numbers[index]!));
    expect([...steps].sort()).toEqual([least, most]);
  });

  it.each([30, 60, Infinity])('has all of 30 where it may have %d', (maxFps) => {
    expect(taken(maxFps, times(30, 300))).toHaveLength(300);
  });

  it('catches up with nothing after a pause', () => {
    const before = times(30, 90);
    const after = times(30, 90).map((timeMs) => timeMs + 600_000);
    const numbers = taken(10, [...before, ...after]).filter((number) => number >= 90);
    expect(Math.abs(numbers.length - 30)).toBeLessThanOrEqual(1);
  });

  it('takes one of several that come at once', () => {
    const bursts = Array.from({ length: 30 }, (_, n) => [n * 1000, n * 1000 + 1, n * 1000 + 2]).flat();
    expect(taken(1, bursts)).toHaveLength(30);
  });

  it('has the very next one when that is asked for', () => {
    const pace = makePace(1);
    expect(pace.isDue(1_000)).toBe(true);
    expect(pace.isDue(1_100)).toBe(false);
    pace.restart();
    expect(pace.isDue(1_200)).toBe(true);
    expect(pace.isDue(1_300)).toBe(false);
  });
});
