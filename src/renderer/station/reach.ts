import { debug } from './debug.ts';

/** A station that can be reached answers sooner, even if it is to refuse. */
const patienceMs = 1_500;
/** More than the connections that a browser may have left hanging on the way to one station (six at most, in pairs). */
const freshRequests = 4;

/**
 * Waits until anything at all answers at the station's address. A fetch is no good for that: Chromium keeps its half-open TCP
 * connections after a request was given up, hands them to the next one, and the system repeats their first packet after ever
 * longer waits, so that a link that is back after 40 s would be noticed up to 30 s later. A WebSocket begins anew each time;
 * that the station does not speak that protocol is an answer too.
 */
export async function stationReached(baseUrl: URL, signal: AbortSignal): Promise<void> {
  const url = new URL('healthz', baseUrl);
  url.protocol = baseUrl.protocol === 'https:' ? 'wss:' : 'ws:';
  while (!signal.aborted && !(await answers(url))) {
    // The next try begins where this one's patience ended.
  }
  // So many at once that the browser has to open fresh connections beside those that hang.
  const requests = Array.from({ length: freshRequests }, () =>
    fetch(new URL('healthz', baseUrl), {
      cache: 'no-store',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    }),
  );
  await Promise.any(requests).catch((error: unknown) => debug('The station was reached but did not answer.', error));
}

/** Resolves after `patienceMs` at the latest, and not before where there is no way to the station at all. */
function answers(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const startedAtMs = performance.now();
    const socket = new WebSocket(url);
    const timer = setTimeout(() => end(false), patienceMs);
    const end = (isAnswer: boolean): void => {
      clearTimeout(timer);
      socket.onerror = socket.onopen = null;
      socket.close();
      resolve(isAnswer);
    };
    socket.onopen = () => end(true);
    socket.onerror = () => end(performance.now() - startedAtMs < patienceMs);
  });
}
