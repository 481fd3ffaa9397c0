import type { Logger } from 'pino';
import type { RetryPolicy } from '../../shared/retry.ts';
import type { Source } from '../../shared/source.ts';
import type { DetectorInfo, PixelReading, SourceFault, StreamStatus } from '../../shared/state.ts';
import type { Frame } from './frame.ts';
import { Health, Rhythm } from './health.ts';
import type { Capture, CaptureNotices, StartCapture } from './ports.ts';

/** How often a running Capture is looked at. */
const lookEveryMs = 250;
/** A look that comes so late says that the station stood still, and nothing about the Capture. */
const lateLookMs = 1_500;
/** After so long with pictures, a failure counts as the first again. */
const goodAgainAfterMs = 30_000;
/** The wait where a policy would give up: a Supervisor never does. */
const lastResortDelayMs = 10_000;

/** How a Supervisor speaks up to its Stream. */
export interface SupervisorNotices {
  /** Another Capture runs from now on, or none until the next is started. */
  captureChanged(capture: Capture | null): void;
  detector(info: DetectorInfo): void;
  reading(reading: PixelReading): void;
  frame(renditionId: string, frame: Frame): void;
  statusChanged(): void;
}

export interface SupervisorParts {
  readonly source: Source;
  readonly startCapture: StartCapture;
  readonly retry: RetryPolicy;
  readonly logger: Logger;
  readonly notices: SupervisorNotices;
}

/** One life of a Capture. What a Capture says after its run was given up is nobody's business. */
interface Run {
  readonly health: Health;
  capture: Capture | null;
  lookTimer: NodeJS.Timeout | undefined;
  lastLookMs: number;
}

