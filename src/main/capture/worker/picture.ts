import type { PixelType } from '../../../shared/state.ts';

/** One plane of samples in memory. Rows may be padded. */
export interface Plane {
  readonly data: Uint8Array;
  readonly strideBytes: number;
}

/** One picture as the detector gave it. Its memory is only lent: it may change when the call that it was handed to returns. */
export interface RawPicture {
  /** Counted from 1 by the Capture, or by the detector program. */
  readonly number: number;
  /** Unix time with fractions. */
  readonly captureTimeMs: number;
  readonly exposureMs?: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixelType: PixelType;
  readonly significantBits: number;
  /** One plane for `uint8`, `uint16le` and `rgb24`; Y, U and V for `i420` (chroma at half width and height, rounded up). */
  readonly planes: readonly Plane[];
  /** Only for `i420`: whether luma runs from 16 to 235 or from 0 to 255. */
  readonly isFullRange?: boolean;
  /** Only for `i420`: whether its colours follow ITU-R BT.601, as those of small cameras and JPEG do, and not BT.709. */
  readonly isBt601?: boolean;
}

/** A picture that an encoder can take: like a RawPicture, but already made fit for 8 bits. */
export interface ScreenPicture extends RawPicture {
  readonly pixelType: Exclude<PixelType, 'uint16le'>;
}

/**
 * What decoded video that doesn't name its colours most likely follows: JPEG and everything below HD has BT.601, HD has
 * BT.709. Players guess the same way.
 */
export function guessIsBt601(heightPx: number, isFullRange: boolean): boolean {
  return isFullRange || heightPx < 720;
}
