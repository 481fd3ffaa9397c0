import type { Logger } from 'pino';
import type { StationState } from '../../shared/state.ts';

/** At most ten pushes a second, however much happens. */
const minGapMs = 100;
const everyMs = 1_000;

type Listener = (state: StationState) => void;

/** Pushes the whole state to its listeners: soon after a change, and once a second. */
export class StateFeed {
  readonly #state: () => StationState;
  readonly #logger: Logger;
  readonly #listeners = new Set<{ readonly listener: Listener }>();
  #timer: NodeJS.Timeout | undefined;
  #lastPushMs = -Infinity;
  #nextPushMs = Infinity;
  #isClosed = false;

  constructor(state: () => StationState, logger: Logger) {
    this.#state = state;
    this.#logger = logger;
  }

  /** @returns A function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    // An object of its own, so that one function may listen twice.
    const subscription = { listener };
    this.#listeners.add(subscription);
    this.#pushWithin(everyMs);
    return () => {
      this.#listeners.delete(subscription);
      if (this.#listeners.size === 0) this.#rest();
    };
  }

  /** Something that a screen shows has changed. The push comes later, never inside this call. */
  changed(): void {
    this.#pushWithin(Math.max(0, this.#lastPushMs + minGapMs - performance.now()));
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#rest();
  }

  #pushWithin(delayMs: number): void {
    const timeMs = performance.now() + delayMs;
    if (this.#isClosed || this.#listeners.size === 0 || timeMs >= this.#nextPushMs) return;
    clearTimeout(this.#timer);
    this.#nextPushMs = timeMs;
    this.#timer = setTimeout(() => this.#push(), delayMs);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#nextPushMs = Infinity;
  }

  #push(): void {
    this.#nextPushMs = Infinity;
    this.#lastPushMs = performance.now();
    this.#pushWithin(everyMs);
    const state = this.#state();
    for (const { listener } of this.#listeners) {
      try {
        listener(state);
      } catch (error) {
        this.#logger.error({ err: error }, 'a listener to the state failed');
      }
    }
  }
}
