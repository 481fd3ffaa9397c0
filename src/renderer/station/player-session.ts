import { mediaClockOffset } from './capture-time.ts';
import { Refusal, type OpenSession, type RefusalReason, type StationClient } from './client.ts';
import { Commands, type CommandsNotices } from './commands.ts';
import { debug } from './debug.ts';
import { readPeer, type PeerReport } from './peer-report.ts';

/** Why a Player has no session. */
export type PlayerFault =
  | RefusalReason
  /** The station answered but no media path ever came up. */
  | 'connect_timeout'
  /** The media path broke. */
  | 'connection_lost';

/** How a session speaks up to its Player. Nothing is said after `close()`. */
export interface SessionNotices extends Pick<CommandsNotices, 'frames' | 'shownSize' | 'unanswered'> {
  /** Pictures will come on this stream. `clockOffset` as `mediaClockOffset` reads it. */
  stream(stream: MediaStream, clockOffset: number | null): void;
  /** The station has answered for the first time. */
  reached(): void;
  /** The path is there, or there again. */
  connected(): void;
  /** The path is silent; the browser goes on to look for an answer on it. */
  disconnected(): void;
  /** Called at most once; the session closes with it. */
  lost(fault: PlayerFault, retryAfterMs?: number): void;
}

/** The station closes a peer that is not connected by then. */
const connectTimeoutMs = 10_000;

/** One try of a Player to get pictures: one RTCPeerConnection from the offer to its end. */
export class PlayerSession {
  readonly #client: StationClient;
  readonly #notices: SessionNotices;
  #peer: RTCPeerConnection | undefined;
  #commands: Commands | undefined;
  #open: OpenSession | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restart: AbortController | undefined;
  #wasConnected = false;
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

  /** What the browser knows of this session; null as long as there is none. */
  async report(): Promise<PeerReport | null> {
    return this.#peer && !this.#isClosed ? readPeer(this.#peer) : null;
  }

  /** What the station calls this session; null as long as it has not answered. */
  get viewerId(): string | null {
    return this.#open?.viewerId ?? null;
  }

  /** What is said beside the pictures; undefined before the first offer. */
  get commands(): Commands | undefined {
    return this.#commands;
  }

  /** The media path is there, by the browser's word. */
  get isConnected(): boolean {
    return !this.#isClosed && this.#peer?.connectionState === 'connected';
  }

  /** Looks for another path; a search of before is given up. @throws Refusal. */
  async restartIce(): Promise<void> {
    this.#restart?.abort();
    const restart = (this.#restart = new AbortController());
    if (!this.#open) throw new Refusal('unknown_viewer', 'The station has no such session.');
    await this.#open.restartIce(restart.signal);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#restart?.abort();
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
    this.#notices.reached();
    this.#timer = setTimeout(() => this.#lose('connect_timeout'), connectTimeoutMs);
    const peer = new RTCPeerConnection({ iceServers: iceServers.map(toRtcIceServer), bundlePolicy: 'max-bundle' });
    this.#peer = peer;
    this.#commands = new Commands(peer, {
      unanswered: () => {
        if (!this.#isClosed) this.#notices.unanswered();
      },
      frames: (frames) => {
        if (!this.#isClosed) this.#notices.frames(frames);
      },
      shownSize: () => this.#notices.shownSize(),
    });
    peer.addEventListener('connectionstatechange', () => this.#follow(peer.connectionState));

    const open = await this.#client.open(streamId, peer);
    if (this.#isClosed) return open.leave();
    this.#open = open;

    const clockOffset = mediaClockOffset(open.stationSdp);
    peer.addEventListener('track', ({ streams, track, receiver }) => {
      playWithoutDelay(receiver);
      if (!this.#isClosed) this.#notices.stream(streams[0] ?? new MediaStream([track]), clockOffset);
    });
    await open.connect();
    for (const { transport } of peer.getReceivers()) this.#followTransport(transport);
  }

  /** A station that closes says so on DTLS at once; the connection's own state needs seconds to notice. */
  #followTransport(transport: RTCDtlsTransport | null): void {
    transport?.addEventListener('statechange', () => {
      if (transport.state === 'closed') this.forget();
      if (transport.state === 'closed' || transport.state === 'failed') this.#losePath();
    });
  }

  #follow(state: RTCPeerConnectionState): void {
    if (this.#isClosed) return;
    if (state === 'connected') {
      clearTimeout(this.#timer);
      this.#wasConnected = true;
      this.#notices.connected();
    } else if (state === 'disconnected') {
      this.#notices.disconnected();
    } else if (state === 'failed' || state === 'closed') {
      this.#losePath();
    }
  }

  #losePath(): void {
    this.#lose(this.#wasConnected ? 'connection_lost' : 'connect_timeout');
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