/** Keeps one Capture alive from `start()` to `stop()`: watches its pictures, replaces it when they stay away, never gives up. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  #source: Source;
  #rhythm = new Rhythm();
  #status: StreamStatus = { kind: 'idle' };
  #canKeyframeOnDemand = true;
  #starts = 0;
  /** Aborted by `stop()`; null while nobody wants a Capture. */
  #wish: AbortController | null = null;
  #run: Run | null = null;
  /** Set while the last Capture is still going away. */
  #leaving: Promise<void> | null = null;
  #retryTimer: NodeJS.Timeout | undefined;
  /** Failures in a row. */
  #attempt = 0;
  /** Runs in a row that ended without showing a picture in time. */
  #silentStarts = 0;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#source = parts.source;
  }

  get status(): StreamStatus {
    return this.#status;
  }

  /** How often a Capture was started. */
  get starts(): number {
    return this.#starts;
  }

  /** The running Capture, if there is one now. */
  get capture(): Capture | null {
    return this.#run?.capture ?? null;
  }

  /** Whether the Capture can make any picture a keyframe; supposed until it says otherwise. */
  get canKeyframeOnDemand(): boolean {
    return this.#canKeyframeOnDemand;
  }

  /** The time to expect between two pictures; 0 while nothing is known. */
  get intervalMs(): number {
    return this.#rhythm.intervalMs;
  }

  /** Idempotent. */
  start(): void {
    if (this.#wish !== null) return;
    this.#wish = new AbortController();
    this.#attempt = 0;
    this.#silentStarts = 0;
    this.#setStatus({ kind: 'starting' });
    this.#launchSoon(this.#wish.signal);
  }

  /** Resolves when the Capture is gone. Idempotent. */
  async stop(): Promise<void> {
    if (this.#wish !== null) {
      this.#endWish(this.#wish);
      this.#setStatus({ kind: 'idle' });
    }
    await this.#leaving;
  }

  /** The Source may be there again: a Capture that is wanted need not wait for its next try. */
  retryNow(): void {
    if (this.#wish === null || this.#run !== null || this.#status.kind !== 'offline') return;
    clearTimeout(this.#retryTimer);
    this.#attempt = 0;
    this.#launchSoon(this.#wish.signal);
  }

  /** Reads another Source from now on. A Capture that is wanted is started anew at once. */
  changeSource(source: Source): void {
    this.#source = source;
    // What was learned is true of the last Source only.
    this.#rhythm = new Rhythm();
    this.#canKeyframeOnDemand = true;
    if (this.#wish === null) return;
    this.#endWish(this.#wish);
    this.start();
  }

  #endWish(wish: AbortController): void {
    wish.abort();
    this.#wish = null;
    clearTimeout(this.#retryTimer);
    this.#giveUpRun();
  }

  #launchSoon(wish: AbortSignal): void {
    if (this.#leaving === null) return this.#launch();
    // A camera can be opened only once, so the last Capture has to be gone before the next is started.
    void this.#leaving.then(() => {
      if (!wish.aborted) this.#launch();
    });
  }

  #launch(): void {
    const now = performance.now();
    const run: Run = {
      health: new Health(this.#rhythm, this.#silentStarts, now),
      capture: null,
      lookTimer: undefined,
      lastLookMs: now,
    };
    this.#run = run;
    this.#starts += 1;
    const capture = this.#parts.startCapture(this.#source, this.#noticesOf(run));
    if (this.#run !== run) {
      // It ended before it was handed over; how is already told.
      this.#letGo(capture);
      return;
    }
    run.capture = capture;
    run.lookTimer = setInterval(() => this.#look(run), lookEveryMs);
    this.#parts.logger.debug({ pid: capture.pid, starts: this.#starts }, 'capture started');
    this.#parts.notices.captureChanged(capture);
  }

  #noticesOf(run: Run): CaptureNotices {
    const { notices } = this.#parts;
    const isCurrent = () => this.#run === run;
    return {
      detector: (info, canKeyframeOnDemand) => {
        if (!isCurrent()) return;
        this.#canKeyframeOnDemand = canKeyframeOnDemand;
        this.#rhythm.nominalIntervalMs = info.nominalFps === undefined ? 0 : 1_000 / info.nominalFps;
        notices.detector(info);
      },
      reading: (reading) => {
        if (!isCurrent()) return;
        this.#rhythm.exposureMs = reading.exposureMs ?? 0;
        this.#sawPicture(run, reading.number);
        notices.reading(reading);
      },
      frame: (renditionId, frame) => {
        if (!isCurrent()) return;
        this.#sawPicture(run, frame.number);
        notices.frame(renditionId, frame);
      },
      ended: (fault) => {
        if (isCurrent()) this.#lose(fault);
      },
    };
  }

  #sawPicture(run: Run, number: number): void {
    const isFirst = !run.health.hasPictures;
    run.health.picture(number, performance.now());
    if (!isFirst) return;
    this.#silentStarts = 0;
    const before = this.#status;
    const outageMs = before.kind === 'offline' ? Date.now() - before.sinceMs : undefined;
    this.#parts.logger.info({ outageMs }, outageMs === undefined ? 'stream live' : 'stream live again');
    this.#setStatus({ kind: 'live' });
  }

  #look(run: Run): void {
    const now = performance.now();
    if (now - run.lastLookMs > lateLookMs) run.health.excuseSilence(now);
    run.lastLookMs = now;
    const fault = run.health.fault(now);
    if (fault === null) return;
    if (!run.health.hasPictures) this.#silentStarts += 1;
    this.#lose(fault);
  }

  /** The running Capture has ended or is useless: tell why, and try again later. */
  #lose(fault: SourceFault): void {
    const goodForMs = this.#run?.health.goodForMs ?? 0;
    this.#giveUpRun();
    if (this.#wish === null) return;
    const { signal } = this.#wish;
    this.#attempt = goodForMs >= goodAgainAfterMs ? 1 : this.#attempt + 1;
    const delayMs = this.#parts.retry.delayMs(this.#attempt) ?? lastResortDelayMs;
    this.#retryTimer = setTimeout(() => this.#launchSoon(signal), delayMs);
    this.#tellOffline(fault, delayMs);
  }

  #tellOffline(fault: SourceFault, delayMs: number): void {
    const now = Date.now();
    const isNews = this.#status.kind !== 'offline';
    const sinceMs = this.#status.kind === 'offline' ? this.#status.sinceMs : now;
    const facts = { reason: fault.reason, detail: fault.detail, attempt: this.#attempt, nextTryInMs: delayMs };
    if (isNews) this.#parts.logger.warn(facts, `stream offline: ${fault.detail}`);
    else this.#parts.logger.debug(facts, 'stream still offline');
    this.#setStatus({ kind: 'offline', fault, sinceMs, nextTryAtMs: now + delayMs, attempt: this.#attempt });
  }

  #giveUpRun(): void {
    const run = this.#run;
    if (run === null) return;
    this.#run = null;
    clearInterval(run.lookTimer);
    if (run.capture === null) return;
    this.#letGo(run.capture);
    this.#parts.notices.captureChanged(null);
  }

  #letGo(capture: Capture): void {
    const leaving = capture
      .close()
      .catch((error: unknown) => {
        this.#parts.logger.error({ err: error, pid: capture.pid }, 'a capture could not be closed');
      })
      .then(() => {
        if (this.#leaving === leaving) this.#leaving = null;
      });
    this.#leaving = leaving;
  }

  #setStatus(status: StreamStatus): void {
    this.#status = status;
    this.#parts.notices.statusChanged();
  }
}
