import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type {
  CameraInfo,
  IceCandidate,
  IceRestart,
  IceServer,
  PictureListener,
  PictureWish,
  PublishedBy,
  Publishing,
  Reach,
  Session,
  SessionDescription,
  StationApi,
  ViewerOffer,
} from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { RetryPolicy } from '../../shared/retry.ts';
import { isStreamId, maxStreams, type StreamConfig } from '../../shared/source.ts';
import type { StationNotice, StationState } from '../../shared/state.ts';
import type { StreamEvent } from '../../shared/stream-event.ts';
import { PassingStreams, publishedStream } from './passing-streams.ts';
import type { AcceptPublisher, AcceptViewer, OfferViewer, StartCapture, WatchStation } from './ports.ts';
import { ProcessMeter } from './process-meter.ts';
import { Publishers } from './publishers.ts';
import { Seats } from './seats.ts';
import { StateFeed } from './state-feed.ts';
import { Stream } from './stream.ts';

/** Long enough for a page that is loaded again, short enough that a detector soon rests. */
const defaultLingerMs = 10_000;

export interface StationParts {
  readonly name: string;
  readonly version: string;
  readonly notices: readonly StationNotice[];
  readonly streams: readonly StreamConfig[];
  readonly startCapture: StartCapture;
  readonly watchStation: WatchStation;
  readonly acceptViewer: AcceptViewer;
  readonly offerViewer: OfferViewer;
  readonly acceptPublisher: AcceptPublisher;
  readonly listCameras: () => Promise<readonly CameraInfo[]>;
  /** Makes one policy for each Stream. */
  readonly captureRetry: () => RetryPolicy;
  /** Asked anew for each caller, because passwords may be good for a while only. */
  readonly iceServers: () => readonly IceServer[];
  readonly maxViewers: number;
  readonly logger: Logger;
  /** How long a Capture goes on after the last Viewer has gone; 10 s without it. */
  readonly lingerMs?: number;
  /** How long a Stream that nobody has configured stays when its publisher has gone; 30 s without it. */
  readonly passingMs?: number;
}

/** The running core: owns the Streams and their Viewers and answers every call of the doors. */
export class Station implements StationApi {
  readonly #parts: StationParts;
  readonly #startedAtMs = Date.now();
  readonly #runId = randomUUID();
  #name: string;
  #notices: readonly StationNotice[];
  /** In the order of the wall. */
  #streams: ReadonlyMap<string, Stream>;
  /** No longer part of the station, but not at rest yet. */
  readonly #leaving = new Set<Stream>();
  readonly #seats: Seats;
  readonly #publishers: Publishers;
  readonly #passing: PassingStreams;
  readonly #feed: StateFeed;
  readonly #meter = new ProcessMeter();
  /** Looking for cameras takes a process and seconds, so that all who ask meanwhile get the same list. */
  #cameras: Promise<readonly CameraInfo[]> | null = null;
  #isShared = false;
  #closed: Promise<void> | null = null;

  constructor(parts: StationParts) {
    this.#parts = parts;
    this.#name = parts.name;
    this.#notices = parts.notices;
    this.#feed = new StateFeed(() => this.state(), parts.logger);
    this.#seats = new Seats(parts);
    this.#publishers = new Publishers(parts);
    this.#passing = new PassingStreams((streamId) => void this.#endPassing(streamId), parts.passingMs);
    this.#streams = new Map(parts.streams.map((config) => [config.id, this.#makeStream(config)]));
  }

