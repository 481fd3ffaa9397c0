import type { Logger } from 'pino';
import type { Quality } from '../../shared/source.ts';
import type { DetectorInfo, PictureCodec, PictureScale, RenditionState } from '../../shared/state.ts';
import { ladderOf, maxKbitPerS, type Rung } from './bitrates.ts';
import type { Frame } from './frame.ts';
import { LinkChoice } from './link-choice.ts';
import type { PictureWatcher } from './picture-watcher.ts';
import type { Capture, Viewer } from './ports.ts';
import { Rendition, type Pace } from './rendition.ts';
import { usefulScales } from './scales.ts';
import { VideoPlace } from './video-place.ts';

/** Links are looked at so often. */
const lookEveryMs = 1_000;

export interface RenditionsParts {
  readonly quality: Quality;
  readonly pace: Pace;
  readonly logger: Logger;
}

/** What one Viewer is sent. */
interface Supply {
  readonly viewer: Viewer;
  readonly link: LinkChoice;
  readonly video: VideoPlace;
  /** Of the whole pictures; null while it wants none. */
  pictures: Rendition | null;
}

/**
 * The Renditions of one Stream, each made when a Viewer needs it: says which Viewer is sent which, from the size that it is shown at and
 * from what its link carries, and how many bits each may use.
 */
export class Renditions {
  readonly #parts: RenditionsParts;
  #quality: Quality;
  /** By codec and scale: no two are the same. */
  readonly #open = new Map<string, Rendition>();
  readonly #supplies = new Map<Viewer, Supply>();
  /** Those who need no session, and where they have their pictures from. */
  readonly #pictureWatchers = new Map<PictureWatcher, Rendition>();
  #detector: DetectorInfo | null = null;
  #capture: Capture | null = null;
  #openedCount = 0;
  #lookedMs = -Infinity;

  constructor(parts: RenditionsParts) {
    this.#parts = parts;
    this.#quality = parts.quality;
  }

