import type { Me } from '../../shared/access.ts';
import type { IceServer } from '../../shared/api.ts';
import type { Due } from '../../shared/directory.ts';
import type { StationState } from '../../shared/state.ts';
import type { StreamEvent } from '../../shared/stream-event.ts';
import { AccessPass, type BearerPass, type PlainRequest } from './access-pass.ts';
import { HttpCalls } from './calls/http-calls.ts';
import { Refusal, type OpenSession, type StationClient } from './client.ts';
import { debug } from './debug.ts';
import { HttpPictures } from './http-pictures.ts';
import { restartIce } from './ice-restart.ts';
import { listenForHope } from './repair-hope.ts';
import { openFreshConnections, stationReached } from './reach.ts';
import { refusalOf } from './refusal-of.ts';
import { openStateFeed } from './state-feed.ts';

/** The password of a TURN server may be good for five minutes only. */
const maxConfigAgeMs = 60_000;
/** No answer for so long counts as none. */
const answerTimeoutMs = 10_000;

/** Whoever leaves waits no longer for the station to take note. */
const leaveTimeoutMs = 2_000;

/** The station over HTTP: fetch, server-sent events, and WHEP (draft-ietf-wish-whep) for sessions. */
export class HttpClient implements StationClient {
  readonly sharesClock: boolean;
  readonly httpPictures = new HttpPictures((path, init) => this.#send(path, init));
  readonly calls: HttpCalls;
  readonly #baseUrl: URL;
  readonly #pass: BearerPass;
  readonly #page: Document | null;
  readonly #hasSockets: boolean;
  #config: Promise<{ readonly iceServers: readonly IceServer[] }> | undefined;
  #configReadAtMs = 0;
  /** By the word of the state feed, where there is one. */
  #isAway = false;

  /**
   * @param baseUrl The address of the station, such as `http://127.0.0.1:8080/`.
   * @param page Knows when it is worth to ask again; null for a program that has none.
   * @param hasSockets Whether WebSockets lead there too. Without them there are no calls.
   */
  constructor(
    baseUrl: URL,
    pass: BearerPass = new AccessPass(baseUrl),
    page: Document | null = null,
    hasSockets = true,
  ) {
    this.#page = page;
    this.#hasSockets = hasSockets;
    this.#baseUrl = baseUrl;
    this.#pass = pass;
    this.calls = new HttpCalls({
      baseUrl,
      ask: (path, init) => this.#ask(path, init),
      headers: () => this.#pass.headers,
    });
    this.sharesClock = ['localhost', '127.0.0.1', '[::1]'].includes(baseUrl.hostname);
  }

  async state(): Promise<StationState> {
    const response = await this.#ask('api/state');
    return (await response.json()) as StationState;
  }

  async me(): Promise<Me | null> {
    const response = await this.#ask('api/me');
    // A door that asks nobody does not know anybody either.
    return response.status === 204 ? null : ((await response.json()) as Me);
  }

  onState(listener: (state: StationState) => void): () => void {
    // What was known before is of whoever was here then.
    this.#isAway = false;
    this.#config = undefined;
    return openStateFeed({
      ask: (signal) => this.#fetch(this.#hasSockets ? 'api/events?calls' : 'api/events', { signal }),
      // What asks in this page's stead begins anew each time by itself.
      reached: (signal) => (this.#hasSockets ? stationReached(this.#baseUrl, signal) : Promise.resolve()),
      onAway: () => {
        this.#isAway = true;
        this.calls.away();
      },
      onReturn: () => {
        this.#isAway = false;
        if (this.#hasSockets) void openFreshConnections(this.#baseUrl);
      },
      onState: listener,
      onCalls: (calls) => this.calls.tell(calls),
      onEnded: () => this.#pass.linkEnded(),
      listenForHope: (onHope) => (this.#page ? listenForHope(this.#page, onHope) : () => undefined),
    });
  }

  async streamLog(streamId: string): Promise<readonly StreamEvent[]> {
    const response = await this.#ask(`api/streams/${encodeURIComponent(streamId)}/log`);
    return (await response.json()) as readonly StreamEvent[];
  }

  async due(): Promise<Due | null> {
    const response = await this.#ask('api/due');
    return ((await response.json()) as { due: Due | null }).due;
  }

  /** Asked seldom: every Player needs it before its offer, and a round trip there would delay each first picture. */
  webrtcConfig(): Promise<{ readonly iceServers: readonly IceServer[] }> {
    if (performance.now() - this.#configReadAtMs > maxConfigAgeMs) this.#config = undefined;
    this.#config ??= this.#readConfig();
    return this.#config;
  }

  /** The page offers, in one round trip. */
  async open(streamId: string, peer: RTCPeerConnection): Promise<OpenSession> {
    peer.addTransceiver('video', { direction: 'recvonly' });
    await peer.setLocalDescription(await peer.createOffer());
    // Sent without candidates: the station learns this end's address from its first connectivity check (RFC 8445 §7.3.1.3).
    const response = await this.#ask(`whep/${encodeURIComponent(streamId)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: peer.localDescription?.sdp ?? '',
    });
    const location = response.headers.get('location');
    if (location === null) throw new Refusal('internal', 'The station opened a session but did not say where.');
    const sessionUrl = new URL(location, response.url);
    const sdp = await response.text();
    return {
      viewerId: sessionUrl.pathname.split('/').at(-1) ?? '',
      stationSdp: sdp,
      connect: () => peer.setRemoteDescription({ type: 'answer', sdp }),
      restartIce: (signal) =>
        restartIce(peer, sdp, (fragment) => this.#askForRestart(sessionUrl, fragment, signal), signal),
      leave: () => this.#leave(sessionUrl),
    };
  }

  async #readConfig(): Promise<{ readonly iceServers: readonly IceServer[] }> {
    this.#configReadAtMs = performance.now();
    try {
      const response = await this.#ask('webrtc/config');
      return (await response.json()) as { iceServers: IceServer[] };
    } catch (error) {
      this.#config = undefined;
      throw error;
    }
  }

  #ask(path: string, init: PlainRequest = {}): Promise<Response> {
    return this.#send(path, { ...init, signal: AbortSignal.timeout(answerTimeoutMs) });
  }

  /** While the feed knows that nobody answers, nothing else is sent: it would hang, and with it what is sent after the return. */
  async #send(path: string | URL, init: PlainRequest): Promise<Response> {
    if (this.#isAway) throw new Refusal('unreachable', 'The station does not answer.');
    return this.#fetch(path, init);
  }

  async #fetch(path: string | URL, init: PlainRequest): Promise<Response> {
    let response: Response;
    try {
      response = await this.#pass.fetch(new URL(path, this.#baseUrl), { ...init, cache: 'no-store' });
    } catch (error) {
      if (error instanceof Refusal) throw error;
      // When it is back, it may be configured anew.
      this.#config = undefined;
      throw new Refusal('unreachable', `The station does not answer: ${String(error)}`);
    }
    if (response.ok) return response;
    throw await refusalOf(response);
  }

  async #askForRestart(sessionUrl: URL, fragment: string, signal: AbortSignal): Promise<string> {
    // RFC 9725 §4.3.3: a restart replaces whatever credentials the station has, so that it names no state of the session.
    const headers = { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' };
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
    // Sent in any case: while one hangs, no other disturbs a path that may heal by itself.
    const response = await this.#fetch(sessionUrl, { method: 'PATCH', headers, body: fragment, signal: inTime });
    return response.text();
  }

  async #leave(sessionUrl: URL): Promise<void> {
    if (this.#isAway) return;
    const { headers } = this.#pass;
    try {
      // keepalive lets the request outlive the page.
      await fetch(sessionUrl, {
        method: 'DELETE',
        headers,
        keepalive: true,
        signal: AbortSignal.timeout(leaveTimeoutMs),
      });
    } catch (error) {
      // The station notices the silence by itself.
      debug('The station was not told that a Player left.', error);
    }
  }
}
