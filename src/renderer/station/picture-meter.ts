/** What can be told about the pictures that a Player shows. Null where it is unknown. */
export interface PictureSample {
  /** Shown pictures per second, over the last two seconds. */
  readonly fps: number | null;
  /** From capture to screen, median of the last two seconds. */
  readonly latencyMs: number | null;
  /** How old the newest picture is. */
  readonly ageMs: number | null;
}

export const noPictures: PictureSample = { fps: null, latencyMs: null, ageMs: null };

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
    // Two pictures stay, however old, so that a camera with long exposures has a rate as well.
    while (this.#shown.length > shownKept || (this.#shown.length > 2 && this.#isOutdated(atMs))) this.#shown.shift();
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
    return { fps: this.#fps(), latencyMs, ageMs: silentMs + Math.max(0, newest.latencyMs ?? 0) };
  }

  #fps(): number | null {
    const oldest = this.#shown[0];
    const newest = this.#shown.at(-1);
    if (!oldest || !newest || newest.atMs <= oldest.atMs) return null;
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
