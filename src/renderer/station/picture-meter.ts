/** What can be told of when pictures came to the screen. Null where it is unknown. */
export interface PictureRhythm {
  /** Shown pictures per second, over the last two seconds. */
  readonly fps: number | null;
  /** From capture to screen, median of the last two seconds. */
  readonly latencyMs: number | null;
  /** How old the newest picture is. */
  readonly ageMs: number | null;
  /** Since it came to the screen. */
  readonly silentMs: number | null;
  /** The time to expect between two pictures: a single pause is none of their rhythm. */
  readonly intervalMs: number | null;
}

/** What can be told of the pictures that a Player shows. Null where it is unknown. */
export interface PictureSample extends PictureRhythm {
  /** When the newest picture was taken, Unix time of the station. */
  readonly captureTimeMs: number | null;
  /** The detector's number of the newest shown picture of which the station has told it: that takes a fraction of a second. */
  readonly number: number | null;
  /** How far off `latencyMs` can be: 0 where page and station share a clock. */
  readonly latencyUncertaintyMs: number | null;
}

const nothingShown: PictureRhythm = { fps: null, latencyMs: null, ageMs: null, silentMs: null, intervalMs: null };
export const noPictures: PictureSample = {
  ...nothingShown,
  captureTimeMs: null,
  number: null,
  latencyUncertaintyMs: null,
};

interface Shown {
  readonly atMs: number;
  readonly count: number;
  readonly latencyMs: number | null;
}

const windowMs = 2_000;
/** A rate of less time than this is chance: after a pause, what was sent meanwhile comes all at once. */
const shortestMs = 500;
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

  /** @param nowMs On the same clock as `add`. */
  sample(nowMs: number): PictureRhythm {
    const newest = this.#shown.at(-1);
    if (!newest) return nothingShown;
    const latencyMs = median(this.#shown.flatMap((shown) => shown.latencyMs ?? []));
    const silentMs = Math.max(0, nowMs - newest.atMs);
    const ageMs = silentMs + Math.max(0, newest.latencyMs ?? 0);
    return { fps: this.#fps(), latencyMs, ageMs, silentMs, intervalMs: this.#intervalMs() };
  }

  /** Over a pause there is no rate: neither the one before it nor the one after. */
  #isAfterPause(newest: Shown): boolean {
    const before = this.#shown.at(-2);
    const longestMs = Math.max(windowMs, 2.5 * (this.#intervalMs() ?? 0));
    return before !== undefined && newest.atMs - before.atMs > longestMs;
  }

  #intervalMs(): number | null {
    return rhythmMs(this.#shown.slice(-3).map(({ atMs }) => atMs));
  }

  #fps(): number | null {
    const oldest = this.#shown[0];
    const newest = this.#shown.at(-1);
    if (!oldest || !newest || newest.atMs - oldest.atMs < shortestMs || this.#isAfterPause(newest)) return null;
    return ((newest.count - oldest.count) * 1000) / (newest.atMs - oldest.atMs);
  }

  #isOutdated(nowMs: number): boolean {
    const oldest = this.#shown[0];
    return oldest !== undefined && nowMs - oldest.atMs > windowMs;
  }
}

/**
 * The time to expect between two pictures of which the last three came then: the shorter of both intervals, because the longer one may
 * have been a pause. Null for fewer than two.
 */
export function rhythmMs([third, second, newest]: readonly number[]): number | null {
  if (third === undefined || second === undefined) return null;
  return newest === undefined ? second - third : Math.min(second - third, newest - second);
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
