/** Knows which of the newest packet numbers have been there (RFC 6347 §4.1.2.6); what is older than its window counts as seen. */
export class ReplayWindow {
  #newest = -1;
  /** By the remainder of each number: two that share a place are never in the window together. */
  readonly #seen: Float64Array;

  /** @param size How many numbers back it looks. */
  constructor(size = 64) {
    this.#seen = new Float64Array(size).fill(-1);
  }

  isNew(number: number): boolean {
    const size = this.#seen.length;
    return number > this.#newest - size && this.#seen[number % size] !== number;
  }

  /** Only for a number whose packet is authentic; else a stranger could move the window past the right ones. */
  add(number: number): void {
    this.#seen[number % this.#seen.length] = number;
    this.#newest = Math.max(this.#newest, number);
  }
}
