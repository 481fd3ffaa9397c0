import type { IceRestart } from '../../shared/api.ts';
import type { VideoCodec } from '../../shared/state.ts';
import type { PublisherEnd } from '../../shared/stream-event.ts';
import type { Publisher, PublisherNotices } from '../station/ports.ts';
import { MediaReceiver } from './media-receiver.ts';
import type { PeerNotices } from './peer.ts';
import { Presence } from './presence.ts';
import type { PictureClock } from './capture-clock.ts';
import type { RemoteTransport } from './remote-description.ts';
import { RemoteIce } from './remote-ice.ts';
import type { SessionKeys } from './srtp-keys.ts';
import type { SessionSettings, StationEnd } from './station-end.ts';
import type { VideoFormat } from './video-format.ts';

/** Packets that are missing are asked for so often, and waited for no longer than this beyond their time. */
const tickMs = 40;
const reportEveryMs = 1_000;
/** A tick that comes so late says that the station stood still, and nothing about the publisher. */
const lateTickMs = 2_500;
/** Longer than the pause between two pictures of any camera; what sends nothing for so long may be replaced. */
const sendingMs = 2_000;

/** What has to be known of the other end. */
export interface PublisherSide extends RemoteTransport {
  readonly video: VideoFormat;
  /** The station's DTLS role. */
  readonly setup: 'passive' | 'active';
  /** Where it says more of the time than its reports. */
  readonly clock?: PictureClock;
}

/** The station's end of somebody who publishes, or of another station that is watched, made of werift's transports and our own RTP. */
export class PeerPublisher implements Publisher {
  readonly id: string;
  readonly codec: VideoCodec;
  readonly #end: StationEnd;
  readonly #side: PublisherSide;
  readonly #settings: SessionSettings;
  readonly #notices: PublisherNotices;
  readonly #ice: RemoteIce;
  #media: MediaReceiver | null = null;
  #presence: Presence | null = null;
  /** Null before the first packet; whoever still connects is not replaced either. */
  #receivedAtMs: number | null = null;
  #tickedAtMs = 0;
  #reportedAtMs = -Infinity;
  #timer: NodeJS.Timeout;
  #closing: Promise<void> | null = null;

  /** Begins to connect; the session is given up by itself if nobody comes. */
  constructor(end: StationEnd, side: PublisherSide, settings: SessionSettings, notices: PublisherNotices) {
    this.id = end.id;
    this.codec = side.video.codec;
    this.#end = end;
    this.#side = side;
    this.#settings = settings;
    this.#notices = notices;
    this.#ice = new RemoteIce(end, side.video.mid, side);
    end.peer.connect(side, this.#peerNotices(), side.setup);
    this.#timer = setTimeout(() => this.#giveUp('connect_timeout'), settings.connectTimeoutMs);
  }

  get iceTag(): string {
    return this.#ice.tag;
  }

  get isSending(): boolean {
    return this.#receivedAtMs === null || performance.now() - this.#receivedAtMs < sendingMs;
  }

  updateIce(sdpFragment: string, expectedTag?: string): Promise<IceRestart | null> {
    return this.#ice.update(sdpFragment, expectedTag);
  }

  requestKeyframe(): void {
    this.#media?.requestKeyframe(performance.now());
  }

  close(reason: PublisherEnd): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  #peerNotices(): PeerNotices {
    return {
      connected: (keys) => this.#onConnected(keys),
      closedByPlayer: () => this.#giveUp('closed_by_peer'),
      checked: () => void this.#presence?.pathHeard(performance.now()),
      failed: () => this.#giveUp('ice_failed'),
      rtcp: (packet) => {
        const nowMs = performance.now();
        this.#presence?.reported(nowMs);
        this.#media?.reported(packet, nowMs);
      },
      rtp: (datagram) => this.#onRtp(datagram),
      // It was agreed on no data channels.
      channel: () => this.#giveUp('misbehaved'),
      roomGained: () => undefined,
      misbehaved: () => this.#giveUp('misbehaved'),
    };
  }

  #onConnected({ remote }: SessionKeys): void {
    if (this.#closing) return;
    const { peer, ssrc, log } = this.#end;
    const { video, clock } = this.#side;
    this.#media = new MediaReceiver({
      video,
      clock,
      keys: remote,
      ssrc,
      sendReport: (packets) => peer.sendReport(packets),
      frame: (frame) => this.#notices.frame(frame),
      flooded: () => this.#giveUp('misbehaved'),
    });
    const nowMs = performance.now();
    const { silenceTimeoutMs: reportTimeoutMs, consentTimeoutMs: pathTimeoutMs } = this.#settings;
    this.#presence = new Presence({ reportTimeoutMs, pathTimeoutMs }, nowMs);
    this.#tickedAtMs = nowMs;
    clearTimeout(this.#timer);
    this.#timer = setInterval(() => this.#orGiveUp(() => this.#tick()), tickMs);
    log.debug({ codec: this.codec, profile: remote.profile }, 'publisher connected');
    this.#notices.connected();
  }

  #onRtp(datagram: Buffer): void {
    const nowMs = performance.now();
    this.#orGiveUp(() => {
      if (this.#closing || !this.#media?.take(datagram, nowMs)) return;
      this.#receivedAtMs = nowMs;
      this.#presence?.reported(nowMs);
    });
  }

  /** Nothing that comes from the network may throw up to the socket, or to the timer that hands it on later: nobody catches it there. */
  #orGiveUp(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#end.log.error({ err: error }, 'a publisher failed and is closed');
      this.#giveUp('internal_error');
    }
  }

  #tick(): void {
    const nowMs = performance.now();
    if (nowMs - this.#tickedAtMs > lateTickMs) this.#presence?.excuse(nowMs);
    this.#tickedAtMs = nowMs;
    this.#media?.tick(nowMs);
    if (nowMs - this.#reportedAtMs < reportEveryMs) return;
    this.#reportedAtMs = nowMs;
    this.#media?.report(nowMs);
    this.#end.peer.path.tidy();
    this.#lookForPublisher(nowMs);
  }

  #lookForPublisher(nowMs: number): void {
    const verdict = this.#presence?.verdict(nowMs);
    if (verdict === 'gone') this.#giveUp('silent');
    else if (verdict === 'unheard') void this.#askPort();
  }

  /** A program that has died leaves its port closed; of a cut link nothing comes back at all. */
  async #askPort(): Promise<void> {
    const isClosed = await this.#end.peer.path.isFarPortClosed();
    if (isClosed && this.#presence?.verdict(performance.now()) !== 'present') this.#giveUp('silent');
  }

  #giveUp(reason: PublisherEnd): void {
    this.close(reason).catch((error: unknown) =>
      this.#end.log.warn({ err: error }, 'a publisher was not closed cleanly'),
    );
  }

  async #close(reason: PublisherEnd): Promise<void> {
    clearTimeout(this.#timer);
    this.#ice.close();
    const { peer, log } = this.#end;
    log.debug({ reason, droppedDatagrams: peer.droppedDatagrams }, 'publisher gone');
    try {
      await peer.close();
    } finally {
      this.#notices.gone(reason);
    }
  }
}
