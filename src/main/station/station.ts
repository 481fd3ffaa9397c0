import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { CameraInfo, IceCandidate, IceRestart, IceServer, Session, StationApi } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { RetryPolicy } from '../../shared/retry.ts';
import type { StreamConfig } from '../../shared/source.ts';
import type { StationNotice, StationState } from '../../shared/state.ts';
import type { AcceptViewer, StartCapture, Viewer, ViewerEnd } from './ports.ts';
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
  readonly acceptViewer: AcceptViewer;
  readonly listCameras: () => Promise<readonly CameraInfo[]>;
  /** Makes one policy for each Stream. */
  readonly captureRetry: () => RetryPolicy;
  readonly iceServers: readonly IceServer[];
  readonly maxViewers: number;
  readonly logger: Logger;
  /** How long a Capture goes on after the last Viewer has gone; 10 s without it. */
  readonly lingerMs?: number;
}

interface Seat {
  readonly viewer: Viewer;
  readonly stream: Stream;
  readonly logger: Logger;
}

/** The running core: owns the Streams and their Viewers and answers every call of the doors. */
export class Station implements StationApi {
  readonly #parts: StationParts;
  readonly #startedAtMs = Date.now();
  readonly #runId = randomUUID();
  readonly #streams: ReadonlyMap<string, Stream>;
  readonly #seats = new Map<string, Seat>();
  readonly #feed: StateFeed;
  /** Viewers that are being made from their offers. */
  #arriving = 0;
  /** Looking for cameras takes a process and seconds, so that all who ask meanwhile get the same list. */
  #cameras: Promise<readonly CameraInfo[]> | null = null;
  #closed: Promise<void> | null = null;

  constructor(parts: StationParts) {
    this.#parts = parts;
    this.#feed = new StateFeed(() => this.state(), parts.logger);
    this.#streams = new Map(parts.streams.map((config) => [config.id, this.#makeStream(config)]));
  }

  state(): StationState {
    const { name, version, notices } = this.#parts;
    return {
      timeMs: Date.now(),
      station: { name, version, startedAtMs: this.#startedAtMs, runId: this.#runId },
      notices,
      streams: [...this.#streams.values()].map((stream) => stream.state()),
    };
  }

  onState(listener: (state: StationState) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  webrtcConfig(): { readonly iceServers: readonly IceServer[] } {
    return { iceServers: this.#parts.iceServers };
  }

  cameras(): Promise<readonly CameraInfo[]> {
    this.#cameras ??= this.#parts.listCameras().finally(() => (this.#cameras = null));
    return this.#cameras;
  }

  async watch(streamId: string | undefined, offerSdp: string): Promise<Session> {
    if (this.#closed !== null) throw StationError.closing();
    const stream = this.#stream(streamId);
    stream.admit();
    const { maxViewers } = this.#parts;
    if (this.#seats.size + this.#arriving >= maxViewers) throw StationError.stationFull(maxViewers);
    this.#arriving += 1;
    try {
      const viewer = await this.#seat(stream, offerSdp);
      return { viewerId: viewer.id, answerSdp: viewer.answerSdp, iceTag: viewer.iceTag };
    } finally {
      this.#arriving -= 1;
    }
  }

  async updateIce(viewerId: string, sdpFragment: string, expectedTag?: string): Promise<IceRestart | null> {
    return this.#seatOf(viewerId).viewer.updateIce(sdpFragment, expectedTag);
  }

  async addIceCandidate(viewerId: string, candidate: IceCandidate): Promise<void> {
    await this.#seatOf(viewerId).viewer.addIceCandidate(candidate);
  }

  async leave(viewerId: string): Promise<void> {
    const seat = this.#seatOf(viewerId);
    this.#clear(seat, 'left');
    await seat.viewer.close('left');
  }

  /** Ends all Viewers, then all Captures; resolves when they are gone. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    const seats = [...this.#seats.values()];
    for (const seat of seats) this.#clear(seat, 'station_closing');
    for (const ended of await Promise.allSettled(seats.map(({ viewer }) => viewer.close('station_closing')))) {
      if (ended.status === 'rejected') this.#parts.logger.error({ err: ended.reason }, 'a viewer could not be closed');
    }
    await Promise.all([...this.#streams.values()].map((stream) => stream.close()));
    this.#feed.close();
  }

  #makeStream(config: StreamConfig): Stream {
    const { startCapture, captureRetry, logger, lingerMs = defaultLingerMs } = this.#parts;
    return new Stream({
      config,
      startCapture,
      retry: captureRetry(),
      logger: logger.child({ stream: config.id }),
      lingerMs,
      changed: () => this.#feed.changed(),
    });
  }

  #stream(streamId: string | undefined): Stream {
    const stream = streamId === undefined ? this.#streams.values().next().value : this.#streams.get(streamId);
    if (stream === undefined) throw StationError.unknownStream();
    return stream;
  }

  #seatOf(viewerId: string): Seat {
    const seat = this.#seats.get(viewerId);
    if (seat === undefined) throw StationError.unknownViewer();
    return seat;
  }

  /** Makes a Viewer from the offer and gives it to the Stream; only then, because a refused offer must not start a detector. */
  async #seat(stream: Stream, offerSdp: string): Promise<Viewer> {
    let seat: Seat | null = null;
    let isGone = false;
    const viewer = await this.#parts.acceptViewer(offerSdp, {
      connected: () => seat && this.#connected(seat),
      keyframeWanted: () => seat?.stream.keyframeWanted(seat.viewer),
      gone: (reason) => {
        isGone = true;
        if (seat) this.#clear(seat, reason);
      },
    });
    if (isGone) throw StationError.unknownViewer();
    if (this.#closed !== null) {
      await viewer.close('station_closing');
      throw StationError.closing();
    }
    // The id is a secret: who knows it may steer the session. Its beginning is enough to tell viewers apart.
    const logger = this.#parts.logger.child({ stream: stream.id, viewer: viewer.id.slice(0, 8) });
    seat = { viewer, stream, logger };
    this.#seats.set(viewer.id, seat);
    stream.add(viewer);
    return viewer;
  }

  #connected(seat: Seat): void {
    seat.logger.info('viewer connected');
    seat.stream.keyframeWanted(seat.viewer);
  }

  /** Idempotent: the first reason is told. */
  #clear({ viewer, stream, logger }: Seat, reason: ViewerEnd): void {
    if (!this.#seats.delete(viewer.id)) return;
    stream.remove(viewer);
    logger.info({ reason, skippedFrames: viewer.skippedFrames }, 'viewer gone');
  }
}
