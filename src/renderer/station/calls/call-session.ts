import type { IceServer } from '../../../shared/api.ts';
import {
  readPeerMessage,
  sendingSchema,
  type CallEnd,
  type CallNotice,
  type ConnectionState,
  type Sending,
} from '../../../shared/calls.ts';
import { debug } from '../debug.ts';
import { CallPeer, type CallChannel } from './call-peer.ts';
import { CallRepair } from './call-repair.ts';
import { Chat, type ChatLine } from './chat.ts';
import { LocalSide, type LocalState } from './local-side.ts';
import { Pointers, type PointerMark } from './pointers.ts';
import type { Signaling, SignalingState, StationCalls } from './station-calls.ts';

/** How far a call has come on this page, as one of exclusive states. */
export type CallPhase =
  /** On the way to the station. */
  | { readonly kind: 'joining' }
  /** The other end's page is not there yet, or not any more. */
  | { readonly kind: 'waiting_for_peer' }
  /** On the way to the other end. */
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  /** The way to the other end is lost, and another one is looked for. */
  | { readonly kind: 'repairing' }
  /** `elsewhere`: it goes on, on another page of the same person. */
  | { readonly kind: 'ended'; readonly why: CallEnd | 'elsewhere' | 'unknown' };

/** Everything that a screen can say of a call. */
export interface CallSessionState {
  readonly phase: CallPhase;
  /** The way to the station; media and chat go on without it. */
  readonly signaling: SignalingState;
  readonly local: LocalState;
  /** Null until the other end has said what it sends. */
  readonly peerSending: Sending | null;
  readonly chat: readonly ChatLine[];
}

export interface CallSessionParts {
  readonly calls: StationCalls;
  readonly callId: string;
  /** The caller makes the first offer. */
  readonly isCaller: boolean;
  readonly iceServers: () => Promise<readonly IceServer[]>;
  readonly onChange: (state: CallSessionState) => void;
  readonly onMarks?: (marks: readonly PointerMark[]) => void;
}

