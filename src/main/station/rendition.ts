import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { PictureCodec, PictureScale, RenditionState } from '../../shared/state.ts';
import type { ViewerEnd } from '../../shared/stream-event.ts';
import type { Frame } from './frame.ts';
import { PictureCache } from './picture-cache.ts';
import type { Capture, RenditionSpec } from './ports.ts';
import { Rate } from './rate.ts';

/** How many keyframes may be asked for in one second: each costs as much as ten other pictures. */
const maxRequestsPerS = 2;
/** A request that was not answered for so long may be repeated. */
const requestPatienceMs = 1_000;
/** A wish that comes so soon after a keyframe was most likely sent before that keyframe arrived. */
const justServedMs = 500;
/** For clients that never ask. */
const keyframeEveryMs = 10_000;
/** Where pictures are further apart, waiting for the next one would be felt. */
const slowIntervalMs = 250;

/** What a Rendition has to know of its Source. */
export interface Pace {
  readonly canKeyframeOnDemand: boolean;
  /** The time to expect between two pictures; 0 while nothing is known. */
  readonly intervalMs: number;
}

/** Who is handed the pictures of a Rendition: a Viewer, or what stands between the two. */
export interface Watcher {
  readonly isConnected: boolean;
  write(frame: Frame): void;
  close(reason: ViewerEnd): Promise<void>;
}

interface Served {
  readonly watcher: Watcher;
  /** It wished for a keyframe and was not given one since. */
  isWaiting: boolean;
  keyframeGivenMs: number;
}

/**
 * One encoding of a Stream for any number of Viewers, who all get the same bytes. A Viewer starts, and starts again, with a
 * keyframe: the very next picture where the encoder is asked for it, or else the pictures since the last keyframe.
 * Those are handed to the one Viewer that wished, all of them up to the newest, so that the live pictures go on after them.
 */
export class Rendition {
  #spec: RenditionSpec;
  readonly #pace: Pace;
  readonly #logger: Logger;
  readonly #watchers = new Map<Watcher, Served>();
  readonly #cache = new PictureCache();
  readonly #bitRate = new Rate();
  #sentBits = 0;
  #capture: Capture | null = null;
  /** Until the first keyframe of the present Capture nothing can be decoded. */
  #hasKeyframe = false;
  #lastKeyframeMs = 0;
  /** The request that no keyframe has answered yet. */
  #requestedMs: number | null = null;
  /** The last requests, oldest first. */
  #requestTimesMs: number[] = [];
  #isWriting = false;

  constructor(spec: RenditionSpec, pace: Pace, logger: Logger) {
    this.#spec = spec;
    this.#pace = pace;
    this.#logger = logger;
  }

  get id(): string {
    return this.#spec.id;
  }

  get codec(): PictureCodec {
    return this.#spec.codec;
  }

  get scale(): PictureScale {
    return this.#spec.scale;
  }

  /** Whether its pictures are somebody else's, as they came. */
  get isPassedOn(): boolean {
    return this.scale === 1 && this.#capture?.passesOn === this.codec;
  }

