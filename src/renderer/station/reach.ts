import { debug } from './debug.ts';

/** A station that can be reached answers sooner, even if it is to refuse. */
const patienceMs = 1_500;
/** More than the connections that a browser may have left hanging on the way to one station (six at most, in pairs). */
const freshRequests = 4;

/**
 * Waits until anything at all answers at the station's address. A fetch is no good for that: Chromium keeps its half-open TCP
 * connections after a request was given up, hands them to the next one, and the system repeats their first packet after ever
 * longer waits, so that a link that is back after 40 s would be noticed up to 30 s later. A WebSocket begins anew each time;
 * that the station does not speak that protocol, or that nobody listens there, is an answer too.
 */
export async function stationReached(baseUrl: URL, signal: AbortSignal): Promise<void> {
  const url = new URL('healthz', baseUrl);
  url.protocol = baseUrl.protocol === 'https:' ? 'wss:' : 'ws:';
  while (!signal.aborted && !(await answers(url))) {
    // The next knock comes when the patience with this one is over.
  }
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

/** Resolves after `patienceMs` at the latest. */
function answers(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const timer = setTimeout(() => end(false), patienceMs);
    const end = (isAnswer: boolean): void => {
      clearTimeout(timer);
      socket.onerror = socket.onopen = null;
      socket.close();
      resolve(isAnswer);
    };
    socket.onopen = socket.onerror = () => end(true);
  });
}
