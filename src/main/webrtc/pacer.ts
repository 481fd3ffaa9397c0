/** Somebody who sends bit by bit. */
export interface Paced {
  /**
   * Sends what is due.
   * @param nowMs Of `performance.now()`.
   * @returns When it wants the next turn, on the same clock; Infinity for never, until it is scheduled again.
   */
  turn(nowMs: number): number;
  /** Its turn threw this; it gets no more of them unless it is scheduled again. */
  failed(error: unknown): void;
}

/** Gives turns to all Viewers of a station with one timer, which runs only while somebody has something to send later. */
export class Pacer {
  readonly #dueMs = new Map<Paced, number>();
  #timer: NodeJS.Timeout | null = null;
  #timerMs = Infinity;

  /** @param dueMs When the next turn is wanted, on the clock of `performance.now()`; Infinity for none. */
  schedule(paced: Paced, dueMs: number): void {
    if (dueMs === Infinity) {
      this.#dueMs.delete(paced);
      if (this.#dueMs.size === 0) this.#disarm();
      return;
    }
    this.#dueMs.set(paced, dueMs);
    if (dueMs < this.#timerMs) this.#arm(dueMs);
  }

  #run(): void {
    this.#disarm();
    const nowMs = performance.now();
    let nextMs = Infinity;
    for (const [paced, dueMs] of this.#dueMs) {
      const laterMs = dueMs > nowMs ? dueMs : this.#giveTurn(paced, nowMs);
      if (laterMs === Infinity) this.#dueMs.delete(paced);
      else this.#dueMs.set(paced, laterMs);
      nextMs = Math.min(nextMs, laterMs);
    }
    if (nextMs < this.#timerMs) this.#arm(nextMs);
  }

  #giveTurn(paced: Paced, nowMs: number): number {
    try {
      return paced.turn(nowMs);
    } catch (error) {
      paced.failed(error);
      return Infinity;
    }
  }

  #arm(dueMs: number): void {
    this.#disarm();
    this.#timerMs = dueMs;
    this.#timer = setTimeout(() => this.#run(), Math.max(1, dueMs - performance.now()));
  }

  #disarm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerMs = Infinity;
  }
}
