import type { CallsState } from '../../shared/calls.ts';
import { backoff } from '../../shared/retry.ts';
import type { StationState } from '../../shared/state.ts';
import { Refusal } from './client.ts';
import { debug } from './debug.ts';
import type { Hope } from './repair.ts';
import { serverSentEvents } from './server-sent-events.ts';

/** The station speaks once a second; so long a silence means that the connection is dead although nobody said so. */
const silenceMs = 5_000;
/** After a break; what comes before an answer is waited for anyway. */
const longestWaitMs = 1_000;
/** News of the network come in twos and threes. */
const sameNewsMs = 1_000;

export interface StateFeedParts {
  /** Asks for the station's server-sent events. */
  readonly ask: (signal: AbortSignal) => Promise<Response>;
  /** Resolves when something answers at the station's address, or the signal is aborted. */
  readonly reached: (signal: AbortSignal) => Promise<void>;
  /** Called when the station does not answer any more, and when it has answered again. */
  readonly onAway: () => void;
  readonly onReturn: () => void;
  readonly onState: (state: StationState) => void;
  /** Told to whoever can be called. */
  readonly onCalls: (state: CallsState) => void;
  /** The station has ended what let this page in. */
  readonly onEnded: () => void;
  /** Tells what makes another try worth it. @returns A function that ends it. */
  readonly listenForHope: (onHope: (hope: Hope) => void) => () => void;
}

/**
 * Listens to the station's events and comes back after every break, for as long as the page is let in. They are read here and not
 * by the browser's EventSource, which can't say who is asking.
 * @returns A function that ends it.
 */
export function openStateFeed(parts: StateFeedParts): () => void {
  const feed = new StateFeed(parts);
  return () => feed.close();
}

class StateFeed {
  readonly #parts: StateFeedParts;
  readonly #retry = backoff({ stepsMs: [500, longestWaitMs], jitterShare: 0.2 });
  readonly #stopListening: () => void;
  #connection = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #openedAtMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  /** Whether the next answer is more than the first one: there was another before it, or it was said that there is none. */
  #isReturn = false;

  constructor(parts: StateFeedParts) {
    this.#parts = parts;
    this.#stopListening = parts.listenForHope((hope) => this.#hope(hope));
    this.#open();
  }

  close(): void {
    this.#stopListening();
    clearTimeout(this.#timer);
    this.#connection.abort();
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#openedAtMs = performance.now();
    const opened = (this.#connection = new AbortController());
    this.#follow(opened.signal).then(
      () => this.#reopenLater(opened),
      (error: unknown) => {
        if (opened.signal.aborted) return;
        debug('The station does not tell its state.', error);
        if (error instanceof Refusal && error.reason === 'sign_in_needed') this.close();
        else this.#reopenLater(opened);
      },
    );
  }

  async #follow(signal: AbortSignal): Promise<void> {
    if (this.#failures > 0) await this.#parts.reached(signal);
    if (signal.aborted) return;
    this.#watchForSilence();
    const { body } = await this.#parts.ask(signal);
    if (this.#isReturn) this.#parts.onReturn();
    this.#isReturn = true;
    if (!body) return;
    for await (const { type, data } of serverSentEvents(body)) {
      if (signal.aborted) return;
      if (type === 'ended') this.#parts.onEnded();
      if (type === 'calls') this.#parts.onCalls(JSON.parse(data) as CallsState);
      if (type !== 'state') continue;
      this.#failures = 0;
      this.#watchForSilence();
      this.#parts.onState(JSON.parse(data) as StationState);
    }
  }

  #watchForSilence(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#reopenLater(this.#connection), silenceMs);
  }

  /** Once for each connection, whatever becomes of it first. */
  #reopenLater(ended: AbortController): void {
    if (ended.signal.aborted) return;
    this.#isReturn = true;
    this.#parts.onAway();
    ended.abort();
    clearTimeout(this.#timer);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#open(), this.#retry.delayMs(this.#failures) ?? longestWaitMs);
  }

  /** Tries at once. An open connection leads over the path of before, and its end would be noticed seconds later. */
  #hope(hope: Hope): void {
    const isNews = hope !== 'seen' && performance.now() - this.#openedAtMs > sameNewsMs;
    if (!isNews && !this.#connection.signal.aborted) return;
    this.#failures = 0;
    this.#connection.abort();
    this.#open();
  }
}
