/** So many tries in each span of time, whoever makes them. */
export class TryBudget {
  readonly #tries: number;
  readonly #spanMs: number;
  #spent = 0;
  #endsAtMs = 0;

  constructor(tries: number, spanMs: number) {
    this.#tries = tries;
    this.#spanMs = spanMs;
  }

  get left(): number {
    return this.#tries - this.#spent;
  }

  /** Whether it is as if nobody had tried. */
  get isWhole(): boolean {
    return this.#spent === 0 || performance.now() >= this.#endsAtMs;
  }

  /** Takes one try. @returns 0, or how long to wait where none is left. */
  spend(): number {
    const nowMs = performance.now();
    if (nowMs >= this.#endsAtMs) {
      this.#spent = 0;
      this.#endsAtMs = nowMs + this.#spanMs;
    }
    if (this.#spent >= this.#tries) return this.#endsAtMs - nowMs;
    this.#spent += 1;
    return 0;
  }

  /** A try that was none after all. */
  giveBack(): void {
    this.#spent = Math.max(0, this.#spent - 1);
  }
}
