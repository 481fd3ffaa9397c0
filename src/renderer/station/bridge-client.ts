import type { IceServer } from '../../shared/api.ts';
import type { Bridge, Result } from '../../shared/bridge.ts';
import type { StationState } from '../../shared/state.ts';
import { Refusal, type OpenSession, type StationClient } from './client.ts';
import { debug } from './debug.ts';

/** The station in the same program, over the Bridge of the kiosk window. */
export class BridgeClient implements StationClient {
  readonly sharesClock = true;
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  async state(): Promise<StationState> {
    return unwrap(await this.#bridge.state());
  }

  onState(listener: (state: StationState) => void): () => void {
    return this.#bridge.onState(listener);
  }

  async webrtcConfig(): Promise<{ readonly iceServers: readonly IceServer[] }> {
    return unwrap(await this.#bridge.webrtcConfig());
  }

  async watch(streamId: string, offerSdp: string): Promise<OpenSession> {
    const { viewerId, answerSdp } = unwrap(await this.#bridge.watch(streamId, offerSdp));
    return { answerSdp, leave: () => this.#leave(viewerId) };
  }

  async #leave(viewerId: string): Promise<void> {
    try {
      unwrap(await this.#bridge.leave(viewerId));
    } catch (error) {
      // Whoever leaves cannot mend it; the station ends a silent session by itself.
      debug('The station was not told that a Player left.', error);
    }
  }
}

function unwrap<T>(result: Result<T>): T {
  if ('ok' in result) return result.ok;
  throw new Refusal(result.error.reason, result.error.message, result.error.retryAfterMs);
}