/** This page's end of an ongoing call. Begins at once. */
export class CallSession {
  /** Sound and picture of the other end, for one media element. */
  readonly remote = new MediaStream();
  readonly pointers: Pointers;
  readonly #parts: CallSessionParts;
  readonly #signaling: Signaling;
  readonly #local: LocalSide;
  readonly #chat = new Chat(() => this.#tell());
  readonly #repair = new CallRepair({
    restartIce: () => this.#isPeerThere && this.#peer?.offer(true),
    giveUp: () => void this.hangUp('lost'),
  });
  /** Fulfilled when there is a peer. */
  readonly #ready: Promise<void>;
  #peer: CallPeer | null = null;
  #iceServers: readonly IceServer[] = [];
  #phase: CallPhase = { kind: 'joining' };
  #signalingState: SignalingState = { kind: 'connecting' };
  #peerSending: Sending | null = null;
  #isPeerThere = false;
  /** Of the peer that there is. */
  #hasConnected = false;

  constructor(parts: CallSessionParts) {
    this.#parts = parts;
    this.#local = new LocalSide({
      send: (kind, track) => this.#peer?.setTrack(kind, track) ?? Promise.resolve(),
      onChange: () => {
        this.#peer?.tell('sending', this.#local.sending);
        this.#tell();
      },
    });
    this.pointers = new Pointers({
      send: (message) => this.#peer?.tell('pointer', message) ?? false,
      onChange: () => parts.onMarks?.(this.pointers.marks),
    });
    this.#signaling = parts.calls.openSignaling(parts.callId, {
      notice: (notice) => this.#hear(notice),
      state: (state) => this.#followSignaling(state),
    });
    this.#ready = this.#prepare();
  }

  get state(): CallSessionState {
    return {
      phase: this.#phase,
      signaling: this.#signalingState,
      local: this.#local.state,
      peerSending: this.#peerSending,
      chat: this.#chat.lines,
    };
  }

  /** What the browser measures; null where there is no connection. */
  async stats(): Promise<RTCStatsReport | null> {
    return (await this.#peer?.getStats()) ?? null;
  }

  /** The own picture, to be shown small. */
  get ownPicture(): MediaStreamTrack | null {
    return this.#local.picture;
  }

  setMicrophone(isOn: boolean): void {
    this.#local.setMicrophone(isOn);
  }

  setCamera(isOn: boolean): void {
    this.#local.setCamera(isOn);
  }

  /** Resolves when the screen is shared, or why not is in the state. */
  shareScreen(): Promise<void> {
    return this.#local.shareScreen();
  }

  stopScreen(): void {
    this.#local.stopScreen();
  }

  /** Asks for the devices once more, because the person has allowed or plugged in something. */
  retryDevices(): Promise<void> {
    return this.#local.open();
  }

  /** @returns False where it could not be sent. */
  say(message: string): boolean {
    const line = { type: 'text', message, timestamp: Date.now() } as const;
    const isSent = (this.#peer?.tell('chat', line) ?? false) || (this.#isPeerThere && this.#signaling.send(line));
    if (isSent) this.#chat.add('me', line);
    return isSent;
  }

  /** Ends the call for both. Resolves in any case; the page is out of it at once. */
  async hangUp(why: 'hung_up' | 'lost' = 'hung_up'): Promise<void> {
    if (this.#phase.kind === 'ended') return;
    this.#end(why);
    await this.#parts.calls.end(this.#parts.callId, why).catch((error: unknown) => {
      // The other end is told by the silence.
      debug('The station was not told that a call has ended.', error);
    });
  }

  /** The call is over, by the word of the station. Idempotent. */
  ended(why: CallEnd): void {
    if (this.#phase.kind !== 'ended') this.#end(why);
  }

  async #prepare(): Promise<void> {
    // The person may think about it for long; the other end is heard and seen meanwhile.
    void this.#local.open();
    this.#iceServers = await this.#parts.iceServers().catch((error: unknown) => {
      debug('No servers are known for this call; the direct way may do.', error);
      return [];
    });
    if (this.#phase.kind !== 'ended') this.#makePeer();
  }

  #makePeer(): void {
    this.#peer?.close();
    this.#repair.begin();
    this.#hasConnected = false;
    for (const track of this.remote.getTracks()) this.remote.removeTrack(track);
    const peer: CallPeer = new CallPeer(this.#iceServers, !this.#parts.isCaller, {
      send: (signal) => this.#peer === peer && this.#isPeerThere && this.#signaling.send(signal),
      connectionState: (state) => this.#peer === peer && this.#followConnection(state),
      track: (track) => this.#peer === peer && this.remote.addTrack(track),
      channelOpen: (channel) => channel === 'sending' && peer.tell('sending', this.#local.sending),
      message: (channel, text) => this.#peer === peer && this.#take(channel, text),
    });
    this.#peer = peer;
    this.#local.sendAll();
    if (this.#isPeerThere) this.#greet();
  }

  /** Says how far this end is, so that the other one knows whether to begin anew. */
  #greet(): void {
    if (!this.#peer) return;
    const state = this.#peer.isFresh ? 'new' : reportable(this.#peer.connectionState);
    this.#signaling.send({ type: 'connection_state', connection_state: state });
  }

  #hear(notice: CallNotice): void {
    switch (notice.type) {
      case 'joined':
        return this.#followPeer(notice.peer);
      case 'peer_joined':
        return this.#followPeer(true);
      case 'peer_left':
        return this.#followPeer(false);
      case 'text':
        return this.#chat.add('peer', notice);
      case 'connection_state':
        return void this.#ready.then(() => this.#followState(notice.connection_state));
      case 'ended':
        if (this.#phase.kind !== 'ended') this.#end(notice.why);
        return;
      case 'error':
        return debug('The station did not pass a signal on.', notice.code);
      default:
        return void this.#ready.then(() => this.#peer?.take(notice));
    }
  }

  #followPeer(isThere: boolean): void {
    this.#isPeerThere = isThere;
    if (isThere) this.#greet();
    this.#settle();
  }

  /**
   * A page that was loaded anew, or has just come, begins with nothing: so does this one, and the caller offers. One that has come back
   * after a cut may not have heard the last offer.
   */
  #followState(state: ConnectionState): void {
    if (this.#phase.kind === 'ended' || !this.#peer) return;
    if (state !== 'new') return this.#peer.repeatOffer();
    if (!this.#peer.isFresh) this.#makePeer();
    if (this.#parts.isCaller) this.#peer.offer();
  }

  #followSignaling(state: SignalingState): void {
    this.#signalingState = state;
    if (state.kind !== 'open') this.#isPeerThere = false;
    if (state.kind === 'closed' && this.#phase.kind !== 'ended') this.#end('unknown');
    else this.#settle();
  }

  #followConnection(state: RTCPeerConnectionState): void {
    if (this.#isPeerThere) this.#signaling.send({ type: 'connection_state', connection_state: reportable(state) });
    this.#hasConnected ||= state === 'connected';
    this.#repair.follow(state);
    this.#settle();
  }

  #take(channel: CallChannel, text: string): void {
    switch (channel) {
      case 'chat':
        return this.#chat.hear(text);
      case 'pointer':
        return this.pointers.hear(text);
      case 'sending':
        this.#peerSending = readPeerMessage(sendingSchema, text) ?? this.#peerSending;
        this.#tell();
    }
  }

  #settle(): void {
    if (this.#phase.kind !== 'ended') this.#setPhase(this.#phaseNow());
  }

  #phaseNow(): CallPhase {
    const state = this.#peer?.connectionState;
    if (state === 'connected') return { kind: 'connected' };
    // While another path is tried, the browser says `connecting` once more.
    if (this.#hasConnected || state === 'disconnected' || state === 'failed') return { kind: 'repairing' };
    if (this.#signalingState.kind !== 'open') return { kind: 'joining' };
    return { kind: this.#isPeerThere ? 'connecting' : 'waiting_for_peer' };
  }

  #end(why: CallEnd | 'elsewhere' | 'unknown'): void {
    this.#phase = { kind: 'ended', why };
    this.#repair.stop();
    this.#peer?.close();
    this.#local.close();
    this.#signaling.close();
    this.#tell();
  }

  #setPhase(phase: CallPhase): void {
    this.#phase = phase;
    this.#tell();
  }

  #tell(): void {
    this.#parts.onChange(this.state);
  }
}

/** `new` is said by a page that begins, and by nobody else. */
function reportable(state: RTCPeerConnectionState): ConnectionState {
  return state === 'new' ? 'connecting' : state;
}
