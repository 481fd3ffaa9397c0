import type { RtcpPacket } from 'werift';
import type { IceCandidate, IceRestart } from '../../shared/api.ts';
import type { KeepaliveFacts } from '../../shared/keepalive.ts';
import type { VideoCodec, ViewerTelemetry } from '../../shared/state.ts';
import type { ViewerEnd } from '../../shared/stream-event.ts';
import type { Frame } from '../station/frame.ts';
import type { Viewer, ViewerNotices, ViewerWish } from '../station/ports.ts';
import { DataChannels } from './data-channels.ts';
import { Flow } from './flow.ts';
import type { PeerNotices } from './peer.ts';
import { PictureSender } from './picture-sender.ts';
import { Presence } from './presence.ts';
import type { RemoteTransport } from './remote-description.ts';
import { RemoteIce } from './remote-ice.ts';
import { readEstimate, readFeedback, readReception, senderReport } from './rtcp.ts';
import { ntpTimestamp } from './rtp-clock.ts';
import { payloads } from './rtp.ts';
import { SrtpSender } from './srtp-sender.ts';
import type { SrtpKeys } from './srtp.ts';
import { tellCandidates, type SessionSettings, type StationEnd } from './station-end.ts';
import type { VideoFormat } from './video-format.ts';
import { streamName } from './video-section.ts';
import { ViewerMeter } from './viewer-meter.ts';

/** What is known of the Player once both descriptions are there. */
export interface PlayerEnd {
  readonly video: VideoFormat;
  /** Which m-section of the session has the picture. */
  readonly sectionIndex: number;
  readonly remote: RemoteTransport;
}

const tickMs = 1_000;
/** A tick that comes so late says that the station stood still, and nothing about the Player. */
const lateTickMs = 2_500;
/** A Viewer that stays behind is told of no more often. */
const tellSkippedEveryMs = 10_000;

/** The station's end of one Player, made of werift's transports and our own RTP. */
export class PeerViewer implements Viewer {
  readonly id: string;
  readonly codec: VideoCodec;
  readonly #end: StationEnd;
  readonly #player: PlayerEnd;
  readonly #settings: SessionSettings;
  readonly #notices: ViewerNotices;
  readonly #ice: RemoteIce;
  #sender: PictureSender | null = null;
  readonly #flow: Flow;
  readonly #channels: DataChannels;
  readonly #meter = new ViewerMeter();
  #skippedFrames = 0;
  #skippedTold = { frames: 0, atMs: -Infinity };
  #presence: Presence | null = null;
  #sentAtMs = 0;
  #tickedAtMs = 0;
  #timer: NodeJS.Timeout;
  #closing: Promise<void> | null = null;

