import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { RtcpPacket } from 'werift';
import type { IceCandidate, IceRestart, IceServer } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { VideoCodec } from '../../shared/state.ts';
import type { Frame } from '../station/frame.ts';
import type { Viewer, ViewerEnd, ViewerNotices } from '../station/ports.ts';
import { streamName, writeAnswer } from './answer.ts';
import { maxCandidates, readCandidate, type RemoteCandidate } from './candidate.ts';
import { readIceFragment, writeIceFragment } from './ice-fragment.ts';
import type { IceCredentials, Offer } from './offer.ts';
import type { ListenAddress } from './ice-options.ts';
import { Peer, type PeerNotices } from './peer.ts';
import { readFeedback, senderReport } from './rtcp.ts';
import { ntpTimestamp, RtpClock } from './rtp-clock.ts';
import { payloads } from './rtp.ts';
import { SrtpSender } from './srtp-sender.ts';
import type { SrtpKeys } from './srtp.ts';

export interface ViewerSettings {
  readonly listen: ListenAddress;
  readonly iceServers: readonly IceServer[];
  /** How long a Player may take from its offer to an encrypted connection. */
  readonly connectTimeoutMs: number;
  /** How long a connected Player may say nothing. */
  readonly silenceTimeoutMs: number;
  readonly log: Logger;
}

/** Over this much unsent data a Viewer is behind: about a second of a good picture. */
const maxBacklogBytes = 1_000_000;
const tickMs = 1_000;
/** A tick that comes so late says that the station stood still, and nothing about the Player. */
const lateTickMs = 2_500;

/**
 * Which pictures are sent: none before the first keyframe (`starting`); all (`flowing`); none while the system still holds too
 * many (`blocked`), and then none up to the next keyframe (`resuming`).
 */
type Flow = 'starting' | 'flowing' | 'blocked' | 'resuming';

/** The station's end of one Player, made of werift's transports and our own RTP. */
export class PeerViewer implements Viewer {
  readonly id = randomUUID();
  readonly codec: VideoCodec;
  readonly #offer: Offer;
  readonly #settings: ViewerSettings;
  readonly #notices: ViewerNotices;
  readonly #log: Logger;
  readonly #ssrc = randomInt(1, 2 ** 32);
  readonly #rtxSsrc = randomInt(1, 2 ** 32);
  readonly #clock = new RtpClock();
  /** The Player's ufrags, oldest first; the last one is in use. */
  readonly #remoteUfrags: string[];
  #peer: Peer | null = null;
  #answerSdp = '';
  #iceTag = newIceTag();
  #sender: SrtpSender | null = null;
  #flow: Flow = 'starting';
  #skippedFrames = 0;
  #candidateCount: number;
  #heardAtMs = 0;
  #sentAtMs = 0;
  #tickedAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #restart: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | null = null;

  /** Opens the sockets; the Viewer is given up by itself if its Player doesn't come. */
  static async open(offer: Offer, settings: ViewerSettings, notices: ViewerNotices): Promise<PeerViewer> {
    const viewer = new PeerViewer(offer, settings, notices);
    await viewer.#open();
    return viewer;
  }

  private constructor(offer: Offer, settings: ViewerSettings, notices: ViewerNotices) {
    this.codec = offer.video.codec;
    this.#offer = offer;
    this.#settings = settings;
    this.#notices = notices;
    this.#log = settings.log.child({ viewer: this.id.slice(0, 8) });
    this.#remoteUfrags = [offer.ice.ufrag];
    this.#candidateCount = offer.candidates.length;
  }

  get answerSdp(): string {
    return this.#answerSdp;
  }

  get iceTag(): string {
    return this.#iceTag;
  }

  get isConnected(): boolean {
    return this.#sender !== null && this.#closing === null;
  }

  get skippedFrames(): number {
    return this.#skippedFrames;
  }

