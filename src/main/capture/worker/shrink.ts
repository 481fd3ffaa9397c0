import type { Plane, ScreenPicture } from './picture.ts';

/**
 * The largest picture that browsers decode, in macroblocks of 16×16 px: that of H.264 level 5.2 (ITU-T H.264 table A-1), such as
 * 4096×2304. Of anything larger Chromium shows nothing at all.
 */
const maxMacroblocks = 36_864;

/** By which whole number both sides have to be divided for a browser to show the picture; 1 for most detectors. */
export function shrinkFactor(widthPx: number, heightPx: number): number {
  let factor = 1;
  while (macroblocks(widthPx / factor) * macroblocks(heightPx / factor) > maxMacroblocks) factor += 1;
  return factor;
}

function macroblocks(sidePx: number): number {
  return Math.ceil(Math.floor(sidePx) / 16);
}

/** Makes pictures that are too large for a browser smaller; others pass as they are. */
export function makeShrinker(): (picture: ScreenPicture) => ScreenPicture {
  const memory: Uint8Array[] = [];
  return (picture) => {
    const { widthPx, heightPx, pixelType } = picture;
    const factor = shrinkFactor(widthPx, heightPx);
    if (factor === 1) return picture;
    // Even sides, so that the colours' planes have whole rows and columns too.
    const small = { widthPx: Math.floor(widthPx / factor) & ~1, heightPx: Math.floor(heightPx / factor) & ~1 };
    const channels = pixelType === 'rgb24' ? 3 : 1;
    const planes = picture.planes.map((plane, index): Plane => {
      const scale = pixelType === 'i420' && index > 0 ? 2 : 1;
      const size = { widthPx: small.widthPx / scale, heightPx: small.heightPx / scale, channels };
      const strideBytes = size.widthPx * channels;
      const bytes = strideBytes * size.heightPx;
      const data = memory[index]?.length === bytes ? memory[index] : (memory[index] = new Uint8Array(bytes));
      average(plane, data, size, factor);
      return { data, strideBytes };
    });
    return { ...picture, ...small, planes };
  };
}

interface PlaneSize {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: number;
}

/** Each sample becomes the mean of the `factor` × `factor` samples that it stands for. */
function average({ data, strideBytes }: Plane, target: Uint8Array, size: PlaneSize, factor: number): void {
  const { widthPx, heightPx, channels } = size;
  const sums = new Uint32Array(widthPx * channels);
  const count = factor * factor;
  for (let y = 0; y < heightPx; y++) {
    sums.fill(count >> 1);
    for (let row = y * factor; row < (y + 1) * factor; row++) {
      for (let column = 0; column < factor; column++) {
        let from = row * strideBytes + column * channels;
        for (let to = 0; to < sums.length; from += (factor - 1) * channels) {
          for (let channel = 0; channel < channels; channel++) sums[to++]! += data[from++]!;
        }
      }
    }
    for (let i = 0; i < sums.length; i++) target[y * sums.length + i] = sums[i]! / count;
  }
}
