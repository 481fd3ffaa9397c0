import { describe, expect, test, vi } from 'vitest';
import { EstimatedClock, keepEstimating, sharedClock } from '../../../src/renderer/station/clock.ts';

/** The station is ten seconds ahead of this page. */
const aheadMs = 10_000;

describe("The station's clock", () => {
  test('is this one where page and station share a machine', () => {
    expect(sharedClock.uncertaintyMs).toBe(0);
  });

  test('is unknown before the first answer', () => {
    const clock = new EstimatedClock();
    expect(clock.nowMs()).toBeNaN();
    expect(clock.uncertaintyMs).toBe(Number.POSITIVE_INFINITY);
  });

  test('is taken from the shortest round trip, and as uncertain as half of it', () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const clock = new EstimatedClock();
    // 300 ms there, 100 ms back: off by 100 ms.
    clock.add(1_000, 1_400, 1_300 + aheadMs);
    // 4 ms there, 6 ms back: off by 1 ms.
    clock.add(2_000, 2_010, 2_004 + aheadMs);
    clock.add(3_000, 3_200, 3_020 + aheadMs);
    expect(clock.nowMs()).toBe(1_000_000 + aheadMs - 1);
    expect(clock.uncertaintyMs).toBe(5);
    vi.useRealTimers();
  });

  test('follows a drift: a lucky round trip is forgotten some time', () => {
    const clock = new EstimatedClock();
    clock.add(0, 2, 1);
    for (let round = 1; round <= 8; round++) clock.add(round, round + 20, round + 10);
    expect(clock.uncertaintyMs).toBe(10);
  });

  test('ignores a round trip in which the own clock was set back', () => {
    const clock = new EstimatedClock();
    clock.add(5_000, 1_000, 5_000);
    expect(clock.nowMs()).toBeNaN();
  });

  test('is asked for a few times at once, and goes on after a failure', async () => {
    vi.useFakeTimers();
    const clock = new EstimatedClock();
    const read = vi.fn(() => Promise.resolve(Date.now() + aheadMs));
    read.mockRejectedValueOnce(new Error('away'));
    void keepEstimating(clock, read);
    await vi.advanceTimersByTimeAsync(1);
    expect(read).toHaveBeenCalledTimes(4);
    expect(clock.nowMs()).toBe(Date.now() + aheadMs);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(read).toHaveBeenCalledTimes(5);
    vi.useRealTimers();
  });
});
