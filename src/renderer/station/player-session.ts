import { mediaClockOffset } from './capture-time.ts';
import { Refusal, type OpenSession, type RefusalReason, type StationClient } from './client.ts';
import { debug } from './debug.ts';

/** Why a Player has no session. */
export type PlayerFault =
  | RefusalReason
  /** The station answered but no media path came up. */
  | 'connect_timeout'
  /** The media path broke. */
  | 'connection_lost';

/** How a session speaks up to its Player. Nothing is said after `close()`. */
export interface SessionNotices {
  /** Pictures will come on this stream. `clockOffset` as `mediaClockOffset` reads it. */
  stream(stream: MediaStream, clockOffset: number | null): void;
  /** Called at most once; the session closes with it. */
  lost(fault: PlayerFault, retryAfterMs?: number): void;
}

/** The station closes a peer that is not connected by then. */
const connectTimeoutMs = 10_000;
/** ICE may heal by itself for so long (Wi-Fi roaming, a cable that is replugged). */
const disconnectedTimeoutMs = 5_000;

/** One try of a Player to get pictures: one RTCPeerConnection from the offer to its end. */
export class PlayerSession {
  readonly #client: StationClient;
  readonly #notices: SessionNotices;
  #peer: RTCPeerConnection | undefined;
  #open: OpenSession | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(client: StationClient, streamId: string, notices: SessionNotices) {
    this.#client = client;
    this.#notices = notices;
    this.#join(streamId).catch((error: unknown) => this.#fail(error));
  }

  /** The station's end is gone already, so that on closing there is nobody to tell. */
  forget(): void {
    this.#open = undefined;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    void this.#leave(this.#open);
  }

  /** A station that hears of the closed media path first knows the session no more when it is told. */
  async #leave(open: OpenSession | undefined): Promise<void> {
    await open?.leave();
    this.#peer?.close();
  }

  async #join(streamId: string): Promise<void> {
    const { iceServers } = await this.#client.webrtcConfig();
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => this.#lose('connect_timeout'), connectTimeoutMs);
    const peer = new RTCPeerConnection({ iceServers: iceServers.map(toRtcIceServer), bundlePolicy: 'max-bundle' });
    this.#peer = peer;
    peer.addEventListener('connectionstatechange', () => this.#follow(peer.connectionState));
    const { receiver } = peer.addTransceiver('video', { direction: 'recvonly' });
    playWithoutDelay(receiver);

    await peer.setLocalDescription(await peer.createOffer());
    // Sent without candidates: the station learns this end's address from its first connectivity check (RFC 8445 §7.3.1.3).
    const open = await this.#client.watch(streamId, peer.localDescription?.sdp ?? '');
    if (this.#isClosed) return open.leave();
    this.#open = open;

    const clockOffset = mediaClockOffset(open.answerSdp);
    peer.addEventListener('track', ({ streams, track }) => {
      if (!this.#isClosed) this.#notices.stream(streams[0] ?? new MediaStream([track]), clockOffset);
    });
    await peer.setRemoteDescription({ type: 'answer', sdp: open.answerSdp });
    // A station that closes says so on DTLS at once; the connection's own state needs seconds to notice.
    const { transport } = receiver;
    transport?.addEventListener('statechange', () => {
      if (transport.state === 'closed') this.forget();
      if (transport.state === 'closed' || transport.state === 'failed') this.#lose('connection_lost');
    });
  }

  #follow(state: RTCPeerConnectionState): void {
    if (this.#isClosed || state === 'connecting' || state === 'new') return;
    clearTimeout(this.#timer);
    if (state === 'disconnected') {
      this.#timer = setTimeout(() => this.#lose('connection_lost'), disconnectedTimeoutMs);
    } else if (state !== 'connected') {
      this.#lose('connection_lost');
    }
  }

  #fail(error: unknown): void {
    if (error instanceof Refusal) this.#lose(error.reason, error.retryAfterMs);
    else {
      debug('The session could not be opened.', error);
      this.#lose('internal');
    }
  }

  #lose(fault: PlayerFault, retryAfterMs?: number): void {
    if (this.#isClosed) return;
    // Said before it is closed, because a browser may clear the picture with it.
    this.#notices.lost(fault, retryAfterMs);
    this.close();
  }
}

/** A microscope is watched while something is moved: a smooth picture of the past is worth less than a fresh one. */
function playWithoutDelay(receiver: RTCRtpReceiver & { playoutDelayHint?: number }): void {
  if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
  if ('playoutDelayHint' in receiver) receiver.playoutDelayHint = 0;
}

function toRtcIceServer({ urls, ...rest }: { readonly urls: string | readonly string[] }): RTCIceServer {
  return { ...rest, urls: typeof urls === 'string' ? urls : [...urls] };
}
