import { backoff } from '../../shared/retry.ts';
import type { StationState } from '../../shared/state.ts';
import { Refusal } from './client.ts';
import { debug } from './debug.ts';
import { serverSentEvents } from './server-sent-events.ts';

/** The station speaks once a second; so long a silence means that the connection is dead although nobody said so. */
const silenceMs = 5_000;
/** One small request for the whole page, on whose success all Players try again. */
const longestWaitMs = 2_000;

export interface StateFeedParts {
  /** Asks for the station's server-sent events. */
  readonly ask: (signal: AbortSignal) => Promise<Response>;
  readonly onState: (state: StationState) => void;
  /** The station has ended what let this page in. */
  readonly onEnded: () => void;
}

/**
 * Listens to the station's events and comes back after every break, for as long as the page is let in. They are read here and not
 * by the browser's EventSource, which can't say who is asking.
 * @returns A function that ends it.
 */
export function openStateFeed({ ask, onState, onEnded }: StateFeedParts): () => void {
  const retry = backoff({ stepsMs: [500, 1_000, longestWaitMs], jitterShare: 0.2 });
  let connection = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  function open(): void {
    const opened = (connection = new AbortController());
    watchForSilence();
    follow(opened.signal).then(
      () => reopenLater(opened),
      (error: unknown) => {
        if (opened.signal.aborted) return;
        debug('The station does not tell its state.', error);
        if (error instanceof Refusal && error.reason === 'sign_in_needed') close();
        else reopenLater(opened);
      },
    );
  }

  async function follow(signal: AbortSignal): Promise<void> {
    const { body } = await ask(signal);
    if (!body) return;
    for await (const { type, data } of serverSentEvents(body)) {
      if (signal.aborted) return;
      if (type === 'ended') onEnded();
      if (type !== 'state') continue;
      failures = 0;
      watchForSilence();
      onState(JSON.parse(data) as StationState);
    }
  }

  function watchForSilence(): void {
    clearTimeout(timer);
    timer = setTimeout(() => reopenLater(connection), silenceMs);
  }

  /** Once for each connection, whatever becomes of it first. */
  function reopenLater(ended: AbortController): void {
    if (ended.signal.aborted) return;
    ended.abort();
    clearTimeout(timer);
    failures += 1;
    timer = setTimeout(open, retry.delayMs(failures) ?? longestWaitMs);
  }

  function close(): void {
    clearTimeout(timer);
    connection.abort();
  }

  open();
  return close;
}
