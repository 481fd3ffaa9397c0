import { describe, expect, test } from 'vitest';
import { FreezeMeter } from '../../../src/renderer/station/freeze-meter.ts';

/** Pictures at these distances, one after the other. @returns The time of the last one. */
function show(meter: FreezeMeter, distancesMs: readonly number[], fromMs = 0): number {
  return distancesMs.reduce((atMs, distance) => {
    meter.add(atMs + distance);
    return atMs + distance;
  }, fromMs);
}
const steady = Array.from({ length: 40 }, () => 40);

describe('Freezes', () => {
  test('are intervals of three times the average and at least 150 ms more', () => {
    const meter = new FreezeMeter();
    const endMs = show(meter, [...steady, 189, ...steady, 191]);
    expect(meter.sample(endMs)).toEqual({ count: 1, durationMs: 191, ongoingMs: 0 });
  });

  test('are counted while they last, once', () => {
    const meter = new FreezeMeter();
    const endMs = show(meter, steady);
    expect(meter.sample(endMs + 150).ongoingMs).toBe(0);
    expect(meter.sample(endMs + 900)).toEqual({ count: 0, durationMs: 0, ongoingMs: 900 });
    meter.add(endMs + 1_000);
    expect(meter.sample(endMs + 1_000)).toEqual({ count: 1, durationMs: 1_000, ongoingMs: 0 });
  });

  test('are none of a detector that is slow by nature', () => {
    const meter = new FreezeMeter();
    const endMs = show(
      meter,
      Array.from({ length: 10 }, (_, index) => 2_000 + (index % 2) * 200),
    );
    expect(meter.sample(endMs + 2_100)).toEqual({ count: 0, durationMs: 0, ongoingMs: 0 });
  });

  test('are none while the page is out of sight', () => {
    const meter = new FreezeMeter();
    const endMs = show(meter, steady);
    meter.skip();
    expect(meter.silentMs(endMs + 60_000)).toBeNull();
    show(meter, steady, endMs + 60_000);
    expect(meter.sample(endMs + 60_000 + 1_600)).toEqual({ count: 0, durationMs: 0, ongoingMs: 0 });
  });

  test('begin anew with a session', () => {
    const meter = new FreezeMeter();
    show(meter, [...steady, 900]);
    meter.reset();
    expect(meter.sample(100_000)).toEqual({ count: 0, durationMs: 0, ongoingMs: 0 });
    expect(meter.silentMs(100_000)).toBeNull();
  });
});
