import { backoff } from '../../shared/retry.ts';
import type { StationState } from '../../shared/state.ts';

/** The station speaks once a second; so long a silence means that the connection is dead although nobody said so. */
const silenceMs = 5_000;
/** One small request for the whole page, on whose success all Players try again. */
const longestWaitMs = 2_000;

/**
 * Listens to the station's server-sent events. A browser comes back by itself only after some failures, not after a refusal
 * and not from a connection that silently died, so the feed is opened anew here.
 * @returns A function that ends it.
 */
export function openStateFeed(url: URL, listener: (state: StationState) => void): () => void {
  const retry = backoff({ stepsMs: [500, 1_000, longestWaitMs], jitterShare: 0.2 });
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  function open(): void {
    source = new EventSource(url);
    source.addEventListener('state', (event: MessageEvent<string>) => {
      failures = 0;
      watchForSilence();
      listener(JSON.parse(event.data) as StationState);
    });
    source.addEventListener('error', reopenLater);
    watchForSilence();
  }

  function watchForSilence(): void {
    clearTimeout(timer);
    timer = setTimeout(reopenLater, silenceMs);
  }

  function reopenLater(): void {
    source?.close();
    clearTimeout(timer);
    failures += 1;
    timer = setTimeout(open, retry.delayMs(failures) ?? longestWaitMs);
  }

  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
