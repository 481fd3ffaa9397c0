import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { StationError } from '../../shared/errors.ts';
import type { RetryPolicy } from '../../shared/retry.ts';
import type { Source, StreamConfig } from '../../shared/source.ts';
import type { DetectorInfo, PixelReading, StreamState, VideoCodec, ViewerState } from '../../shared/state.ts';
import type { StreamEvent, StreamSetting, ViewerEnd } from '../../shared/stream-event.ts';
import { EventLog } from './event-log.ts';
import type { Frame, VideoFrame } from './frame.ts';
import { FrozenWatch } from './frozen.ts';
import type { PictureWatcher } from './picture-watcher.ts';
import type { Capture, CaptureNotices, Publisher, StartCapture, Viewer, WatchStation } from './ports.ts';
import { PublishedFeed } from './published-feed.ts';
import { Rate } from './rate.ts';
import { Renditions } from './renditions.ts';
import { Supervisor } from './supervisor.ts';
import { WatchedCapture } from './watched-capture.ts';

/** A refused Player is told to wait at least so long. */
const minRetryAfterMs = 1_000;
const settable: readonly StreamSetting[] = ['name', 'source', 'pixelSizeUm', 'quality'];

export interface StreamParts {
  readonly config: StreamConfig;
  readonly startCapture: StartCapture;
  readonly watchStation: WatchStation;
  readonly retry: RetryPolicy;
  /** For the process that decodes what is published, or comes from another station. */
  readonly decodeRetry: RetryPolicy;
  readonly logger: Logger;
  /** How long the Capture goes on after the last Viewer has gone, for those who come back at once. */
  readonly lingerMs: number;
  /** Called when something that a screen shows has changed. */
  readonly changed: () => void;
}

