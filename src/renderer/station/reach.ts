import { debug } from './debug.ts';

/** A station that can be reached answers sooner, even if it is to refuse. */
const patienceMs = 1_500;
/**
 * Of a page that has opened many sockets in vain, Chromium lets each further one wait before it begins, by up to five seconds in the end
 * (WebSocketPerProcessThrottler, per process and for two to four minutes). Left after `patienceMs`, few would ever begin; so from then on
 * they overlap.
 */
const promptKnocks = 12;
const longestDelayMs = 5_000;
const remembersMs = 4 * 60_000;
/** When this page has knocked, on its own clock. */
let knocksAtMs: readonly number[] = [];

/** More than the connections that a browser may have left hanging on the way to one station (six at most, in pairs). */
const freshRequests = 4;

/**
 * Waits until anything at all answers at the station's address. A fetch is no good for that: Chromium keeps its half-open TCP
 * connections after a request was given up, hands them to the next one, and the system repeats their first packet after ever
 * longer waits, so that a link that is back after 40 s would be noticed up to 30 s later. A WebSocket begins anew each time;
 * that the station does not speak that protocol, or that nobody listens there, is an answer too.
 */
export function stationReached(baseUrl: URL, signal: AbortSignal): Promise<void> {
  const url = new URL('healthz', baseUrl);
  url.protocol = baseUrl.protocol === 'https:' ? 'wss:' : 'ws:';
  return new Promise((resolve) => {
    const over = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (): void => {
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const knockOn = (): void => {
      if (signal.aborted) return end();
      knock(url, over.signal, end);
      timer = setTimeout(knockOn, patienceMs);
    };
    knockOn();
  });
}

/**
 * Makes the browser open fresh connections to a station that is there again, for requests that wait on those that hang: it opens more
 * only for more requests, and gives them to who has waited longest.
 */
export async function openFreshConnections(baseUrl: URL): Promise<void> {
  const url = new URL('healthz', baseUrl);
  const requests = Array.from({ length: freshRequests }, () =>
    fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(patienceMs) }),
  );
  await Promise.all(requests).catch((error: unknown) => debug('The station was there, and did not answer.', error));
}

/** Opens a socket, and leaves it when it has had its time. */
function knock(url: URL, over: AbortSignal, onAnswer: () => void): void {
  const socket = new WebSocket(url);
  const leave = (): void => {
    clearTimeout(timer);
    socket.onerror = socket.onopen = null;
    socket.close();
  };
  const timer = setTimeout(leave, isThrottled() ? longestDelayMs + patienceMs : patienceMs);
  socket.onopen = socket.onerror = onAnswer;
  over.addEventListener('abort', leave, { once: true });
}

/** To be asked once for each knock. */
function isThrottled(): boolean {
  const nowMs = performance.now();
  const recent = knocksAtMs.filter((atMs) => nowMs - atMs < remembersMs);
  knocksAtMs = [...recent, nowMs];
  return recent.length >= promptKnocks;
}
