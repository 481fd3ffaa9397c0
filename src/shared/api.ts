import type { StationState } from './state.ts';

/** As in RTCConfiguration.iceServers, so that a browser can take it as it is. */
export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** One ICE candidate as browsers serialise it (RTCIceCandidateInit). */
export interface IceCandidate {
  readonly candidate: string;
  readonly sdpMid?: string | null;
  readonly sdpMLineIndex?: number | null;
}

/** The station's side of a session that a Player opened with an offer. */
export interface Session {
  /** Unguessable: who knows it may steer the session. */
  readonly viewerId: string;
  readonly answerSdp: string;
  /** Names this state of the session's ICE credentials; a new one after every ICE restart. */
  readonly iceTag: string;
}

/** New ICE credentials and all candidates of the station after a restart (RFC 8840 fragment). */
export interface IceRestart {
  readonly iceTag: string;
  readonly sdpFragment: string;
}

/** A capture device of the machine. */
export interface CameraInfo {
  /** Stable over reboots and other ports where the system knows one; what a `camera` source takes as `device`. */
  readonly id: string;
  readonly name: string;
  /** The system's own name, such as `/dev/video0`. */
  readonly path: string;
  readonly modes: readonly CameraMode[];
}

export interface CameraMode {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  /** The device's pixel format as FFmpeg names it, such as `yuyv422` or `mjpeg`. */
  readonly format: string;
}

/** Everything a door can ask of a station. Calls that are refused throw a StationError. */
export interface StationApi {
  /** The state at this instant. */
  state(): StationState;
  /** Called with the whole state on every change and once a second, until the returned function is called. */
  onState(listener: (state: StationState) => void): () => void;
  /** What a Player needs to reach the station. */
  webrtcConfig(): { readonly iceServers: readonly IceServer[] };
  /** The capture devices of this machine. */
  cameras(): Promise<readonly CameraInfo[]>;
  /** Opens a session for one Player on one Stream. `streamId` may be left out for the first Stream. */
  watch(streamId: string | undefined, offerSdp: string): Promise<Session>;
  /**
   * Takes the Player's later candidates (trickle) or, where the fragment has new ICE credentials, restarts ICE.
   * @param expectedTag The session state that the caller knows; left out or `*` where it does not care.
   * @returns The restart's answer, or null where the fragment held candidates only.
   */
  updateIce(viewerId: string, sdpFragment: string, expectedTag?: string): Promise<IceRestart | null>;
  /** Takes one candidate in the form browsers serialise. */
  addIceCandidate(viewerId: string, candidate: IceCandidate): Promise<void>;
  /** Ends a session and frees everything it held. */
  leave(viewerId: string): Promise<void>;
}