/** One named live feed: keeps its Capture alive while anyone watches and hands each Frame to its Viewers. */
export class Stream {
  readonly #parts: StreamParts;
  #config: StreamConfig;
  readonly #supervisor: Supervisor;
  readonly #renditions: Renditions;
  readonly #published: PublishedFeed;
  readonly #frozen = new FrozenWatch();
  readonly #pictureRate = new Rate();
  readonly #log = new EventLog();
  #detector: DetectorInfo | null = null;
  #reading: PixelReading | null = null;
  /** Of the Viewers that have gone. */
  #skippedFrames = 0;
  #lingerTimer: NodeJS.Timeout | undefined;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.#config = parts.config;
    const { startCapture, decodeRetry: retry, logger } = parts;
    this.#published = new PublishedFeed({ startCapture, retry, logger });
    this.#supervisor = new Supervisor({
      source: parts.config.source,
      startCapture: (source, notices) => this.#startCapture(source, notices),
      retry: parts.retry,
      logger: parts.logger,
      notices: {
        captureChanged: (capture) => this.#captureChanged(capture),
        detector: (info) => this.#detectorShown(info),
        reading: (reading) => this.#takeReading(reading),
        frame: (renditionId, frame) => this.#publish(renditionId, frame),
        statusChanged: () => this.#statusChanged(),
      },
    });
    const { quality } = parts.config;
    this.#renditions = new Renditions({ quality, pace: this.#supervisor, logger: parts.logger });
  }

  get id(): string {
    return this.#config.id;
  }

  get events(): readonly StreamEvent[] {
    return this.#log.events;
  }

  /** Whether anybody may publish to it. */
  get isPublished(): boolean {
    return this.#config.source.kind === 'published';
  }

  get publisher(): Publisher | null {
    return this.#published.publisher;
  }

  /** Shows the pictures of this one from now on, or waits for one. */
  set publisher(publisher: Publisher | null) {
    this.#published.publisher = publisher;
    if (publisher) this.#supervisor.retryNow();
    this.#parts.changed();
  }

  /** The codec in which its pictures need not be encoded again; undefined where it makes no difference. */
  get preferredCodec(): VideoCodec | undefined {
    return this.#published.codec ?? this.#supervisor.capture?.passesOn;
  }

  takePublished(frame: VideoFrame): void {
    this.#published.take(frame);
  }

  state(): StreamState {
    const config = this.#config;
    const { status, starts } = this.#supervisor;
    return {
      id: config.id,
      name: config.name,
      sourceKind: config.source.kind,
      pixelSizeUm: config.pixelSizeUm ?? this.#detector?.pixelSizeUm ?? null,
      status,
      detector: this.#detector,
      fps: status.kind === 'live' ? this.#pictureRate.perSecond(performance.now()) : null,
      reading: this.#reading,
      frozenSinceMs: this.#frozenSinceMs,
      renditions: this.#renditions.states(),
      viewers: this.#renditions.watching,
      skippedFrames: this.#totalSkippedFrames,
      starts,
    };
  }

  viewerStates(): ViewerState[] {
    return this.#renditions.viewers.map((viewer) => ({
      id: viewer.id.slice(0, 8),
      streamId: this.id,
      codec: viewer.codec,
      scale: this.#renditions.scaleOf(viewer),
      isConnected: viewer.isConnected,
      ...viewer.telemetry(),
    }));
  }

  /**
   * Takes a new configuration with the same id. Only what differs is touched: a name or scale is just shown, another quality
   * sets the Renditions other limits while they run, another Source restarts the Capture. Viewers stay in each case.
   */
  configure(config: StreamConfig): void {
    const last = this.#config;
    if (isDeepStrictEqual(config, last)) return;
    this.#config = config;
    const settings = settable.filter((name) => !isDeepStrictEqual(config[name], last[name]));
    this.#log.add({ kind: 'settings_changed', settings });
    if (config.quality !== last.quality) this.#renditions.quality = config.quality;
    if (!isDeepStrictEqual(config.source, last.source)) {
      this.#setDetector(null);
      this.#reading = null;
      this.#supervisor.changeSource(config.source);
    }
    this.#parts.changed();
  }

  /** Refuses a Viewer that would have nothing to see. */
  admit(): void {
    const { status } = this.#supervisor;
    if (status.kind !== 'offline') return;
    // It was told that the station keeps trying, so the linger starts anew.
    if (this.#lingerTimer !== undefined) this.#linger();
    throw StationError.sourceOffline(Math.max(minRetryAfterMs, status.nextTryAtMs - Date.now()));
  }

  /** Starts the Capture where none runs, so that it gets going while the Viewer still connects. */
  add(viewer: Viewer): void {
    this.#start();
    this.#renditions.add(viewer);
    this.#log.add({ kind: 'viewer_came', viewers: this.#renditions.watching });
    this.#parts.changed();
  }

  /** Not written down as a Viewer is: a program that asks for one picture each second would leave room for nothing else. */
  addPictures(watcher: PictureWatcher): void {
    this.#start();
    this.#renditions.addPictures(watcher);
    this.#parts.changed();
  }

  removePictures(watcher: PictureWatcher): void {
    this.#renditions.removePictures(watcher);
    if (this.#renditions.watching === 0) this.#linger();
    this.#parts.changed();
  }

  /** The Viewer has connected, or can't go on without a keyframe. */
  keyframeWanted(viewer: Viewer): void {
    this.#renditions.keyframeWanted(viewer);
  }

  /** The Viewer would like to be sent something else. */
  wishChanged(viewer: Viewer): void {
    this.#renditions.wishChanged(viewer);
    this.#parts.changed();
  }

  /** Idempotent. */
  remove(viewer: Viewer, reason: ViewerEnd): void {
    if (!this.#renditions.viewers.includes(viewer)) return;
    this.#renditions.remove(viewer);
    this.#skippedFrames += viewer.skippedFrames;
    const viewers = this.#renditions.watching;
    this.#log.add({ kind: 'viewer_gone', reason, viewers });
    if (viewers === 0) this.#linger();
    this.#parts.changed();
  }

  /** Puts the Source at rest until the next Viewer. Resolves when the Capture is gone. Idempotent. */
  async close(): Promise<void> {
    this.#stopLingering();
    this.#renditions.close();
    if (this.#supervisor.status.kind !== 'idle') this.#parts.logger.info('stream stopped');
    await this.#supervisor.stop();
  }

  #startCapture(source: Source, notices: CaptureNotices): Capture {
    const { startCapture, watchStation, decodeRetry: retry, logger } = this.#parts;
    if (source.kind === 'published') return this.#published.startCapture(notices);
    if (source.kind !== 'station') return startCapture(source, notices);
    return new WatchedCapture({ source, notices, watchStation, startCapture, retry, logger });
  }

  get #totalSkippedFrames(): number {
    return this.#renditions.viewers.reduce((sum, each) => sum + each.skippedFrames, this.#skippedFrames);
  }

  #statusChanged(): void {
    this.#log.observeStatus(this.#supervisor.status);
    this.#parts.changed();
  }

  #start(): void {
    this.#stopLingering();
    if (this.#supervisor.status.kind === 'idle') this.#parts.logger.info('stream started');
    this.#supervisor.start();
  }

  #linger(): void {
    this.#stopLingering();
    this.#lingerTimer = setTimeout(() => {
      this.#lingerTimer = undefined;
      void this.close();
    }, this.#parts.lingerMs);
  }

  #stopLingering(): void {
    clearTimeout(this.#lingerTimer);
    this.#lingerTimer = undefined;
  }

  #captureChanged(capture: Capture | null): void {
    this.#pictureRate.clear();
    this.#frozen.reset();
    this.#renditions.attach(capture);
  }

  #detectorShown(info: DetectorInfo): void {
    this.#setDetector(info);
    this.#parts.changed();
  }

  #setDetector(info: DetectorInfo | null): void {
    this.#detector = info;
    this.#renditions.detector = info;
  }

  #takeReading(reading: PixelReading): void {
    const nowMs = performance.now();
    this.#pictureRate.observe(reading.number, nowMs);
    this.#reading = reading;
    this.#watchForFreeze(reading, nowMs);
    this.#renditions.look(nowMs);
    this.#log.observeSkips(this.#totalSkippedFrames);
  }

  #watchForFreeze(reading: PixelReading, nowMs: number): void {
    // Of a recording nobody knows what was still when it was made; and an encoder leaves the noise out.
    if (['file', 'published', 'station'].includes(this.#config.source.kind)) return;
    const { sinceMs: before } = this.#frozen;
    this.#frozen.take(reading, nowMs);
    const { sinceMs } = this.#frozen;
    if (sinceMs === before) return;
    if (sinceMs !== null) this.#log.add({ kind: 'frozen' });
    else if (before !== null) this.#log.add({ kind: 'thawed', frozenForMs: Math.round(nowMs - before) });
    this.#parts.changed();
  }

  get #frozenSinceMs(): number | null {
    const { sinceMs } = this.#frozen;
    return sinceMs === null ? null : Math.round(Date.now() - performance.now() + sinceMs);
  }

  #publish(renditionId: string, frame: Frame): void {
    this.#pictureRate.observe(frame.number, performance.now());
    this.#renditions.publish(renditionId, frame);
  }
}