  /** Those too that are about to come from another Rendition. */
  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** What it sends to each Viewer, over the last two seconds. */
  get kbitPerS(): number {
    return (this.#bitRate.perSecond(performance.now()) ?? 0) / 1_000;
  }

  /** What its encoder may use at most. */
  get maxKbitPerS(): number {
    return this.#spec.kbitPerS;
  }

  state(viewers: number): RenditionState {
    const { codec, scale, maxKbitPerS } = this;
    const kbitPerS = Math.round(this.kbitPerS);
    if (this.isPassedOn) return { codec, scale, viewers, kbitPerS, maxKbitPerS: null, isPassedOn: true };
    return { codec, scale, viewers, kbitPerS, maxKbitPerS: codec === 'jpeg' ? null : maxKbitPerS };
  }

  add(watcher: Watcher): void {
    this.#watchers.set(watcher, { watcher, isWaiting: false, keyframeGivenMs: -Infinity });
  }

  remove(watcher: Watcher): void {
    this.#watchers.delete(watcher);
  }

  /** Opens this Rendition on a new Capture, or waits for the next one. What came from the last one is forgotten. */
  attach(capture: Capture | null): void {
    this.#capture = capture;
    this.#hasKeyframe = false;
    this.#cache.clear();
    this.#bitRate.clear();
    this.#requestTimesMs = [];
    // Every encoder begins with a keyframe, as if it had been asked.
    this.#requestedMs = performance.now();
    capture?.openRendition(this.#spec);
  }

  /** Encodes with other limits from the next picture on. */
  adjust(limits: Pick<RenditionSpec, 'kbitPerS' | 'maxFps'>): void {
    const spec = { ...this.#spec, ...limits };
    if (isDeepStrictEqual(spec, this.#spec)) return;
    this.#spec = spec;
    this.#capture?.adjustRendition(spec);
  }

  close(): void {
    this.#capture?.closeRendition(this.id);
    this.#capture = null;
    this.#cache.clear();
  }

  publish(frame: Frame): void {
    if (!this.#hasKeyframe && !frame.isKeyframe) return;
    const now = performance.now();
    if (frame.isKeyframe) {
      this.#hasKeyframe = true;
      this.#lastKeyframeMs = now;
      this.#requestedMs = null;
    }
    this.#sentBits += 8 * frame.data.byteLength;
    this.#bitRate.observe(this.#sentBits, now);
    this.#cache.add(frame);
    this.#isWriting = true;
    for (const served of this.#watchers.values()) this.#write(served, frame, now);
    this.#isWriting = false;
    this.#keepKeyframesComing(now);
  }

  /** A Viewer has joined, or can't go on without a keyframe. */
  keyframeWanted(watcher: Watcher): void {
    const served = this.#watchers.get(watcher);
    if (served === undefined) return;
    served.isWaiting = true;
    // A Viewer that wishes while it is written to is served after the picture that it is just being given.
    if (this.#isWriting) return;
    const now = performance.now();
    const isComing = this.#requestKeyframe(now);
    const isComingSoon = isComing && this.#pace.intervalMs <= slowIntervalMs;
    // To a Viewer that was just served, a replay would be a jump into the past; it waits for the next request that is allowed.
    if (!isComingSoon && now - served.keyframeGivenMs >= justServedMs) this.#replay(served, now);
  }

  #write(served: Served, frame: Frame, now: number): void {
    const { watcher } = served;
    if (!watcher.isConnected) return;
    if (frame.isKeyframe) {
      served.isWaiting = false;
      served.keyframeGivenMs = now;
    }
    try {
      watcher.write(frame);
    } catch (error) {
      this.#logger.error({ err: error }, 'a viewer failed and is closed');
      this.#watchers.delete(watcher);
      watcher.close('internal_error').catch((closeError: unknown) => {
        this.#logger.error({ err: closeError }, 'a viewer could not be closed');
      });
    }
  }

  #replay(served: Served, now: number): void {
    this.#isWriting = true;
    for (const frame of this.#cache.frames) {
      if (this.#watchers.has(served.watcher)) this.#write(served, frame, now);
    }
    this.#isWriting = false;
  }

  #keepKeyframesComing(now: number): void {
    const isNextTooLate = now + this.#pace.intervalMs - this.#lastKeyframeMs >= keyframeEveryMs;
    if (isNextTooLate || this.#isSomeoneWaiting()) this.#requestKeyframe(now);
  }

  #isSomeoneWaiting(): boolean {
    for (const { isWaiting } of this.#watchers.values()) if (isWaiting) return true;
    return false;
  }

  /** @returns Whether a keyframe is on its way. */
  #requestKeyframe(now: number): boolean {
    // Each picture by itself is as good as a keyframe.
    if (this.codec === 'jpeg') return false;
    if (this.#capture === null) return true;
    if (!this.#pace.canKeyframeOnDemand) return false;
    if (this.#requestedMs !== null && now - this.#requestedMs < requestPatienceMs) return true;
    this.#requestTimesMs = this.#requestTimesMs.filter((timeMs) => now - timeMs < 1_000);
    if (this.#requestTimesMs.length >= maxRequestsPerS) return false;
    this.#requestTimesMs.push(now);
    this.#requestedMs = now;
    this.#capture.requestKeyframe(this.id);
    return true;
  }
}
