import type { IceServer } from '../../shared/api.ts';
import type { Bridge } from '../../shared/bridge.ts';
import type { Due } from '../../shared/directory.ts';
import type { StationState } from '../../shared/state.ts';
import type { StreamEvent } from '../../shared/stream-event.ts';
import { BridgeCalls } from './calls/bridge-calls.ts';
import type { OpenSession, StationClient } from './client.ts';
import { openOfferedSession } from './offered-session.ts';
import { unwrap } from './unwrap.ts';

/** The station in the same program, over the Bridge of the kiosk window. */
export class BridgeClient implements StationClient {
  readonly sharesClock = true;
  readonly httpPictures = null;
  readonly calls: BridgeCalls;
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.calls = new BridgeCalls(bridge.calls);
  }

  async state(): Promise<StationState> {
    return unwrap(await this.#bridge.state());
  }

  /** Whoever sits at the station is asked nothing. */
  me(): Promise<null> {
    return Promise.resolve(null);
  }

  onState(listener: (state: StationState) => void): () => void {
    return this.#bridge.onState(listener);
  }

  async streamLog(streamId: string): Promise<readonly StreamEvent[]> {
    return unwrap(await this.#bridge.streamLog(streamId));
  }

  async due(): Promise<Due | null> {
    return unwrap(await this.#bridge.directory.due());
  }

  async webrtcConfig(): Promise<{ readonly iceServers: readonly IceServer[] }> {
    return unwrap(await this.#bridge.webrtcConfig());
  }

  /** The station offers. */
  open(streamId: string, peer: RTCPeerConnection): Promise<OpenSession> {
    return openOfferedSession(this.#bridge, streamId, peer);
  }
}
