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
import type { StreamConfig } from '../../shared/source.ts';
import type { StationNotice, StationState } from '../../shared/state.ts';
import type { StreamEvent } from '../../shared/stream-event.ts';
import type { AcceptPublisher, AcceptViewer, OfferViewer, StartCapture, WatchStation } from './ports.ts';
import { ProcessMeter } from './process-meter.ts';
import { Publishers } from './publishers.ts';
import { Seats } from './seats.ts';
import { StateFeed } from './state-feed.ts';
import { Stream } from './stream.ts';
import { Streams } from './streams.ts';

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
  readonly #seats: Seats;
  readonly #publishers: Publishers;
  readonly #streams: Streams;
  readonly #feed: StateFeed;
  readonly #meter = new ProcessMeter();
  /** Looking for cameras takes a process and seconds, so that all who ask meanwhile get the same list. */
  #cameras: Promise<readonly CameraInfo[]> | null = null;
  #isShared = false;
  #closed: Promise<void> | null = null;

  /** @param seats The places that it has, which may be those of another Station of this process too. Either steers the sessions of both. */
  constructor(parts: StationParts, seats = new Seats(parts)) {
    this.#parts = parts;
    this.#name = parts.name;
    this.#notices = parts.notices;
    this.#feed = new StateFeed(() => this.state(), parts.logger);
    this.#seats = seats;
    this.#publishers = new Publishers(parts);
    this.#streams = new Streams({
      configs: parts.streams,
      make: (config) => this.#makeStream(config),
      seats,
      publishers: this.#publishers,
      passingMs: parts.passingMs,
      changed: () => this.#feed.changed(),
    });
  }

  state(): StationState {
    const streams = this.#streams.all;
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
    return this.#streams.named(streamId).events;
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
    return this.#seats.watch(this.#streams.named(streamId), offerSdp, reach);
  }

  async offerViewer(
    streamId: string | undefined,
    iceServers?: readonly IceServer[],
    reach: Reach = 'loopback',
  ): Promise<ViewerOffer> {
    this.#admit(reach);
    return this.#seats.offer(this.#streams.named(streamId), iceServers, reach);
  }

  watchPictures(
    streamId: string | undefined,
    wish: PictureWish,
    listener: PictureListener,
    reach: Reach = 'loopback',
  ): () => void {
    this.#admit(reach);
    return this.#seats.watchPictures(this.#streams.named(streamId), wish, listener, reach);
  }

  async publish(
    streamId: string,
    offerSdp: string,
    by: PublishedBy = { reach: 'loopback', name: null },
  ): Promise<Publishing> {
    this.#admit(by.reach);
    this.#streams.admitPublisher(streamId);
    const gone = () => {
      this.#streams.publisherLeft(streamId);
      by.gone?.();
    };
    return this.#publishers.publish(streamId, offerSdp, { ...by, gone }, () => this.#streams.toPublish(streamId));
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

  /** Says on every screen what has gone wrong. */
  addNotice(notice: StationNotice): void {
    this.#notices = [...this.#notices, notice];
    this.#feed.changed();
  }

  /** What a notice says has been mended. */
  withdrawNotice(code: StationNotice['code']): void {
    this.#notices = this.#notices.filter((notice) => notice.code !== code);
    this.#feed.changed();
  }

  /** Makes these the Streams of the station, in this order; see `Streams.configure`. @throws StationError `closing`. */
  setStreams(configs: readonly StreamConfig[]): Promise<void> {
    return this.#streams.configure(configs);
  }

  /** Ends all Viewers, then all Captures; resolves when they are gone. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    await this.#streams.close();
    this.#feed.close();
    this.#meter.close();
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
}
