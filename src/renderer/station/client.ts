import type { Me } from '../../shared/access.ts';
import type { IceServer } from '../../shared/api.ts';
import type { Due } from '../../shared/directory.ts';
import type { StationErrorReason } from '../../shared/errors.ts';
import type { StationState } from '../../shared/state.ts';
import type { StreamEvent } from '../../shared/stream-event.ts';
import type { StationCalls } from './calls/station-calls.ts';
import type { HttpPictures } from './http-pictures.ts';

/** Why a call failed: the station's own reasons, and those that only the near side can know. */
export type RefusalReason =
  | StationErrorReason
  /** The door has no such call. */
  | 'not_found'
  /** The name or the password is wrong, or the user may not sign in; nobody tells which. */
  | 'sign_in_refused'
  /** Too many wrong passwords or codes; a next try is taken after `retryAfterMs`. */
  | 'too_many_tries'
  /** The detector gave no picture in the time that a call may take. */
  | 'no_picture'
  /** The station did not answer. */
  | 'unreachable'
  /** The station, or this page, failed in a way that nobody foresaw. */
  | 'internal';

/** A call that the station refused or could not be asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: RefusalReason;
  /** When trying again is worth it, where the station says so. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: RefusalReason, message: string, retryAfterMs?: number) {
    super(message);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A session that the station holds for one Player, from its first description to the Player's leaving. */
export interface OpenSession {
  /** Unguessable: who knows it may steer the session. */
  readonly viewerId: string;
  /** The station's description: an answer where the page offered, an offer where the station did. */
  readonly stationSdp: string;
  /** Gives the peer what it needs of the station, and the station what it needs of the peer. Called once. */
  connect(): Promise<void>;
  /**
   * Looks for another path within the session, whose pictures go on meanwhile where they still come.
   * @param signal Once it is aborted, what the station answers is not taken any more.
   */
  restartIce(signal: AbortSignal): Promise<void>;
  /** Tells the station that the Player has gone. Works while the page is being left; resolves in any case, and soon. */
  leave(): Promise<void>;
}

/** The station, as the page sees it; the same over HTTP and over the Bridge. Calls that fail throw a Refusal. */
export interface StationClient {
  /** True where page and station read the same machine's clock. */
  readonly sharesClock: boolean;
  /** Talking with others. */
  readonly calls: StationCalls;
  /** Where WebRTC can't be had; null in the kiosk's own window, which is on the station's machine. */
  readonly httpPictures: HttpPictures | null;
  state(): Promise<StationState>;
  /** Who this page is to the station, and what it may do; null where nobody is asked and everybody may do everything. */
  me(): Promise<Me | null>;
  /**
   * Called with the whole state on every change and once a second; comes back by itself after a break.
   * @returns A function that ends the subscription.
   */
  onState(listener: (state: StationState) => void): () => void;
  /** What happened to a Stream at the station, oldest first: the last 200 events. */
  streamLog(streamId: string): Promise<readonly StreamEvent[]>;
  /** Who has booked the station now, or is the next to; null where nobody is known to. */
  due(): Promise<Due | null>;
  webrtcConfig(): Promise<{ readonly iceServers: readonly IceServer[] }>;
  /** Opens a session for one Player on one Stream. Who of both offers is the client's affair; the peer is fresh. */
  open(streamId: string, peer: RTCPeerConnection): Promise<OpenSession>;
}
