import type { CameraInfo, IceCandidate, IceRestart, IceServer, Session } from './api.ts';
import type { StationErrorReason } from './errors.ts';
import type { StationState } from './state.ts';

/** What comes back over a boundary that drops error classes: the value, or the refusal as plain data. */
export type Result<T> =
  | { readonly ok: T }
  | {
      readonly error: {
        readonly reason: StationErrorReason | 'internal';
        readonly message: string;
        readonly retryAfterMs?: number;
      };
    };

/** `window.eyepiece`: the named calls that the preload offers the kiosk page, and nothing else. */
export interface Bridge {
  state(): Promise<Result<StationState>>;
  /** @returns A function that ends the subscription. */
  onState(listener: (state: StationState) => void): () => void;
  webrtcConfig(): Promise<Result<{ readonly iceServers: readonly IceServer[] }>>;
  cameras(): Promise<Result<readonly CameraInfo[]>>;
  watch(streamId: string | undefined, offerSdp: string): Promise<Result<Session>>;
  updateIce(viewerId: string, sdpFragment: string, expectedTag?: string): Promise<Result<IceRestart | null>>;
  addIceCandidate(viewerId: string, candidate: IceCandidate): Promise<Result<void>>;
  leave(viewerId: string): Promise<Result<void>>;
}
