import type { IceServer } from '../../../shared/api.ts';
import type { Signal } from '../../../shared/calls.ts';
import { debug } from '../debug.ts';
import type { DeviceKind } from './local-media.ts';

/** The channels of a call, which both ends open with the same numbers and nobody has to announce. */
export const callChannels = { chat: 0, pointer: 1, sending: 2 } as const;
export type CallChannel = keyof typeof callChannels;

export interface CallPeerNotices {
  /** @returns False where it could not be sent. */
  send(signal: Signal): boolean;
  connectionState(state: RTCPeerConnectionState): void;
  /** Sound and picture of the other end. */
  track(track: MediaStreamTrack): void;
  channelOpen(channel: CallChannel): void;
  message(channel: CallChannel, text: string): void;
}

/** Of what waits on a channel, no more than this is added to. */
const maxBufferedBytes = 64 * 1024;

/**
 * One peer connection of a call, from its first offer on. Each end may offer at any time; where both do, the polite one gives way
 * (perfect negotiation, W3C WebRTC §10.7). Sound and picture are agreed once, for both ways, so that nothing that is switched on or off
 * later has to be negotiated.
 */
export class CallPeer {
  readonly #peer: RTCPeerConnection;
  readonly #isPolite: boolean;
  readonly #notices: CallPeerNotices;
  readonly #channels: Readonly<Record<CallChannel, RTCDataChannel>>;
  readonly #tracks: Record<DeviceKind, MediaStreamTrack | null> = { audio: null, video: null };
  /** What has come is taken one after the other. */
  #last: Promise<void> = Promise.resolve();
  #ignoresOffer = false;

  /** @param isPolite The caller is not, and makes the first offer. */
  constructor(iceServers: readonly IceServer[], isPolite: boolean, notices: CallPeerNotices) {
    this.#isPolite = isPolite;
    this.#notices = notices;
    // Chromium's own type wants lists that can be written to.
    const servers = iceServers.map(({ urls, ...rest }) => ({ ...rest, urls: [urls].flat() }));
    const peer = (this.#peer = new RTCPeerConnection({ iceServers: servers, bundlePolicy: 'max-bundle' }));
    peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate) notices.send({ type: 'ice_candidate', candidate: candidateSignal(candidate) });
    });
    peer.addEventListener('connectionstatechange', () => notices.connectionState(peer.connectionState));
    peer.addEventListener('track', ({ track }) => notices.track(track));
    this.#channels = { chat: this.#open('chat'), pointer: this.#open('pointer'), sending: this.#open('sending') };
    if (!isPolite) for (const kind of ['audio', 'video']) peer.addTransceiver(kind, { direction: 'sendrecv' });
  }

  /** Nothing has been agreed with the other end yet. */
  get isFresh(): boolean {
    return this.#peer.remoteDescription === null;
  }

  get connectionState(): RTCPeerConnectionState {
    return this.#peer.connectionState;
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#peer.getStats();
  }

  /** Sends this track from now on, or nothing of its kind. */
  async setTrack(kind: DeviceKind, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks[kind] = track;
    await this.#senderOf(kind)?.replaceTrack(track);
  }

  /**
   * Offers, or says once more what was offered and not answered: of several offers on the way, the first answer would be taken for one
   * to the last. @param iceRestart Looks for another path.
   */
  offer(iceRestart = false): void {
    this.#inTurn(async () => {
      if (this.#peer.signalingState !== 'have-local-offer') {
        if (!this.#isPolite) await this.#applyTracks();
        await this.#peer.setLocalDescription(await this.#peer.createOffer({ iceRestart }));
      }
      this.#sendDescription();
    });
  }

  /** Says once more what the other end may not have heard. */
  repeatOffer(): void {
    this.#inTurn(() => {
      if (this.#peer.signalingState === 'have-local-offer') this.#sendDescription();
    });
  }

  /** Takes what the other end says of the connection. */
  take(signal: Extract<Signal, { type: 'offer' | 'answer' | 'ice_candidate' }>): void {
    this.#inTurn(() => this.#follow(signal));
  }

  /** @returns False where the channel is not open, or too much waits on it. */
  tell(channel: CallChannel, message: object): boolean {
    const { readyState, bufferedAmount } = this.#channels[channel];
    if (readyState !== 'open' || bufferedAmount > maxBufferedBytes) return false;
    this.#channels[channel].send(JSON.stringify(message));
    return true;
  }

  /** Idempotent. */
  close(): void {
    this.#peer.close();
  }

  async #follow(signal: Parameters<CallPeer['take']>[0]): Promise<void> {
    switch (signal.type) {
      case 'offer':
        // One at a time is taken, so that an own offer that is open now meets this one.
        this.#ignoresOffer = !this.#isPolite && this.#peer.signalingState === 'have-local-offer';
        if (this.#ignoresOffer) return;
        await this.#peer.setRemoteDescription(signal.offer);
        await this.#applyTracks();
        await this.#peer.setLocalDescription();
        this.#sendDescription();
        return;
      case 'answer':
        // Of an offer that was given up meanwhile.
        if (this.#peer.signalingState !== 'have-local-offer') return;
        return this.#peer.setRemoteDescription(signal.answer);
      case 'ice_candidate':
        if (!this.#ignoresOffer) await this.#peer.addIceCandidate(signal.candidate);
    }
  }

  #sendDescription(): void {
    const description = this.#peer.localDescription;
    if (description?.type === 'offer') {
      this.#notices.send({ type: 'offer', offer: { type: 'offer', sdp: description.sdp } });
    } else if (description?.type === 'answer') {
      this.#notices.send({ type: 'answer', answer: { type: 'answer', sdp: description.sdp } });
    }
  }

  async #applyTracks(): Promise<void> {
    for (const kind of ['audio', 'video'] as const) {
      const transceiver = this.#transceiverOf(kind);
      if (!transceiver) continue;
      transceiver.direction = 'sendrecv';
      await transceiver.sender.replaceTrack(this.#tracks[kind]);
    }
  }

  #senderOf(kind: DeviceKind): RTCRtpSender | undefined {
    return this.#transceiverOf(kind)?.sender;
  }

  #transceiverOf(kind: DeviceKind): RTCRtpTransceiver | undefined {
    return this.#peer.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
  }

  #open(label: CallChannel): RTCDataChannel {
    const channel = this.#peer.createDataChannel(label, { negotiated: true, id: callChannels[label] });
    channel.addEventListener('open', () => this.#notices.channelOpen(label));
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') this.#notices.message(label, data);
    });
    return channel;
  }

  #inTurn(step: () => Promise<void> | void): void {
    this.#last = this.#last.then(step).catch((error: unknown) => {
      // A closed peer takes nothing; else one path of several is lost, and a restart finds another.
      debug('A step of a call’s connection failed.', error);
    });
  }
}

function candidateSignal({ candidate, sdpMLineIndex, sdpMid }: RTCIceCandidate) {
  return { candidate, sdpMLineIndex, sdpMid };
}
