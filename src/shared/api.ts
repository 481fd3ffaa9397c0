import type { StationError } from './errors.ts';
import type { PictureScale, StationState } from './state.ts';
import type { StreamEvent } from './stream-event.ts';

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

/**
 * Which of the machine's addresses the media of a session may use: its own (loopback) or those of the network too. Decided by
 * the door that a caller came through.
 */
export type Reach = 'loopback' | 'network';

/** A session that the station offers (RTCSessionDescriptionInit with its name). */
export interface ViewerOffer {
  /** Unguessable: who knows it may steer the session. */
  readonly viewerId: string;
  readonly type: 'offer';
  readonly sdp: string;
}

/** The answer to a ViewerOffer; `type` other than `answer` is refused with a reason of its own. */
export interface SessionDescription {
  readonly type: string;
  readonly sdp: string;
}

/** The station's side of a session that a Player opened with an offer. */
export interface Session {
  /** Unguessable: who knows it may steer the session. */
  readonly viewerId: string;
  readonly answerSdp: string;
  /** Names this state of the session's ICE credentials; a new one after every ICE restart. */
  readonly iceTag: string;
}

/** The station's side of a session that somebody who publishes has opened. */
export interface Publishing {
  /** Unguessable: who knows it may steer the session. */
  readonly publisherId: string;
  readonly answerSdp: string;
  /** As in Session. */
  readonly iceTag: string;
}

/** Who publishes, as far as the station has to know. */
export interface PublishedBy {
  readonly reach: Reach;
  /** Whoever has the same name may take his own place over; null for nobody. */
  readonly name: string | null;
  /** Called once, when the session has ended, whatever the cause. */
  readonly gone?: () => void;
}

/** New ICE credentials and all candidates of the station after a restart (RFC 8840 fragment). */
export interface IceRestart {
  readonly iceTag: string;
  readonly sdpFragment: string;
}

/** One picture that needs no other to be shown. */
export interface WholePicture {
  /** Counted by the Capture; pictures that were left out leave gaps. */
  readonly number: number;
  /** When the Source took the picture. Unix time with fractions. */
  readonly captureTimeMs: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** A JPEG file (ITU-T T.81). Never changed. */
  readonly data: Uint8Array;
}

/** What somebody who watches whole pictures would like to have. */
export interface PictureWish {
  readonly scale: PictureScale;
  /** Pictures that come sooner are left out. */
  readonly maxFps: number;
}

/** How a station speaks up to somebody who watches whole pictures. */
export interface PictureListener {
  picture(picture: WholePicture): void;
  /** No more will come, and nothing need be given back. Not called where the listener itself stops. */
  ended(why: StationError): void;
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
  /**
   * What happened to a Stream since the station started, oldest first: the last 200 events.
   * @throws StationError `unknown_stream`, `closing`.
   */
  streamLog(streamId: string): readonly StreamEvent[];
  /** What a Player needs to reach the station. */
  webrtcConfig(): { readonly iceServers: readonly IceServer[] };
  /** The capture devices of this machine. */
  cameras(): Promise<readonly CameraInfo[]>;
  /** Opens a session for one Player on one Stream. `streamId` may be left out for the first Stream; `reach` is loopback unless told. */
  watch(streamId: string | undefined, offerSdp: string, reach?: Reach): Promise<Session>;
  /**
   * Opens a session in which the station offers. It is given up where no answer comes in time.
   * @param iceServers Used instead of the configured ones. A door lets only those pass that its caller may name.
   * @throws StationError `unknown_stream`, `source_offline`, `station_full`, `bad_ice_server`, `closing`.
   */
  offerViewer(streamId: string | undefined, iceServers?: readonly IceServer[], reach?: Reach): Promise<ViewerOffer>;
  /**
   * Completes a session that the station offered.
   * @throws StationError `unknown_viewer`, `not_an_answer` (another type), `bad_answer` (empty, or not an answer to the
   * offer), `already_answered`.
   */
  answerViewer(viewerId: string, answer: SessionDescription): Promise<void>;
  /**
   * Called with each candidate of the station for this session, those that are known already first, and with null after the
   * last one, until the returned function is called or the session ends.
   * @throws StationError `unknown_viewer`.
   */
  onCandidate(viewerId: string, listener: (candidate: IceCandidate | null) => void): () => void;
  /**
   * Takes the Player's later candidates (trickle) or, where the fragment has new ICE credentials, restarts ICE.
   * @param expectedTag The session state that the caller knows; left out or `*` where it does not care.
   * @returns The restart's answer, or null where the fragment held candidates only.
   */
  updateIce(viewerId: string, sdpFragment: string, expectedTag?: string): Promise<IceRestart | null>;
  /**
   * Hands out whole pictures of a Stream, from the next one on, until the returned function is called. Whoever listens has a seat
   * and keeps the Source running as a Viewer does; while the Source is away, no pictures come.
   * @throws StationError `unknown_stream`, `source_offline`, `station_full`, `closing`.
   */
  watchPictures(streamId: string | undefined, wish: PictureWish, listener: PictureListener, reach?: Reach): () => void;
  /**
   * Opens a session for somebody who publishes to the Stream of this id. Where there is none, there is one until half a minute after
   * he has gone. `by` is a program on this machine unless told. The session is steered and ended as that of a Player.
   * @throws StationError `bad_offer`, `offer_too_complex`, `no_common_codec`, `bad_setting` (the id), `not_published`,
   * `publisher_there`, `station_full`, `closing`.
   */
  publish(streamId: string, offerSdp: string, by?: PublishedBy): Promise<Publishing>;
  /** Takes one candidate in the form browsers serialise. */
  addIceCandidate(viewerId: string, candidate: IceCandidate): Promise<void>;
  /** Ends a session and frees everything it held. */
  leave(viewerId: string): Promise<void>;
}
