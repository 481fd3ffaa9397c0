import type { Engine, PictureCodec, SourceFault } from '../../../shared/state.ts';
import type { Source } from '../../../shared/source.ts';
import type { Frame } from '../../station/frame.ts';
import type { ScreenPicture } from './picture.ts';
import type { Reader, ReaderNotices } from './reader.ts';

/** The Sources whose pictures an engine has to decode; the others give raw pixels by themselves. */
export type DecodedSource = Extract<Source, { kind: 'camera' | 'url' | 'file' }>;

/** What an encoder plans its bits by; JPEG, whose quality is fixed, passes it over. */
export interface EncoderRate {
  /** Pictures may come at any other rate. */
  readonly fps: number;
  readonly kbitPerS: number;
}

export interface EncoderOptions extends EncoderRate {
  readonly codec: PictureCodec;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixelType: ScreenPicture['pixelType'];
  /** As in RawPicture; false for all that isn't `i420`. */
  readonly isBt601: boolean;
}

export interface EncoderNotices {
  /** In the order of the pictures, at once or some pictures later. */
  frame(frame: Frame): void;
  failed(fault: SourceFault): void;
}

/** Encodes the pictures of one Rendition. All pictures have the size and type it was made for. */
export interface Encoder {
  encode(picture: ScreenPicture): void;
  /** Makes the next picture a keyframe, where the engine can. */
  requestKeyframe(): void;
  /** Encodes by another rate from the next picture on. @returns False where that takes a new encoder, and nothing has changed. */
  adjust(rate: EncoderRate): boolean;
  close(): Promise<void>;
}

/** FFmpeg in one of its two forms. */
export interface EngineParts {
  readonly name: Engine;
  /** False where keyframes only come at a fixed distance. */
  readonly canKeyframeOnDemand: boolean;
  openReader(source: DecodedSource, notices: ReaderNotices): Reader;
  /** Decodes what somebody publishes; undefined where the engine can't. */
  openDecoder?(this: void, notices: ReaderNotices): Reader;
  openEncoder(options: EncoderOptions, notices: EncoderNotices): Encoder;
}
