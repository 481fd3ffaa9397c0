/** What can be told about the pictures that a Player shows. Null where it is unknown. */
export interface PictureSample {
  /** Shown pictures per second, over the last two seconds. */
  readonly fps: number | null;
  /** From capture to screen, median of the last two seconds. */
  readonly latencyMs: number | null;
  /** How old the newest picture is. */
  readonly ageMs: number | null;
  /** The time to expect between two pictures: a single pause is none of their rhythm. */
  readonly intervalMs: number | null;
}

export const noPictures: PictureSample = { fps: null, latencyMs: null, ageMs: null, intervalMs: null };

interface Shown {
  readonly atMs: number;
  readonly count: number;
  readonly latencyMs: number | null;
}

const windowMs = 2_000;
/** Enough for two seconds at 500 fps. */
const shownKept = 1_000;

/** Counts the pictures that come to the screen. Plain numbers, because it is called for each of them. */
export class PictureMeter {
  #shown: Shown[] = [];

  /**
   * @param atMs When the picture was shown, on the page's monotonic clock.
   * @param count How many pictures were shown so far: some may have come between two calls.
   * @param latencyMs How old the picture was then, or null.
   */
  add(atMs: number, count: number, latencyMs: number | null): void {
    this.#shown.push({ atMs, count, latencyMs });
    // Three pictures stay, however old, so that a camera with long exposures has a rate and a rhythm as well.
    while (this.#shown.length > shownKept || (this.#shown.length > 3 && this.#isOutdated(atMs))) this.#shown.shift();
  }

  reset(): void {
    this.#shown = [];
  }

  /**
   * @param nowMs On the same clock as `add`.
   * @param awakeSinceMs A page that was out of sight got no pictures then, which says nothing about them.
   */
  sample(nowMs: number, awakeSinceMs = Number.NEGATIVE_INFINITY): PictureSample {
    const newest = this.#shown.at(-1);
    if (!newest) return noPictures;
    const latencyMs = median(this.#shown.flatMap((shown) => shown.latencyMs ?? []));
    const silentMs = Math.max(0, nowMs - Math.max(newest.atMs, awakeSinceMs));
    const ageMs = silentMs + Math.max(0, newest.latencyMs ?? 0);
    return { fps: this.#fps(), latencyMs, ageMs, intervalMs: this.#intervalMs() };
  }

  /** Over a pause there is no rate: neither the one before it nor the one after. */
  #isAfterPause(newest: Shown): boolean {
    const before = this.#shown.at(-2);
    const longestMs = Math.max(windowMs, 2.5 * (this.#intervalMs() ?? 0));
    return before !== undefined && newest.atMs - before.atMs > longestMs;
  }

  /** The shorter of the last two intervals: the longer one may have been a pause. */
  #intervalMs(): number | null {
    const [third, second, newest] = this.#shown.slice(-3);
    if (!third || !second) return null;
    const interval = second.atMs - third.atMs;
    return newest ? Math.min(interval, newest.atMs - second.atMs) : interval;
  }

  #fps(): number | null {
    const oldest = this.#shown[0];
    const newest = this.#shown.at(-1);
    if (!oldest || !newest || newest.atMs <= oldest.atMs || this.#isAfterPause(newest)) return null;
    return ((newest.count - oldest.count) * 1000) / (newest.atMs - oldest.atMs);
  }

  #isOutdated(nowMs: number): boolean {
    const oldest = this.#shown[0];
    return oldest !== undefined && nowMs - oldest.atMs > windowMs;
  }
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
