interface Sample {
  readonly total: number;
  readonly timeMs: number;
}

/** Long enough to be steady at 30 pictures a second, short enough that a screen shows a change while it is looked at. */
const windowMs = 2_000;
/** Of less time than this a rate is chance: the first pictures of a detector come anyhow. */
const leastMs = 500;

/** How fast a running total grows, over the last two seconds or, where it grows more slowly, over its last step. */
export class Rate {
  readonly #samples: Sample[] = [];

  /** Takes the newest total; one that isn't above the last changes nothing. */
  observe(total: number, nowMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && total <= last.total) return;
    this.#samples.push({ total, timeMs: nowMs });
    this.#forgetBefore(nowMs - windowMs);
  }

  /** Per second, or null before half a second is known. Falls while the next sample is overdue. */
  perSecond(nowMs: number): number | null {
    this.#forgetBefore(nowMs - windowMs);
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last === first) return null;
    const spanMs = last.timeMs - first.timeMs;
    const meanGapMs = spanMs / (this.#samples.length - 1);
    const isOverdue = nowMs - last.timeMs > 2 * meanGapMs;
    const knownMs = isOverdue ? nowMs - first.timeMs : spanMs;
    return knownMs < leastMs ? null : (1_000 * (last.total - first.total)) / knownMs;
  }

  clear(): void {
    this.#samples.length = 0;
  }

  /** Keeps one sample from before, so that the whole window is covered, and never fewer than two, for slow detectors. */
  #forgetBefore(timeMs: number): void {
    while (this.#samples.length > 2 && (this.#samples[1]?.timeMs ?? Infinity) <= timeMs) this.#samples.shift();
  }
}
