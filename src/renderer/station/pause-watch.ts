/** It is asked twice a second; whoever is asked so late stood still meanwhile. */
const stoodStillMs = 2_000;

/** Knows when a page was out of sight, stopped by its browser, or asleep with its machine, and hence could show nothing. */
export class PauseWatch {
  readonly #document: Document;
  readonly #ended = new AbortController();
  #awakeAtMs = Number.NEGATIVE_INFINITY;
  #askedAtMs = Number.NaN;

  /** @param onPause Called at each beginning and end of such a time. */
  constructor(document: Document, onPause: () => void) {
    this.#document = document;
    const onChange = (): void => {
      this.#awakeAtMs = performance.now();
      this.#askedAtMs = Date.now();
      onPause();
    };
    for (const type of ['visibilitychange', 'freeze', 'resume']) {
      document.addEventListener(type, onChange, { signal: this.#ended.signal });
    }
  }

  /** For how long the page has been in sight and running: endlessly, where it always was; null while it is not in sight. */
  awakeMs(nowMs: number): number | null {
    // A machine that sleeps stops the page's monotonic clock as well.
    const wallMs = Date.now();
    if (wallMs - this.#askedAtMs > stoodStillMs) this.#awakeAtMs = nowMs;
    this.#askedAtMs = wallMs;
    return this.#document.hidden ? null : nowMs - this.#awakeAtMs;
  }

  close(): void {
    this.#ended.abort();
  }
}
