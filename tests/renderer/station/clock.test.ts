import { describe, expect, test, vi } from 'vitest';
import {
  betterClock,
  EstimatedClock,
  keepEstimating,
  sharedClock,
  type RoundTrip,
} from '../../../src/renderer/station/clock.ts';

/** The station is ten seconds ahead of this page. */
const aheadMs = 10_000;

/** A question that needs so long to the station, there, and back. */
function roundTrip(askedAtMs: number, thereMs: number, heldMs: number, backMs: number): RoundTrip {
  const receivedAtMs = askedAtMs + thereMs + aheadMs;
  const answeredAtMs = askedAtMs + thereMs + heldMs + backMs;
  return { askedAtMs, receivedAtMs, repliedAtMs: receivedAtMs + heldMs, answeredAtMs };
}

/** Both clocks are read in whole milliseconds, which is part of what is uncertain. */
const ticksMs = 2;

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
    clock.add(roundTrip(1_000, 300, 0, 100));
    clock.add(roundTrip(2_000, 4, 0, 6));
    clock.add(roundTrip(3_000, 20, 0, 180));
    expect(clock.nowMs()).toBe(1_000_000 + aheadMs - 1);
    expect(clock.uncertaintyMs).toBe(5 + ticksMs);
    vi.useRealTimers();
  });

  test('does not count the time for which the station kept the question', () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const clock = new EstimatedClock();
    clock.add(roundTrip(1_000, 4, 500, 4));
    expect(clock.nowMs()).toBe(1_000_000 + aheadMs);
    expect(clock.uncertaintyMs).toBe(4 + ticksMs);
    vi.useRealTimers();
  });

  test('follows a drift: a lucky round trip is forgotten some time', () => {
    const clock = new EstimatedClock();
    clock.add(roundTrip(0, 1, 0, 1));
    for (let round = 1; round <= 8; round++) clock.add(roundTrip(round, 10, 0, 10));
    expect(clock.uncertaintyMs).toBe(10 + ticksMs);
  });

  test('follows at once where a clock was set, however good what was known before', () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const clock = new EstimatedClock();
    clock.add(roundTrip(1_000, 1, 0, 1));
    const { askedAtMs, receivedAtMs, repliedAtMs, answeredAtMs } = roundTrip(6_000, 10, 0, 10);
    clock.add({ askedAtMs, receivedAtMs: receivedAtMs + 5_000, repliedAtMs: repliedAtMs + 5_000, answeredAtMs });
    expect(clock.nowMs()).toBe(1_000_000 + aheadMs + 5_000);
    vi.useRealTimers();
  });

  test('ignores a round trip in which the own clock was set back', () => {
    const clock = new EstimatedClock();
    clock.add({ askedAtMs: 5_000, receivedAtMs: 5_000, repliedAtMs: 5_000, answeredAtMs: 1_000 });
    expect(clock.nowMs()).toBeNaN();
  });

  test('is the one that a session has measured, once it has, and never on the station’s own machine', () => {
    const page = new EstimatedClock();
    const session = new EstimatedClock();
    expect(betterClock(page, undefined)).toBe(page);
    expect(betterClock(page, session)).toBe(page);
    session.add(roundTrip(0, 40, 0, 40));
    page.add(roundTrip(0, 1, 0, 1));
    expect(betterClock(page, session)).toBe(session);
    expect(betterClock(sharedClock, session)).toBe(sharedClock);
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

  test('is asked for when it may be, and not before', async () => {
    let letIn = (): void => undefined;
    const mayAsk = new Promise<void>((resolve) => (letIn = resolve));
    const read = vi.fn(() => new Promise<number>(() => undefined));
    void keepEstimating(new EstimatedClock(), read, () => mayAsk);
    await Promise.resolve();
    expect(read).not.toHaveBeenCalled();
    letIn();
    await expect.poll(() => read.mock.calls.length).toBe(1);
  });
});