  get viewers(): readonly Viewer[] {
    return [...this.#supplies.keys()];
  }

  /** How many watch, with or without a session. */
  get watching(): number {
    return this.#supplies.size + this.#pictureWatchers.size;
  }

  /** Of those that somebody watches. */
  states(): RenditionState[] {
    const served = [
      ...[...this.#supplies.values()].map(({ video, pictures }) => [video.rendition, pictures]),
      ...[...this.#pictureWatchers.values()].map((pictures) => [pictures]),
    ];
    return [...this.#open.values()].flatMap((rendition) => {
      const { length } = served.filter((renditions) => renditions.includes(rendition));
      return length === 0 ? [] : [rendition.state(length)];
    });
  }

  /** Of the video that a Viewer is sent. */
  scaleOf(viewer: Viewer): PictureScale {
    return this.#supplies.get(viewer)?.video.scale ?? 1;
  }

  add(viewer: Viewer): void {
    const link = new LinkChoice();
    const { scale } = link.best(this.#ladder(viewer));
    const video = new VideoPlace(viewer, this.#find(viewer.codec, scale), () => this.#closeUnwatched());
    this.#supplies.set(viewer, { viewer, link, video, pictures: null });
    this.wishChanged(viewer);
  }

  /** With the last Viewer everything goes on as it is, for those who come back at once. */
  remove(viewer: Viewer): void {
    const supply = this.#supplies.get(viewer);
    if (supply === undefined) return;
    this.#supplies.delete(viewer);
    supply.video.leave();
    supply.pictures?.remove(viewer);
    if (this.watching > 0) this.#tidy();
  }

  /** Gets the next picture, and no older one: who asks for one now wants to see what is there now. */
  addPictures(watcher: PictureWatcher): void {
    const pictures = this.#find('jpeg', watcher.wish.scale);
    this.#pictureWatchers.set(watcher, pictures);
    pictures.add(watcher);
    this.#tidy();
  }

  /** Its pictures are made no longer than somebody wants them: who comes back gets one as soon as there is one. */
  removePictures(watcher: PictureWatcher): void {
    const pictures = this.#pictureWatchers.get(watcher);
    if (pictures === undefined) return;
    this.#pictureWatchers.delete(watcher);
    pictures.remove(watcher);
    if (!pictures.isWatched) this.#closeOne(pictures);
    this.#limit();
  }

  keyframeWanted(viewer: Viewer): void {
    this.#supplies.get(viewer)?.video.keyframeWanted();
  }

  wishChanged(viewer: Viewer): void {
    const supply = this.#supplies.get(viewer);
    if (supply === undefined) return;
    this.#placeVideo(supply);
    this.#placePictures(supply);
    this.#tidy();
  }

  /** Opens all on another Capture, or waits for one. */
  attach(capture: Capture | null): void {
    this.#capture = capture;
    for (const { video } of this.#supplies.values()) video.restart();
    for (const rendition of this.#open.values()) rendition.attach(capture);
  }

  set detector(detector: DetectorInfo | null) {
    this.#detector = detector;
    this.#placeAll();
  }

  set quality(quality: Quality) {
    this.#quality = quality;
    this.#placeAll();
  }

  publish(renditionId: string, frame: Frame): void {
    for (const rendition of this.#open.values()) if (rendition.id === renditionId) rendition.publish(frame);
  }

  /** Looks at all links, at most once a second; to be called as long as pictures come. */
  look(nowMs: number): void {
    if (nowMs - this.#lookedMs < lookEveryMs) return;
    this.#lookedMs = nowMs;
    for (const supply of this.#supplies.values()) if (supply.viewer.isConnected) this.#lookAt(supply, nowMs);
    this.#limit();
  }

  close(): void {
    for (const rendition of this.#open.values()) rendition.close();
    this.#open.clear();
  }

  #lookAt(supply: Supply, nowMs: number): void {
    const { viewer, link, video } = supply;
    const { scale, kbitPerS, maxKbitPerS } = video.rendition;
    const { availableKbitPerS, backlogBytes, skippedFrames } = viewer.telemetry();
    const { recentLossShare: lossShare } = viewer;
    const ladder = this.#ladder(viewer);
    const before = link.best(ladder);
    link.observe(
      { rendition: { scale, kbitPerS, maxKbitPerS }, availableKbitPerS, lossShare, backlogBytes, skippedFrames },
      ladder,
      nowMs,
    );
    const best = link.best(ladder);
    if (best === before) return;
    const seen = { kbitPerS: Math.round(kbitPerS), availableKbitPerS, lossShare, skippedFrames };
    this.#parts.logger.debug(
      { viewer: viewer.id.slice(0, 8), before, best, ...seen },
      'the link of a viewer carries more or less than before',
    );
    this.#placeVideo(supply);
  }

  /** All that a Viewer may be sent: nothing larger than it is shown. */
  #ladder({ wish, codec }: Viewer): readonly Rung[] {
    const scales = usefulScales(this.#detector, wish.shownPx);
    return ladderOf(this.#quality, scales, this.#capture?.passesOn === codec);
  }

  #placeAll(): void {
    for (const supply of this.#supplies.values()) this.#placeVideo(supply);
    this.#limit();
  }

  #placeVideo({ viewer, link, video }: Supply): void {
    video.go(this.#find(viewer.codec, link.best(this.#ladder(viewer)).scale));
  }

  #placePictures(supply: Supply): void {
    const { viewer, pictures: before } = supply;
    const { pictures: wish } = viewer.wish;
    const pictures = wish === null ? null : this.#find('jpeg', wish.scale);
    if (pictures === before) return;
    before?.remove(viewer);
    supply.pictures = pictures;
    pictures?.add(viewer);
    // The last one is there at once, however long the next one takes.
    pictures?.keyframeWanted(viewer);
  }

  #find(codec: PictureCodec, scale: PictureScale): Rendition {
    const key = keyOf({ codec, scale });
    const known = this.#open.get(key);
    if (known) return known;
    // Never the same id twice: pictures of a closed Rendition may still be on their way.
    const id = `${key}-${++this.#openedCount}`;
    const spec = { id, codec, scale, kbitPerS: maxKbitPerS(this.#quality, scale) };
    const rendition = new Rendition(spec, this.#parts.pace, this.#parts.logger);
    this.#open.set(key, rendition);
    rendition.attach(this.#capture);
    return rendition;
  }

  #tidy(): void {
    this.#closeUnwatched();
    this.#limit();
  }

  #closeUnwatched(): void {
    for (const rendition of this.#open.values()) if (!rendition.isWatched) this.#closeOne(rendition);
  }

  #closeOne(rendition: Rendition): void {
    rendition.close();
    this.#open.delete(keyOf(rendition));
  }

  /** Each Rendition may use what all of its Viewers can take, and makes as many pictures as one of them wants. */
  #limit(): void {
    const supplies = [...this.#supplies.values()];
    for (const rendition of this.#open.values()) {
      const { scale } = rendition;
      const taken = supplies
        .filter(({ video }) => video.destination === rendition)
        .map(({ viewer, link }) => link.best(this.#ladder(viewer)).kbitPerS);
      const kbitPerS = Math.min(maxKbitPerS(this.#quality, scale), ...taken);
      const wishes = [
        ...supplies.flatMap(({ viewer, pictures }) => (pictures === rendition && viewer.wish.pictures) || []),
        ...[...this.#pictureWatchers].flatMap(([{ wish }, pictures]) => (pictures === rendition ? [wish] : [])),
      ];
      const maxFps = Math.max(...wishes.map((wish) => wish.maxFps));
      rendition.adjust(wishes.length === 0 ? { kbitPerS } : { kbitPerS, maxFps });
    }
  }
}

/** What tells the Renditions of one Stream apart. */
function keyOf({ codec, scale }: { readonly codec: PictureCodec; readonly scale: PictureScale }): string {
  return `${codec}-${scale}`;
}
