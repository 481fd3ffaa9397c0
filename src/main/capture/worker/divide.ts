import { average } from './average.ts';
import type { Plane, ScreenPicture } from './picture.ts';

/** Divides both sides of pictures by a whole number of at least 2. */
export type Divide = (picture: ScreenPicture, factor: number) => ScreenPicture;

/**
 * Makes a function that divides pictures; each of its results lies in memory that the next call takes again. Sides
 * become even, so that the colours' planes have whole rows and columns too: up to two columns and rows are cut off at the right
 * and lower edge, and nothing is moved.
 */
export function makeDivide(): Divide {
  const memory: Uint8Array[] = [];
  return (picture, factor) => {
    const { pixelType } = picture;
    const widthPx = Math.floor(picture.widthPx / factor) & ~1;
    const heightPx = Math.floor(picture.heightPx / factor) & ~1;
    const channels = pixelType === 'rgb24' ? 3 : 1;
    const planes = picture.planes.map((source, index): Plane => {
      const shift = pixelType === 'i420' && index > 0 ? 1 : 0;
      const size = { widthPx: widthPx >> shift, heightPx: heightPx >> shift, channels };
      // Whole words, because `average` is quick with them.
      const strideBytes = Math.ceil((size.widthPx * channels) / 4) * 4;
      const bytes = strideBytes * size.heightPx;
      const data = memory[index]?.length === bytes ? memory[index] : (memory[index] = new Uint8Array(bytes));
      const target = { data, strideBytes };
      average(source, target, size, factor);
      return target;
    });
    return { ...picture, widthPx, heightPx, planes };
  };
}