  state(): StationState {
    const streams = [...this.#streams.values()];
    return {
      timeMs: Date.now(),
      station: {
        name: this.#name,
        version: this.#parts.version,
        startedAtMs: this.#startedAtMs,
        runId: this.#runId,
        isShared: this.#isShared,
        load: this.#meter.load(),
      },
      notices: this.#notices,
      streams: streams.map((stream) => stream.state()),
      viewers: streams.flatMap((stream) => stream.viewerStates()),
    };
  }

  onState(listener: (state: StationState) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  streamLog(streamId: string): readonly StreamEvent[] {
    return this.#stream(streamId).events;
  }

  webrtcConfig(): { readonly iceServers: readonly IceServer[] } {
    return { iceServers: this.#parts.iceServers() };
  }

  cameras(): Promise<readonly CameraInfo[]> {
    this.#cameras ??= this.#parts.listCameras().finally(() => (this.#cameras = null));
    return this.#cameras;
  }

  async watch(streamId: string | undefined, offerSdp: string, reach: Reach = 'loopback'): Promise<Session> {
    this.#admit(reach);
    return this.#seats.watch(this.#stream(streamId), offerSdp, reach);
  }

  async offerViewer(
    streamId: string | undefined,
    iceServers?: readonly IceServer[],
    reach: Reach = 'loopback',
  ): Promise<ViewerOffer> {
    this.#admit(reach);
    return this.#seats.offer(this.#stream(streamId), iceServers, reach);
  }

  watchPictures(
    streamId: string | undefined,
    wish: PictureWish,
    listener: PictureListener,
    reach: Reach = 'loopback',
  ): () => void {
    this.#admit(reach);
    return this.#seats.watchPictures(this.#stream(streamId), wish, listener, reach);
  }

  async publish(
    streamId: string,
    offerSdp: string,
    by: PublishedBy = { reach: 'loopback', name: null },
  ): Promise<Publishing> {
    this.#admit(by.reach);
    this.#admitPublisher(streamId);
    const gone = () => {
      this.#passing.left(streamId);
      by.gone?.();
    };
    return this.#publishers.publish(streamId, offerSdp, { ...by, gone }, () => this.#streamToPublish(streamId));
  }

  answerViewer(viewerId: string, answer: SessionDescription): Promise<void> {
    return Promise.resolve().then(() => this.#seats.answer(viewerId, answer));
  }

  onCandidate(viewerId: string, listener: (candidate: IceCandidate | null) => void): () => void {
    return this.#seats.session(viewerId).onCandidate(listener);
  }

  async updateIce(viewerId: string, sdpFragment: string, expectedTag?: string): Promise<IceRestart | null> {
    const session = this.#publishers.session(viewerId) ?? this.#seats.session(viewerId);
    return session.updateIce(sdpFragment, expectedTag);
  }

  async addIceCandidate(viewerId: string, candidate: IceCandidate): Promise<void> {
    await this.#seats.session(viewerId).addIceCandidate(candidate);
  }

  async leave(viewerId: string): Promise<void> {
    const publisher = this.#publishers.session(viewerId);
    await (publisher ? publisher.close('left') : this.#seats.leave(viewerId));
  }

  /** Lets sessions reach the network, or ends those that do; resolves when they are gone. */
  async setShared(isShared: boolean): Promise<void> {
    this.#isShared = isShared;
    this.#feed.changed();
    if (isShared) return;
    await Promise.all([
      this.#publishers.end((_, { reach }) => reach === 'network', 'no_longer_shared'),
      this.#seats.end(({ reach }) => reach === 'network', 'no_longer_shared'),
    ]);
  }

  /** Changes what the station calls itself on every screen. */
  setName(name: string): void {
    this.#name = name;
    this.#feed.changed();
  }

  /** What a notice says has been mended. */
  withdrawNotice(code: StationNotice['code']): void {
    this.#notices = this.#notices.filter((notice) => notice.code !== code);
    this.#feed.changed();
  }

  /**
   * Makes these the Streams of the station, in this order. Those that are configured as before are not touched. Resolves when
   * the Viewers and Captures of those that are not among them have gone.
   */
  async setStreams(configs: readonly StreamConfig[]): Promise<void> {
    if (this.#closed !== null) throw StationError.closing();
    const last = this.#streams;
    for (const { id } of configs) this.#passing.forget(id);
    const passing = [...last].filter(([id]) => this.#passing.has(id));
    const streams = configs.map((config) => [config.id, last.get(config.id) ?? this.#makeStream(config)] as const);
    this.#streams = new Map([...streams, ...passing]);
    for (const config of configs) this.#streams.get(config.id)?.configure(config);
    this.#feed.changed();
    await Promise.all([
      this.#publishers.end((id) => this.#streams.get(id)?.isPublished === false, 'stream_removed'),
      this.#endStreams([...last.values()].filter((stream) => !this.#streams.has(stream.id))),
    ]);
  }

  /** Ends all Viewers, then all Captures; resolves when they are gone. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    this.#passing.close();
    const reason = 'station_closing';
    await Promise.all([this.#publishers.end(() => true, reason), this.#seats.end(() => true, reason)]);
    await Promise.all([...this.#streams.values(), ...this.#leaving].map((stream) => stream.close()));
    this.#feed.close();
    this.#meter.close();
  }

  async #endStreams(removed: readonly Stream[]): Promise<void> {
    for (const stream of removed) this.#leaving.add(stream);
    await Promise.all([
      this.#publishers.end((id) => removed.some((stream) => stream.id === id), 'stream_removed'),
      this.#seats.end(({ stream }) => this.#leaving.has(stream), 'stream_removed'),
    ]);
    await Promise.all(removed.map((stream) => stream.close()));
    for (const stream of removed) this.#leaving.delete(stream);
  }

  #makeStream(config: StreamConfig): Stream {
    const { startCapture, watchStation, captureRetry, logger, lingerMs = defaultLingerMs } = this.#parts;
    return new Stream({
      config,
      startCapture,
      watchStation,
      retry: captureRetry(),
      decodeRetry: captureRetry(),
      logger: logger.child({ stream: config.id }),
      lingerMs,
      changed: () => this.#feed.changed(),
    });
  }

  /** Nothing leaves the machine unless it is shared, whatever a door says that was about to close. */
  #admit(reach: Reach): void {
    if (reach === 'network' && !this.#isShared) throw StationError.signInNeeded();
  }

  /** Whether this id can be published to; who else does so is another question. */
  #admitPublisher(streamId: string): void {
    if (this.#closed !== null) throw StationError.closing();
    const stream = this.#streams.get(streamId);
    if (stream && !stream.isPublished) throw StationError.notPublished();
    if (stream) return;
    if (!isStreamId(streamId)) throw StationError.badStreamId();
    if (this.#streams.size >= maxStreams) throw StationError.tooManyStreams(maxStreams);
  }

  #streamToPublish(streamId: string): Stream {
    // The Streams may be others than before the offer was looked at.
    this.#admitPublisher(streamId);
    const known = this.#streams.get(streamId);
    if (this.#passing.has(streamId) || !known) this.#passing.came(streamId);
    if (known) return known;
    const stream = this.#makeStream(publishedStream(streamId));
    this.#streams = new Map([...this.#streams, [streamId, stream]]);
    this.#feed.changed();
    return stream;
  }

  async #endPassing(streamId: string): Promise<void> {
    const stream = this.#streams.get(streamId);
    if (!stream) return;
    // Somebody's offer is being read at this moment.
    if (this.#publishers.has(streamId)) return this.#passing.keep(streamId);
    this.#streams = new Map([...this.#streams].filter(([id]) => id !== streamId));
    this.#feed.changed();
    await this.#endStreams([stream]);
  }

  #stream(streamId: string | undefined): Stream {
    if (this.#closed !== null) throw StationError.closing();
    const stream = streamId === undefined ? this.#streams.values().next().value : this.#streams.get(streamId);
    if (stream === undefined) throw StationError.unknownStream();
    return stream;
  }
}
