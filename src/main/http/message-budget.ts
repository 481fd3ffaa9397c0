const perSecond = 20;
const burst = 40;

/** What became of a message: taken, dropped with a warning, or one too many after the warning. */
export type Spent = 'taken' | 'slow_down' | 'too_many';

/** How many messages a socket may send: 20 a second, and 40 at once. Who has been warned is warned again only after a pause. */
export class MessageBudget {
  #left = burst;
  #atMs: number;
  #isWarned = false;

  /** All times are of one clock that never goes back. */
  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  spend(nowMs: number): Spent {
    this.#left = Math.min(burst, this.#left + ((nowMs - this.#atMs) / 1_000) * perSecond);
    this.#atMs = nowMs;
    if (this.#left === burst) this.#isWarned = false;
    if (this.#left >= 1) {
      this.#left -= 1;
      return 'taken';
    }
    if (this.#isWarned) return 'too_many';
    this.#isWarned = true;
    return 'slow_down';
  }
}
