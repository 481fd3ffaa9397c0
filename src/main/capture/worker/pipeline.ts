import type { DetectorInfo } from '../../../shared/state.ts';
import type { RenditionSpec } from '../../station/ports.ts';
import type { FromCapture } from '../protocol.ts';
import type { EngineParts } from './engine.ts';
import { makeMeter, toReading } from './measure.ts';
import { OpenRendition } from './open-rendition.ts';
import type { RawPicture } from './picture.ts';
import type { SourceInfo } from './reader.ts';
import { makeScales } from './scales.ts';
import { makeShrinker } from './shrink.ts';
import { makeScreenWindow } from './window.ts';

/** Measured at most so often, on average. */
const readingIntervalMs = 100;
/** Pictures never come quite evenly: one that is so much early still counts as on time. */
const readingToleranceMs = 50;
/** Bitrate is planned for this rate where the Source doesn't tell its own. */
const usualFps = 30;

/** Takes each picture of the Source through measuring and encoding, and tells the station. */
export class Pipeline {
  readonly #engine: EngineParts;
  readonly #send: (message: FromCapture) => void;
  readonly #measure = makeMeter();
  readonly #window = makeScreenWindow();
  readonly #shrink = makeShrinker();
  readonly #scales = makeScales();
  readonly #renditions = new Map<string, OpenRendition>();
  #info: SourceInfo = {};
  #shape = '';
  #nextReadingMs = -Infinity;

  constructor(engine: EngineParts, send: (message: FromCapture) => void) {
    this.#engine = engine;
    this.#send = send;
  }

  opened(info: SourceInfo): void {
    this.#info = info;
  }

  picture(picture: RawPicture): void {
    if (this.#hasNewShape(picture)) {
      // Each size and type needs encoders of its own.
      for (const rendition of this.#renditions.values()) void rendition.close();
      this.#send({
        kind: 'detector',
        info: this.#describe(picture),
        canKeyframeOnDemand: this.#engine.canKeyframeOnDemand,
      });
      // The window has to know what it shows before it can show it.
      this.#read(picture);
      this.#encode(picture);
      return;
    }
    // Encoded first, since somebody waits for the picture and nobody for the numbers.
    this.#encode(picture);
    if (performance.now() >= this.#nextReadingMs - readingToleranceMs) this.#read(picture);
  }

  openRendition(spec: RenditionSpec): void {
    this.closeRendition(spec.id);
    const parts = {
      engine: this.#engine,
      send: this.#send,
      sourceFps: () => this.#info.nominalFps ?? usualFps,
    };
    this.#renditions.set(spec.id, new OpenRendition(spec, parts));
  }

  adjustRendition(spec: RenditionSpec): void {
    this.#renditions.get(spec.id)?.adjust(spec);
  }

  closeRendition(id: string): void {
    void this.#renditions.get(id)?.close();
    this.#renditions.delete(id);
  }

  requestKeyframe(id: string): void {
    this.#renditions.get(id)?.requestKeyframe();
  }

  async close(): Promise<void> {
    const renditions = [...this.#renditions.values()];
    this.#renditions.clear();
    await Promise.all(renditions.map((rendition) => rendition.close()));
  }

  #hasNewShape({ widthPx, heightPx, pixelType, significantBits }: RawPicture): boolean {
    const shape = `${widthPx}×${heightPx} ${pixelType} ${significantBits}`;
    if (shape === this.#shape) return false;
    this.#shape = shape;
    return true;
  }

  #describe({ widthPx, heightPx, pixelType, significantBits }: RawPicture): DetectorInfo {
    return { widthPx, heightPx, pixelType, significantBits, engine: this.#engine.name, ...this.#info };
  }

  #read(picture: RawPicture): void {
    this.#nextReadingMs = Math.max(this.#nextReadingMs, performance.now()) + readingIntervalMs;
    const measured = this.#measure(picture);
    const display = this.#window.follow(picture, measured);
    this.#send({ kind: 'reading', reading: toReading(picture, measured, display) });
  }

  #encode(picture: RawPicture): void {
    const nowMs = performance.now();
    const due = [...this.#renditions.values()].filter((rendition) => rendition.isDue(nowMs));
    if (due.length === 0) return;
    const inScale = this.#scales(this.#shrink(this.#window.toScreen(picture)));
    // The newest first: who moves to it leaves the older one with this very picture, and is not sent it twice.
    for (const rendition of due.toReversed()) rendition.encode(inScale(rendition.scale));
  }
}
