import type { PixelType } from '../../../../shared/state.ts';
import type { ScreenPicture } from '../picture.ts';

interface PictureSize {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixelType: PixelType;
}

/** How many bytes a picture has without padding between its rows. */
export function packedBytes(size: PictureSize): number {
  return rowsOf(size).reduce((sum, { rowBytes, rows }) => sum + rowBytes * rows, 0);
}

/** Copies all planes one after the other and without padding, as a raw video stream has them. */
export function packPicture(picture: ScreenPicture, target: Uint8Array): void {
  let position = 0;
  for (const [index, { rowBytes, rows }] of rowsOf(picture).entries()) {
    const plane = picture.planes[index];
    if (!plane) throw new Error(`A ${picture.pixelType} picture has no plane ${index}`);
    for (let row = 0; row < rows; row++) {
      const start = row * plane.strideBytes;
      target.set(plane.data.subarray(start, start + rowBytes), position);
      position += rowBytes;
    }
  }
}

function rowsOf({ widthPx, heightPx, pixelType }: PictureSize): readonly { rowBytes: number; rows: number }[] {
  if (pixelType !== 'i420') return [{ rowBytes: widthPx * (pixelType === 'rgb24' ? 3 : 1), rows: heightPx }];
  const chroma = { rowBytes: Math.ceil(widthPx / 2), rows: Math.ceil(heightPx / 2) };
  return [{ rowBytes: widthPx, rows: heightPx }, chroma, chroma];
}
