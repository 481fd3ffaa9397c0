import type { CallsState } from '../../../shared/calls.ts';
import type { PlainRequest } from '../access-pass.ts';
import { CallSocket } from './call-socket.ts';
import { CallsFeed } from './calls-feed.ts';
import type { Signaling, SignalingNotices, StationCalls } from './station-calls.ts';

export interface HttpCallsParts {
  readonly baseUrl: URL;
  /** @throws Refusal. */
  readonly ask: (path: string, init?: PlainRequest) => Promise<Response>;
  /** What proves who asks, as far as it is at hand. */
  readonly headers: () => Readonly<Record<string, string>>;
}

/** Calls over HTTP; the state of them comes with the station's events. */
export class HttpCalls implements StationCalls {
  readonly #parts: HttpCallsParts;
  readonly #feed = new CallsFeed();
  /** Of the one call that a page holds. */
  #newest: CallSocket | null = null;

  constructor(parts: HttpCallsParts) {
    this.#parts = parts;
  }

  /** The station has told a new state. */
  tell(state: CallsState): void {
    this.#feed.tell(state);
  }

  /** The station does not answer any more. */
  away(): void {
    this.#newest?.cut();
  }

  onCalls(listener: (state: CallsState) => void): () => void {
    return this.#feed.listen(listener);
  }

  async initiate(calleeId: string): Promise<{ readonly callId: string }> {
    const response = await this.#parts.ask('calls/initiate', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ callee: calleeId }),
    });
    const { call_id: callId } = (await response.json()) as { readonly call_id: string };
    return { callId };
  }

  accept(callId: string): Promise<void> {
    return this.#post(`calls/accept/${callId}`);
  }

  decline(callId: string): Promise<void> {
    return this.#post(`calls/decline/${callId}`);
  }

  end(callId: string, why: 'hung_up' | 'lost' = 'hung_up'): Promise<void> {
    return this.#post(`calls/end/${callId}${why === 'lost' ? '?why=lost' : ''}`);
  }

  openSignaling(callId: string, notices: SignalingNotices): Signaling {
    const { baseUrl, ask, headers } = this.#parts;
    const url = new URL(`ws/webrtc/${callId}`, baseUrl);
    url.protocol = baseUrl.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#newest = new CallSocket({
      url,
      // A socket can't say why it was refused; this can, and renews what lets the page in.
      async proof() {
        await ask(`ws/webrtc/connection-state/${callId}`);
        return headers()['authorization']?.replace(/^Bearer /, '') ?? null;
      },
      notices,
    });
    return this.#newest;
  }

  async #post(path: string): Promise<void> {
    await this.#parts.ask(path, { method: 'POST' });
  }
}
