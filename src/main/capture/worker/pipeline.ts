import type { DetectorInfo } from '../../../shared/state.ts';
import type { Frame } from '../../station/frame.ts';
import type { RenditionSpec } from '../../station/ports.ts';
import type { FromCapture } from '../protocol.ts';
import type { Encoder, EngineParts } from './engine.ts';
import { makeMeter, toReading } from './measure.ts';
import type { RawPicture, ScreenPicture } from './picture.ts';
import type { SourceInfo } from './reader.ts';
import { makeShrinker } from './shrink.ts';
import { makeScreenWindow } from './window.ts';

/** Measured at most so often, on average. */
const readingIntervalMs = 100;
/** Pictures never come quite evenly: one that is so much early still counts as on time. */
const readingToleranceMs = 10;
/** Bitrate is planned for this rate where the Source doesn't tell its own. */
const usualFps = 30;

interface OpenRendition {
  readonly spec: RenditionSpec;
  /** Made at the first picture, and again when pictures change their size or type. */
  encoder: Encoder | null;
}

/** Takes each picture of the Source through measuring and encoding, and tells the station. */
export class Pipeline {
  readonly #engine: EngineParts;
  readonly #send: (message: FromCapture) => void;
  readonly #measure = makeMeter();
  readonly #window = makeScreenWindow();
  readonly #shrink = makeShrinker();
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
      this.#closeEncoders();
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
    this.#renditions.set(spec.id, { spec, encoder: null });
  }

  adjustRendition(spec: RenditionSpec): void {
    this.openRendition(spec);
  }

  closeRendition(id: string): void {
    void this.#renditions.get(id)?.encoder?.close();
    this.#renditions.delete(id);
  }

  /** A Rendition without an encoder yet begins with a keyframe anyway. */
  requestKeyframe(id: string): void {
    this.#renditions.get(id)?.encoder?.requestKeyframe();
  }

  async close(): Promise<void> {
    const renditions = [...this.#renditions.values()];
    this.#renditions.clear();
    await Promise.all(renditions.map(async ({ encoder }) => encoder?.close()));
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
    if (this.#renditions.size === 0) return;
    const screen = this.#shrink(this.#window.toScreen(picture));
    for (const rendition of this.#renditions.values()) {
      rendition.encoder ??= this.#openEncoder(rendition.spec, screen);
      rendition.encoder?.encode(screen);
    }
  }

  #openEncoder({ id, codec, kbitPerS }: RenditionSpec, screen: ScreenPicture): Encoder | null {
    if (codec === 'jpeg') return null;
    const { widthPx, heightPx, pixelType, isBt601 = false } = screen;
    const fps = this.#info.nominalFps ?? usualFps;
    return this.#engine.openEncoder(
      { codec, widthPx, heightPx, pixelType, isBt601, fps, kbitPerS },
      {
        frame: (frame: Frame) => this.#send({ kind: 'frame', renditionId: id, frame }),
        failed: (fault) => this.#send({ kind: 'failed', fault }),
      },
    );
  }

  #closeEncoders(): void {
    for (const rendition of this.#renditions.values()) {
      void rendition.encoder?.close();
      rendition.encoder = null;
    }
  }
}
