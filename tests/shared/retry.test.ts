import { describe, expect, it } from 'vitest';
import { backoff, captureRetry } from '../../src/shared/retry.ts';

const inTheMiddle = () => 0.5;
const attempts = [1, 2, 3, 4, 5, 6, 7];

describe('a retry policy', () => {
  it('waits longer after each failure and repeats its last step', () => {
    const policy = backoff({ stepsMs: [100, 300], jitterShare: 0 });
    expect([1, 2, 3, 100].map((attempt) => policy.delayMs(attempt))).toEqual([100, 300, 300, 300]);
  });

  it('spreads each wait by its jitter in both directions', () => {
    const at = (random: number) => backoff({ stepsMs: [1_000], jitterShare: 0.2, random: () => random }).delayMs(1);
    expect([at(0), at(0.5), at(0.999_999)]).toEqual([800, 1_000, 1_200]);
  });

  it('gives up after the last attempt that it allows, and not before', () => {
    const policy = backoff({ stepsMs: [100], jitterShare: 0, maxAttempts: 2 });
    expect([1, 2, 3].map((attempt) => policy.delayMs(attempt))).toEqual([100, 100, null]);
  });

  it('brings a capture back after half a second, then ever later up to ten seconds, and never gives up', () => {
    const policy = captureRetry(inTheMiddle);
    const delays = attempts.map((attempt) => policy.delayMs(attempt));
    expect(delays).toEqual([500, 1_000, 2_000, 5_000, 10_000, 10_000, 10_000]);
    expect(policy.delayMs(1_000_000)).toBe(10_000);
  });
});
