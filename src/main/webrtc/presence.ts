export interface PresenceLimits {
  /** How long a Player may send no report while its browser answers on the path. */
  readonly reportTimeoutMs: number;
  /** How long nothing at all may come from it: consent to be sent anything ends then (RFC 7675 §5.1). */
  readonly pathTimeoutMs: number;
}

/** What is to be thought of a Player. */
export type Verdict =
  | 'present'
  /** Nothing comes from it. Its link may be cut, and heal; or it has died. */
  | 'unheard'
  | 'gone';

/** Browsers check the path about every two and a half seconds, and sooner when they doubt it. */
const pathQuietMs = 4_000;
/** What SCTP lost in a cut it repeats after ever longer waits, so that it can come so much later than the path. */
const resendMs = 20_000;

/**
 * Decides whether a silent Player is still there. A link that is cut looks like a Player that has died: nothing comes. But where the
 * browser answers and the page does not, it is the page that is dead. All times are of a clock that nobody sets.
 */
export class Presence {
  readonly #limits: PresenceLimits;
  #reportedAtMs: number;
  #pathHeardAtMs: number;
  /** Since when the path is alive without a pause. */
  #pathSinceMs: number;

  constructor(limits: PresenceLimits, nowMs: number) {
    this.#limits = limits;
    this.#reportedAtMs = nowMs;
    this.#pathHeardAtMs = nowMs;
    // Nothing was held up before there was a path.
    this.#pathSinceMs = Number.NEGATIVE_INFINITY;
  }

  /** A report or wish came. @returns As pathHeard. */
  reported(nowMs: number): boolean {
    const isBack = this.pathHeard(nowMs);
    this.#reportedAtMs = nowMs;
    return isBack;
  }

  /** The browser has checked the path, as it does all the time. @returns Whether it had been away. */
  pathHeard(nowMs: number): boolean {
    const isBack = this.#isQuiet(nowMs);
    if (isBack) {
      // Where the path was cut, nothing else could come either.
      this.#pathSinceMs = nowMs;
      this.#reportedAtMs = nowMs;
    }
    this.#pathHeardAtMs = nowMs;
    return isBack;
  }

  /** Nothing is to be read out of the silence up to now: the station itself stood still, or gave the Player nothing to report on. */
  excuse(nowMs: number): void {
    this.#reportedAtMs = nowMs;
    this.#pathHeardAtMs = Math.max(this.#pathHeardAtMs, nowMs - pathQuietMs);
  }

  verdict(nowMs: number): Verdict {
    const { reportTimeoutMs, pathTimeoutMs } = this.#limits;
    if (nowMs - this.#pathHeardAtMs > pathTimeoutMs) return 'gone';
    if (this.#isQuiet(nowMs)) return 'unheard';
    return nowMs - this.#reportedAtMs > reportTimeoutMs ? 'gone' : 'present';
  }

  /** Whether it must be the page that leaves pings unanswered: they reach its browser, and have had time to. */
  isPageToBlame(nowMs: number): boolean {
    return !this.#isQuiet(nowMs) && nowMs - this.#pathSinceMs > resendMs;
  }

  #isQuiet(nowMs: number): boolean {
    return nowMs - this.#pathHeardAtMs > pathQuietMs;
  }
}