  write(frame: Frame): void {
    const sender = this.#sender;
    if (!sender || !this.#peer || this.#closing) return;
    if (!this.#mayPass(frame, this.#peer.backlogBytes)) {
      if (this.#flow !== 'starting') this.#skippedFrames++;
      return;
    }
    this.#sentAtMs = performance.now();
    sender.sendPicture(payloads(frame), this.#clock.next(frame, this.#sentAtMs));
  }

  async updateIce(sdpFragment: string, expectedTag?: string): Promise<IceRestart | null> {
    const { ice, candidates } = readIceFragment(sdpFragment, this.#settings.listen.reach);
    // One after the other: a restart that begins while another gathers would mix their credentials.
    const update = this.#restart.then(() => this.#updateIce(ice, candidates, expectedTag));
    this.#restart = update.catch(() => null);
    return update;
  }

  addIceCandidate({ candidate }: IceCandidate): Promise<void> {
    if (this.#closing) return Promise.reject(StationError.unknownViewer());
    const usable = readCandidate(candidate, this.#settings.listen.reach);
    if (usable) this.#addCandidates([usable]);
    return Promise.resolve();
  }

  close(reason: ViewerEnd): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  async #open(): Promise<void> {
    const { listen, iceServers, connectTimeoutMs } = this.#settings;
    const { ice: remoteIce, fingerprints: remoteFingerprints, candidates: remoteCandidates } = this.#offer;
    const options = { listen, iceServers, remoteIce, remoteFingerprints, remoteCandidates, log: this.#log };
    const peer = await Peer.open(options, this.#peerNotices());
    this.#peer = peer;
    this.#answerSdp = writeAnswer(this.#offer, {
      ice: peer.iceCredentials,
      fingerprints: peer.fingerprints,
      candidates: peer.candidates,
      ssrc: this.#ssrc,
      rtxSsrc: this.#rtxSsrc,
      clockOffset: this.#clock.offset,
    });
    this.#timer = setTimeout(() => this.#end('connect_timeout'), connectTimeoutMs);
  }

  #peerNotices(): PeerNotices {
    return {
      connected: (keys) => this.#onConnected(keys),
      closedByPlayer: () => this.#end('closed_by_peer'),
      checked: () => this.#onChecked(),
      failed: () => this.#end('ice_failed'),
      rtcp: (packet) => this.#onRtcp(packet),
    };
  }

  #onConnected(keys: SrtpKeys): void {
    const peer = this.#peer;
    if (!peer || this.#closing) return;
    const send = (packet: Buffer) => peer.send(packet);
    this.#sender = new SrtpSender({ video: this.#offer.video, ssrc: this.#ssrc, rtxSsrc: this.#rtxSsrc, keys, send });
    this.#heardAtMs = performance.now();
    this.#tickedAtMs = this.#heardAtMs;
    clearTimeout(this.#timer);
    this.#timer = setInterval(() => this.#tick(peer), Math.min(tickMs, this.#settings.silenceTimeoutMs));
    this.#log.debug({ codec: this.codec, profile: keys.profile }, 'viewer connected');
    this.#notices.connected();
  }

  #onRtcp(packet: RtcpPacket): void {
    this.#heardAtMs = performance.now();
    const feedback = readFeedback(packet, this.#ssrc);
    if (!feedback || !this.isConnected) return;
    if (feedback.kind === 'resend') this.#sender?.resend(feedback.lost, this.#heardAtMs);
    else this.#notices.keyframeWanted();
  }

  /** Not every Player reports while it receives nothing, as when the detector is away; then its checks are its sign of life. */
  #onChecked(): void {
    const nowMs = performance.now();
    if (nowMs - this.#sentAtMs > tickMs) this.#heardAtMs = nowMs;
  }

  #tick(peer: Peer): void {
    const tickedAtMs = performance.now();
    // What the Player said while the station stood still (the machine slept, the process was stopped) is not read yet.
    if (tickedAtMs - this.#tickedAtMs > lateTickMs) this.#heardAtMs = tickedAtMs;
    this.#tickedAtMs = tickedAtMs;
    if (tickedAtMs - this.#heardAtMs > this.#settings.silenceTimeoutMs) {
      this.#end('silent');
      return;
    }
    const nowMs = Date.now();
    const time = { ntp: ntpTimestamp(nowMs), rtp: this.#clock.at(nowMs) };
    if (this.#sender && this.#flow !== 'starting') {
      peer.sendReport(senderReport(this.#ssrc, streamName, time, this.#sender.totals));
    }
    peer.tidy();
  }

  /** Whether a picture may be sent now, and what follows from it for the next ones. */
  #mayPass({ isKeyframe }: Frame, backlogBytes: number): boolean {
    if (backlogBytes > maxBacklogBytes && this.#flow !== 'starting') {
      this.#flow = 'blocked';
      return false;
    }
    if (isKeyframe) {
      this.#flow = 'flowing';
    } else if (this.#flow === 'blocked') {
      this.#flow = 'resuming';
      this.#notices.keyframeWanted();
    }
    return this.#flow === 'flowing';
  }

  async #updateIce(
    ice: IceCredentials | null,
    candidates: readonly RemoteCandidate[],
    expectedTag?: string,
  ): Promise<IceRestart | null> {
    const peer = this.#peer;
    if (!peer || this.#closing) throw StationError.unknownViewer();
    // Late candidates of before a restart are not a wish to go back to it.
    const isRestart = ice !== null && !this.#remoteUfrags.includes(ice.ufrag);
    const isLate = ice !== null && !isRestart && ice.ufrag !== this.#remoteUfrags.at(-1);
    if (isLate) return null;
    if (expectedTag !== undefined && expectedTag !== '*' && expectedTag !== this.#iceTag) {
      throw StationError.staleSession();
    }
    if (!isRestart) {
      this.#addCandidates(candidates);
      return null;
    }
    this.#candidateCount = candidates.length;
    this.#remoteUfrags.push(ice.ufrag);
    if (this.#remoteUfrags.length > 4) this.#remoteUfrags.shift();
    await peer.restart(ice, candidates);
    this.#iceTag = newIceTag();
    this.#log.info('viewer moves to another path (ICE restart)');
    return {
      iceTag: this.#iceTag,
      sdpFragment: writeIceFragment(this.#offer.video.mid, peer.iceCredentials, peer.candidates),
    };
  }

  #addCandidates(candidates: readonly RemoteCandidate[]): void {
    const taken = candidates.slice(0, maxCandidates - this.#candidateCount);
    this.#candidateCount += taken.length;
    this.#peer?.addCandidates(taken);
  }

  #end(reason: ViewerEnd): void {
    this.close(reason).catch((error: unknown) => this.#log.warn({ err: error }, 'a viewer was not closed cleanly'));
  }

  async #close(reason: ViewerEnd): Promise<void> {
    clearTimeout(this.#timer);
    const droppedDatagrams = this.#peer?.droppedDatagrams ?? 0;
    this.#log.debug({ reason, skippedFrames: this.#skippedFrames, droppedDatagrams }, 'viewer gone');
    try {
      await this.#peer?.close();
    } finally {
      this.#notices.gone(reason);
    }
  }
}

/** Unguessable is not asked for, only that it never comes twice in a session. */
function newIceTag(): string {
  return randomBytes(9).toString('base64url');
}
