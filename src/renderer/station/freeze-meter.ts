/** What was seen of freezes on the screen, since the session began. */
export interface FreezeCount {
  /** Freezes that are over, and how long they were all together. */
  readonly count: number;
  readonly durationMs: number;
  /** How long the picture stands still by now, where it does; else 0. */
  readonly ongoingMs: number;
}

/** As the standard's average looks back (W3C webrtc-stats, freezeCount). */
const intervalsKept = 30;
/** An average needs a few. */
const intervalsNeeded = 5;

/** Counts how often and how long the picture stood still, for browsers that don't: with the rule of the standard's `freezeCount`. */
export class FreezeMeter {
  #intervals: number[] = [];
  #lastAtMs: number | null = null;
  #count = 0;
  #durationMs = 0;

  /** A picture came to the screen. @param atMs On the page's monotonic clock. */
  add(atMs: number): void {
    if (this.#lastAtMs !== null) this.#take(atMs - this.#lastAtMs);
    this.#lastAtMs = atMs;
  }

  /** Nothing was shown for a reason that is no fault, such as a page that was out of sight. */
  skip(): void {
    this.#lastAtMs = null;
  }

  reset(): void {
    this.skip();
    this.#intervals = [];
    this.#count = 0;
    this.#durationMs = 0;
  }

  sample(nowMs: number): FreezeCount {
    const silentMs = this.silentMs(nowMs) ?? 0;
    return {
      count: this.#count,
      durationMs: this.#durationMs,
      ongoingMs: this.#isFreeze(silentMs) ? silentMs : 0,
    };
  }

  /** The time since the last picture; null before the first one. */
  silentMs(nowMs: number): number | null {
    return this.#lastAtMs === null ? null : Math.max(0, nowMs - this.#lastAtMs);
  }

  #take(intervalMs: number): void {
    if (this.#isFreeze(intervalMs)) {
      this.#count += 1;
      this.#durationMs += intervalMs;
    }
    this.#intervals.push(intervalMs);
    if (this.#intervals.length > intervalsKept) this.#intervals.shift();
  }

  #isFreeze(intervalMs: number): boolean {
    if (this.#intervals.length < intervalsNeeded) return false;
    const averageMs = this.#intervals.reduce((sum, interval) => sum + interval, 0) / this.#intervals.length;
    return intervalMs >= Math.max(3 * averageMs, averageMs + 150);
  }
}
