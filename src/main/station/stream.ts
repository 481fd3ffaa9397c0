import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { StationError } from '../../shared/errors.ts';
import type { RetryPolicy } from '../../shared/retry.ts';
import type { Quality, StreamConfig } from '../../shared/source.ts';
import type {
  DetectorInfo,
  PixelReading,
  PictureCodec,
  StreamState,
  VideoCodec,
  ViewerState,
} from '../../shared/state.ts';
import type { StreamEvent, StreamSetting, ViewerEnd } from '../../shared/stream-event.ts';
import { EventLog } from './event-log.ts';
import type { Frame } from './frame.ts';
import type { Capture, RenditionSpec, StartCapture, Viewer } from './ports.ts';
import { Rate } from './rate.ts';
import { Rendition } from './rendition.ts';
import { Supervisor } from './supervisor.ts';

/** For pictures of about 1280×720; smaller ones stay below it by themselves. */
const kbitPerSOf: Record<Quality, number> = { economy: 1_500, standard: 4_000, high: 8_000 };
/** A refused Player is told to wait at least so long. */
const minRetryAfterMs = 1_000;
const settable: readonly StreamSetting[] = ['name', 'source', 'pixelSizeUm', 'quality'];

export interface StreamParts {
  readonly config: StreamConfig;
  readonly startCapture: StartCapture;
  readonly retry: RetryPolicy;
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
  readonly #viewers = new Map<Viewer, Rendition>();
  readonly #renditions = new Map<VideoCodec, Rendition>();
  readonly #pictureRate = new Rate();
  readonly #log = new EventLog();
  #openedRenditions = 0;
  #detector: DetectorInfo | null = null;
  #reading: PixelReading | null = null;
  /** Of the Viewers that have gone. */
  #skippedFrames = 0;
  #lingerTimer: NodeJS.Timeout | undefined;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.#config = parts.config;
    this.#supervisor = new Supervisor({
      source: parts.config.source,
      startCapture: parts.startCapture,
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
  }

  get id(): string {
    return this.#config.id;
  }

  get events(): readonly StreamEvent[] {
    return this.#log.events;
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
      frozenSinceMs: null,
      renditions: [...this.#renditions.values()].filter(({ viewers }) => viewers > 0).map((each) => each.state()),
      viewers: this.#viewers.size,
      skippedFrames: this.#totalSkippedFrames,
      starts,
    };
  }

  viewerStates(): ViewerState[] {
    return [...this.#viewers.keys()].map((viewer) => ({
      id: viewer.id.slice(0, 8),
      streamId: this.id,
      codec: viewer.codec,
      scale: 1,
      isConnected: viewer.isConnected,
      ...viewer.telemetry(),
    }));
  }

  /**
   * Takes a new configuration with the same id. Only what differs is touched: a name or scale is just shown, another quality
   * opens the Renditions anew on the running Capture, another Source restarts the Capture. Viewers stay in each case.
   */
  configure(config: StreamConfig): void {
    const last = this.#config;
    if (isDeepStrictEqual(config, last)) return;
    this.#config = config;
    const settings = settable.filter((name) => !isDeepStrictEqual(config[name], last[name]));
    this.#log.add({ kind: 'settings_changed', settings });
    if (config.quality !== last.quality) {
      for (const rendition of this.#renditions.values()) rendition.reopen(this.#newSpec(rendition.codec));
    }
    if (!isDeepStrictEqual(config.source, last.source)) {
      this.#detector = null;
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
    this.#stopLingering();
    if (this.#supervisor.status.kind === 'idle') this.#parts.logger.info('stream started');
    this.#supervisor.start();
    const rendition = this.#renditions.get(viewer.codec) ?? this.#openRendition(viewer.codec);
    rendition.add(viewer);
    this.#viewers.set(viewer, rendition);
    this.#log.add({ kind: 'viewer_came', viewers: this.#viewers.size });
    this.#closeUnwatched();
    this.#parts.changed();
  }

  /** The Viewer has connected, or can't go on without a keyframe. */
  keyframeWanted(viewer: Viewer): void {
    this.#viewers.get(viewer)?.keyframeWanted(viewer);
  }

  /** The Viewer would like to be sent something else. */
  wishChanged(_viewer: Viewer): void {
    this.#parts.changed();
  }

  /** Idempotent. */
  remove(viewer: Viewer, reason: ViewerEnd): void {
    const rendition = this.#viewers.get(viewer);
    if (rendition === undefined) return;
    this.#viewers.delete(viewer);
    rendition.remove(viewer);
    this.#skippedFrames += viewer.skippedFrames;
    this.#log.add({ kind: 'viewer_gone', reason, viewers: this.#viewers.size });
    if (this.#viewers.size === 0) this.#linger();
    else this.#closeUnwatched();
    this.#parts.changed();
  }

  /** Puts the Source at rest until the next Viewer. Resolves when the Capture is gone. Idempotent. */
  async close(): Promise<void> {
    this.#stopLingering();
    for (const rendition of this.#renditions.values()) rendition.close();
    this.#renditions.clear();
    if (this.#supervisor.status.kind !== 'idle') this.#parts.logger.info('stream stopped');
    await this.#supervisor.stop();
  }

  get #totalSkippedFrames(): number {
    return [...this.#viewers.keys()].reduce((sum, each) => sum + each.skippedFrames, this.#skippedFrames);
  }

  #statusChanged(): void {
    this.#log.observeStatus(this.#supervisor.status);
    this.#parts.changed();
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

  #openRendition(codec: VideoCodec): Rendition {
    const rendition = new Rendition(this.#newSpec(codec), this.#supervisor, this.#parts.logger);
    this.#renditions.set(codec, rendition);
    rendition.attach(this.#supervisor.capture);
    return rendition;
  }

  #newSpec(codec: PictureCodec): RenditionSpec {
    this.#openedRenditions += 1;
    // Never the same id twice: pictures of a closed Rendition may still be on their way.
    return { id: `${codec}-${this.#openedRenditions}`, codec, scale: 1, kbitPerS: kbitPerSOf[this.#config.quality] };
  }

  /** While anyone watches, only what is watched is encoded; during the linger the last Rendition goes on. */
  #closeUnwatched(): void {
    for (const [codec, rendition] of this.#renditions) {
      if (rendition.viewers > 0) continue;
      rendition.close();
      this.#renditions.delete(codec);
    }
  }

  #captureChanged(capture: Capture | null): void {
    this.#pictureRate.clear();
    for (const rendition of this.#renditions.values()) rendition.attach(capture);
  }

  #detectorShown(info: DetectorInfo): void {
    this.#detector = info;
    this.#parts.changed();
  }

  #takeReading(reading: PixelReading): void {
    this.#pictureRate.observe(reading.number, performance.now());
    this.#reading = reading;
    this.#log.observeSkips(this.#totalSkippedFrames);
  }

  #publish(renditionId: string, frame: Frame): void {
    this.#pictureRate.observe(frame.number, performance.now());
    for (const rendition of this.#renditions.values()) if (rendition.id === renditionId) rendition.publish(frame);
  }
}