  /** Begins to connect; the Viewer is given up by itself if its Player doesn't come. */
  constructor(end: StationEnd, player: PlayerEnd, settings: SessionSettings, notices: ViewerNotices) {
    this.id = end.id;
    this.codec = player.video.codec;
    this.#end = end;
    this.#player = player;
    this.#settings = settings;
    this.#notices = notices;
    this.#flow = new Flow(settings.maxBacklogBytes, () => notices.keyframeWanted());
    this.#ice = new RemoteIce(end, player.video.mid, player.remote);
    this.#channels = new DataChannels({
      keepaliveMs: settings.keepaliveMs,
      maxMessageBytes: player.remote.sctp?.maxMessageBytes ?? 0,
      maxBacklogBytes: settings.maxBacklogBytes,
      hasRoom: () => end.peer.hasRoomForData,
      sent: (bytes) => this.#meter.sent(bytes),
      silent: () => this.#onUnanswered(),
      tooMany: () => this.#giveUp('misbehaved'),
      wishChanged: () => notices.wishChanged(),
      log: end.log,
    });
    end.peer.connect(player.remote, this.#peerNotices());
    this.#timer = setTimeout(() => this.#giveUp('connect_timeout'), settings.connectTimeoutMs);
  }

  get iceTag(): string {
    return this.#ice.tag;
  }

  get isConnected(): boolean {
    return this.#sender !== null && this.#closing === null;
  }

  /** What the Player's answers on `commands` tell; null where it has not opened it. */
  get keepalive(): KeepaliveFacts | null {
    return this.#channels.keepalive;
  }

  get wish(): ViewerWish {
    return this.#channels.wish;
  }

  get skippedFrames(): number {
    return this.#skippedFrames;
  }

  get recentLossShare(): number | null {
    return this.#meter.reception.recentLossShare(performance.now());
  }

  telemetry(): ViewerTelemetry {
    return {
      ...this.#meter.measured(performance.now()),
      path: this.isConnected ? this.#end.peer.path.way : null,
      backlogBytes: this.#sender?.backlogBytes ?? 0,
      skippedFrames: this.#skippedFrames,
      resentPackets: this.#sender?.resentPackets ?? 0,
      keepalive: this.keepalive,
      pictures: this.#channels.pictures,
    };
  }

  write(frame: Frame): void {
    const sender = this.#sender;
    if (!sender || this.#closing) return;
    if (frame.codec === 'jpeg') return this.#channels.write(frame);
    if (this.#flow.isTooMuch(sender.stuckBytes)) {
      this.#skippedFrames += sender.dropWaiting();
      this.#flow.block();
    }
    if (!this.#flow.admit(frame.isKeyframe, sender.backlogBytes)) {
      if (this.#flow.hasStarted) this.#skippedFrames++;
      return;
    }
    this.#sentAtMs = performance.now();
    sender.send(payloads(frame), this.#end.clock.next(frame, this.#sentAtMs), this.#sentAtMs);
    this.#channels.sentAsVideo(frame);
  }

  updateIce(sdpFragment: string, expectedTag?: string): Promise<IceRestart | null> {
    return this.#ice.update(sdpFragment, expectedTag);
  }

  addIceCandidate(candidate: IceCandidate): Promise<void> {
    return this.#ice.add(candidate);
  }

  onCandidate(listener: (candidate: IceCandidate | null) => void): () => void {
    const { video, sectionIndex } = this.#player;
    return tellCandidates(this.#end, { mid: video.mid, index: sectionIndex }, listener);
  }

  close(reason: ViewerEnd): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  #peerNotices(): PeerNotices {
    return {
      connected: ({ own }) => this.#onConnected(own),
      closedByPlayer: () => this.#giveUp('closed_by_peer'),
      checked: () => this.#onChecked(),
      failed: () => this.#giveUp('ice_failed'),
      rtcp: (packet) => this.#onRtcp(packet),
      channel: (channel) => this.#channels.take(channel),
      roomGained: () => this.#channels.roomGained(),
      misbehaved: () => this.#giveUp('misbehaved'),
    };
  }

  #onConnected(keys: SrtpKeys): void {
    if (this.#closing) return;
    const { peer, ssrc, rtxSsrc } = this.#end;
    const send = (packet: Buffer) => {
      this.#meter.sent(packet.length);
      peer.path.send(packet);
    };
    this.#sender = new PictureSender({
      packets: new SrtpSender({ video: this.#player.video, ssrc, rtxSsrc, keys, send }),
      pacer: this.#settings.pacer,
      systemBacklogBytes: () => peer.path.backlogBytes,
      failed: (error) => this.#onSendFailed(error),
    });
    const nowMs = performance.now();
    const { silenceTimeoutMs: reportTimeoutMs, consentTimeoutMs: pathTimeoutMs } = this.#settings;
    this.#presence = new Presence({ reportTimeoutMs, pathTimeoutMs }, nowMs);
    this.#tickedAtMs = nowMs;
    this.#meter.connected(nowMs);
    clearTimeout(this.#timer);
    this.#timer = setInterval(() => this.#tick(), Math.min(tickMs, this.#settings.silenceTimeoutMs));
    this.#end.log.debug({ codec: this.codec, profile: keys.profile }, 'viewer connected');
    this.#notices.connected();
  }

  #onRtcp(packet: RtcpPacket): void {
    const nowMs = performance.now();
    if (this.#presence?.reported(nowMs)) this.#onBack();
    const report = readReception(packet, this.#end.ssrc);
    if (report) this.#meter.reception.heard(report, nowMs);
    const estimatedKbitPerS = readEstimate(packet, this.#end.ssrc);
    if (estimatedKbitPerS !== null) this.#meter.reception.estimated(estimatedKbitPerS, nowMs);
    const feedback = readFeedback(packet, this.#end.ssrc);
    if (!feedback || !this.isConnected) return;
    if (feedback.kind === 'resend') this.#sender?.resend(feedback.lost, nowMs);
    else this.#onKeyframeRequest();
  }

  #onKeyframeRequest(): void {
    this.#meter.keyframeRequested();
    this.#notices.keyframeWanted();
  }

  /** Not every Player reports while it receives nothing, as when the detector is away; then its checks are its sign of life. */
  #onChecked(): void {
    const nowMs = performance.now();
    const isSign = nowMs - this.#sentAtMs > tickMs;
    const isBack = isSign ? this.#presence?.reported(nowMs) : this.#presence?.pathHeard(nowMs);
    if (isBack) this.#onBack();
  }

  /** It can't go on without a keyframe, and asks for one only once: too early for a path that is just coming back. */
  #onBack(): void {
    this.#notices.keyframeWanted();
  }

  /** While its link is cut no Player can answer. */
  #onUnanswered(): void {
    if (this.#presence?.isPageToBlame(performance.now()) !== false) this.#giveUp('silent');
  }

  /** @returns Whether it goes on. */
  #isPresent(nowMs: number): boolean {
    const verdict = this.#presence?.verdict(nowMs);
    if (verdict === 'gone') this.#giveUp('silent');
    else if (verdict === 'unheard') void this.#askPort();
    return verdict !== 'gone';
  }

  /** A program that has died leaves its port closed; of a cut link nothing comes back at all. */
  async #askPort(): Promise<void> {
    const isClosed = await this.#end.peer.path.isFarPortClosed();
    if (isClosed && this.#presence?.verdict(performance.now()) !== 'present') this.#giveUp('silent');
  }

  #tick(): void {
    const { peer, ssrc, clock } = this.#end;
    const tickedAtMs = performance.now();
    // What the Player said while the station stood still (the machine slept, the process was stopped) is not read yet.
    if (tickedAtMs - this.#tickedAtMs > lateTickMs) this.#presence?.excuse(tickedAtMs);
    this.#tickedAtMs = tickedAtMs;
    if (!this.#isPresent(tickedAtMs)) return;
    const nowMs = Date.now();
    const time = { ntp: ntpTimestamp(nowMs), rtp: clock.at(nowMs) };
    if (this.#sender && this.#flow.hasStarted) {
      this.#meter.reception.reportSent(time.ntp, tickedAtMs);
      peer.sendReport(senderReport(ssrc, streamName, time, this.#sender.totals));
    }
    this.#sender?.tidy(tickedAtMs, this.#meter.reception.measured(tickedAtMs).roundTripMs);
    this.#tellSkipped(tickedAtMs);
    this.#meter.sample(tickedAtMs);
    peer.path.tidy();
  }

  #tellSkipped(nowMs: number): void {
    const frames = this.#skippedFrames + this.#channels.skippedPictures;
    const skippedFrames = frames - this.#skippedTold.frames;
    if (skippedFrames === 0 || nowMs - this.#skippedTold.atMs < tellSkippedEveryMs) return;
    this.#skippedTold = { frames, atMs: nowMs };
    this.#end.log.warn({ skippedFrames }, 'the link to a viewer is too slow: pictures were left out');
  }

  #onSendFailed(error: unknown): void {
    this.#end.log.error({ err: error }, 'a viewer failed and is closed');
    this.#giveUp('internal_error');
  }

  #giveUp(reason: ViewerEnd): void {
    this.close(reason).catch((error: unknown) => this.#end.log.warn({ err: error }, 'a viewer was not closed cleanly'));
  }

  async #close(reason: ViewerEnd): Promise<void> {
    clearTimeout(this.#timer);
    this.#ice.close();
    this.#sender?.close();
    this.#channels.close();
    const { peer, log } = this.#end;
    const { droppedDatagrams } = peer;
    log.debug({ reason, skippedFrames: this.#skippedFrames, droppedDatagrams }, 'viewer gone');
    try {
      await peer.close();
    } finally {
      this.#notices.gone(reason);
    }
  }
}
