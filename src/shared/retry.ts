/** Says how long to wait before trying again. One object per thing that is retried. */
export interface RetryPolicy {
  /**
   * @param attempt How many tries have failed in a row, from 1.
   * @returns Milliseconds to wait, or null to give up.
   */
  delayMs(attempt: number): number | null;
}

export interface BackoffOptions {
  /** The wait after the first, second, … failure; the last one repeats. */
  readonly stepsMs: readonly number[];
  /** Each wait is spread evenly by this share in both directions, so that many clients do not return at once. */
  readonly jitterShare: number;
  /** Give up after so many failed tries. Without it: never. */
  readonly maxAttempts?: number;
  /** A number from 0 to below 1; replaced in tests. */
  readonly random?: () => number;
}

/** Waits grow along a list of steps with jitter. */
export function backoff({ stepsMs, jitterShare, maxAttempts, random = Math.random }: BackoffOptions): RetryPolicy {
  return {
    delayMs(attempt) {
      if (maxAttempts !== undefined && attempt > maxAttempts) return null;
      const step = stepsMs[Math.min(attempt, stepsMs.length) - 1] ?? 0;
      return Math.round(step * (1 + jitterShare * (2 * random() - 1)));
    },
  };
}

/** How the station restarts a Capture: it never gives up, because the detector may be plugged in at any time. */
export const captureRetry = (random?: () => number): RetryPolicy =>
  backoff({ stepsMs: [500, 1_000, 2_000, 5_000, 10_000], jitterShare: 0.2, ...(random && { random }) });
