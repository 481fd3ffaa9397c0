import type { PictureScale } from '../../../shared/state.ts';
import type { RenditionSpec } from '../../station/ports.ts';
import type { FromCapture } from '../protocol.ts';
import type { Encoder, EncoderRate, EngineParts } from './engine.ts';
import { makePace } from './pace.ts';
import type { Pace } from './pace.ts';
import type { ScreenPicture } from './picture.ts';

export interface OpenRenditionParts {
  readonly engine: EngineParts;
  readonly send: (message: FromCapture) => void;
  /** How many pictures a second the Source has, as far as that is known. */
  readonly sourceFps: () => number;
}

/** One Rendition: chooses its pictures, and sees to the encoder that fits them. */
export class OpenRendition {
  readonly #parts: OpenRenditionParts;
  #spec: RenditionSpec;
  #pace: Pace;
  /** Made at the first picture, and again when pictures change their size or type. */
  #encoder: Encoder | null = null;
  /** The one before it, which may still have a picture inside. */
  #retiring: Encoder | null = null;

  constructor(spec: RenditionSpec, parts: OpenRenditionParts) {
    this.#parts = parts;
    this.#spec = spec;
    this.#pace = makePace(spec.maxFps ?? Infinity);
  }

  get scale(): PictureScale {
    return this.#spec.scale;
  }

  /** Whether the picture that has just come is to be encoded; asked once for each. @param nowMs From a clock that nobody sets. */
  isDue(nowMs: number): boolean {
    return this.#pace.isDue(nowMs);
  }

  /** @param picture In this Rendition's scale. */
  encode(picture: ScreenPicture): void {
    this.#encoder ??= this.#openEncoder(picture);
    this.#encoder.encode(picture);
  }

  /** Takes another bitrate or number of pictures over. Where the encoder can't, the next picture gets a new one. */
  adjust(spec: RenditionSpec): void {
    const { codec, scale, kbitPerS, maxFps } = this.#spec;
    this.#spec = { ...spec, codec, scale };
    if (spec.maxFps !== maxFps) this.#pace = makePace(spec.maxFps ?? Infinity);
    else if (spec.kbitPerS === kbitPerS) return;
    if (!this.#encoder || this.#encoder.adjust(this.#rate())) return;
    void this.#retiring?.close();
    this.#retiring = this.#encoder;
    this.#encoder = null;
  }

  /** Makes the very next picture a keyframe. One without an encoder yet begins with a keyframe anyway. */
  requestKeyframe(): void {
    this.#pace.restart();
    this.#encoder?.requestKeyframe();
  }

  /** Ends the encoders. The next picture gets a new one. */
  async close(): Promise<void> {
    const encoders = [this.#encoder, this.#retiring];
    this.#encoder = null;
    this.#retiring = null;
    await Promise.all(encoders.map(async (encoder) => encoder?.close()));
  }

  #rate(): EncoderRate {
    const { kbitPerS, maxFps = Infinity } = this.#spec;
    return { kbitPerS, fps: Math.min(this.#parts.sourceFps(), maxFps) };
  }

  #openEncoder({ widthPx, heightPx, pixelType, isBt601 = false }: ScreenPicture): Encoder {
    const { engine, send } = this.#parts;
    const { id, codec } = this.#spec;
    const encoder: Encoder = engine.openEncoder(
      { codec, widthPx, heightPx, pixelType, isBt601, ...this.#rate() },
      {
        frame: (frame) => {
          if (encoder === this.#encoder) this.#endRetiring();
          send({ kind: 'frame', renditionId: id, frame });
        },
        failed: (fault) => send({ kind: 'failed', fault }),
      },
    );
    return encoder;
  }

  /** What it has not given by now would come too late: pictures stay in their order. */
  #endRetiring(): void {
    void this.#retiring?.close();
    this.#retiring = null;
  }
}
