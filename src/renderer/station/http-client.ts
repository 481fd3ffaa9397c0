import type { IceServer } from '../../shared/api.ts';
import type { StationErrorReason } from '../../shared/errors.ts';
import type { StationState } from '../../shared/state.ts';
import { Refusal, type OpenSession, type RefusalReason, type StationClient } from './client.ts';
import { debug } from './debug.ts';
import { openStateFeed } from './state-feed.ts';

/** No answer for so long counts as none. */
const answerTimeoutMs = 10_000;

/** Whoever leaves waits no longer for the station to take note. */
const leaveTimeoutMs = 2_000;

/** The codes of the door's refusals (RFC 9457 documents) that mean something to this page. */
const knownReasons: Readonly<Record<StationErrorReason, true>> = {
  bad_offer: true,
  offer_too_complex: true,
  no_common_codec: true,
  bad_candidate: true,
  unknown_stream: true,
  unknown_viewer: true,
  stale_session: true,
  source_offline: true,
  station_full: true,
  closing: true,
};

/** The station over HTTP: fetch, server-sent events, and WHEP (draft-ietf-wish-whep) for sessions. */
export class HttpClient implements StationClient {
  readonly sharesClock: boolean;
  readonly #baseUrl: URL;
  #config: Promise<{ readonly iceServers: readonly IceServer[] }> | undefined;

  /** @param baseUrl The address of the station, such as `http://127.0.0.1:8080/`. */
  constructor(baseUrl: URL) {
    this.#baseUrl = baseUrl;
    this.sharesClock = ['localhost', '127.0.0.1', '[::1]'].includes(baseUrl.hostname);
  }

  async state(): Promise<StationState> {
    const response = await this.#ask('api/state');
    return (await response.json()) as StationState;
  }

  onState(listener: (state: StationState) => void): () => void {
    return openStateFeed(new URL('api/events', this.#baseUrl), listener);
  }

  /** Asked once: every Player needs it before its offer, and a round trip there would delay each first picture. */
  webrtcConfig(): Promise<{ readonly iceServers: readonly IceServer[] }> {
    this.#config ??= this.#readConfig();
    return this.#config;
  }

  async watch(streamId: string, offerSdp: string): Promise<OpenSession> {
    const response = await this.#ask(`whep/${encodeURIComponent(streamId)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: offerSdp,
    });
    const location = response.headers.get('location');
    if (location === null) throw new Refusal('internal', 'The station opened a session but did not say where.');
    const sessionUrl = new URL(location, response.url);
    return { answerSdp: await response.text(), leave: () => leave(sessionUrl) };
  }

  async #readConfig(): Promise<{ readonly iceServers: readonly IceServer[] }> {
    try {
      const response = await this.#ask('webrtc/config');
      return (await response.json()) as { iceServers: IceServer[] };
    } catch (error) {
      this.#config = undefined;
      throw error;
    }
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path, this.#baseUrl);
    let response: Response;
    try {
      response = await fetch(url, { ...init, cache: 'no-store', signal: AbortSignal.timeout(answerTimeoutMs) });
    } catch (error) {
      // When it is back, it may be configured anew.
      this.#config = undefined;
      throw new Refusal('unreachable', `The station does not answer: ${String(error)}`);
    }
    if (response.ok) return response;
    throw new Refusal(
      await reasonOf(response),
      `The station refused ${path} with status ${response.status}.`,
      retryAfterMs(response.headers),
    );
  }
}

async function reasonOf(response: Response): Promise<RefusalReason> {
  const problem: unknown = await response.json().catch((error: unknown) => {
    // Whatever stands between page and station does not speak the door's dialect.
    debug('A refusal came without a reason.', error);
    return null;
  });
  const code = typeof problem === 'object' && problem !== null && 'code' in problem ? problem.code : null;
  if (typeof code === 'string' && Object.hasOwn(knownReasons, code)) return code as StationErrorReason;
  // A gateway that finds no station behind it.
  return response.status === 502 || response.status === 504 ? 'unreachable' : 'internal';
}

/** The station counts in seconds here (RFC 9110 §10.2.3 also knows dates, which it never sends). */
function retryAfterMs(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

async function leave(sessionUrl: URL): Promise<void> {
  try {
    // keepalive lets the request outlive the page.
    await fetch(sessionUrl, { method: 'DELETE', keepalive: true, signal: AbortSignal.timeout(leaveTimeoutMs) });
  } catch (error) {
    // The station notices the silence by itself.
    debug('The station was not told that a Player left.', error);
  }
}
