import type { Frame } from '../../station/frame.ts';
import type { EncoderOptions } from './engine.ts';
import type { ScreenPicture } from './picture.ts';

/** Encoders leave out the last column or row of odd sizes, since 4:2:0 has none. */
export function evenSize({ widthPx, heightPx }: Pick<EncoderOptions, 'widthPx' | 'heightPx'>): {
  readonly widthPx: number;
  readonly heightPx: number;
} {
  return { widthPx: widthPx & ~1, heightPx: heightPx & ~1 };
}

/** @param picture What `encoded` was made of. */
export function toFrame(
  options: EncoderOptions,
  { number, captureTimeMs }: Pick<ScreenPicture, 'number' | 'captureTimeMs'>,
  encoded: { readonly data: Uint8Array; readonly isKeyframe: boolean },
): Frame {
  const { codec } = options;
  const { data, isKeyframe } = encoded;
  if (codec === 'jpeg') return { number, captureTimeMs, data, codec, isKeyframe: true, ...evenSize(options) };
  return { number, captureTimeMs, data, codec, isKeyframe };
}
