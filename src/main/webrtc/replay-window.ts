const windowSize = 64;

/** Knows which of the newest record numbers have been there (RFC 6347 §4.1.2.6); what is older than its window counts as seen. */
export class ReplayWindow {
  #newest = -1;
  readonly #seen = new Set<number>();

  isNew(number: number): boolean {
    return number > this.#newest - windowSize && !this.#seen.has(number);
  }

  /** Only for a number whose record is authentic; else a stranger could move the window past the right ones. */
  add(number: number): void {
    this.#seen.add(number);
    if (number <= this.#newest) return;
    this.#newest = number;
    for (const old of this.#seen) if (old <= number - windowSize) this.#seen.delete(old);
  }
}
