import type { Plane } from './picture.ts';

/** What a plane holds; of one with several channels, samples of all channels follow each other. */
export interface PlaneSize {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: number;
}

/** Each sample of the target becomes the mean, rounded, of the `factor` × `factor` samples that it stands for. */
export function average(source: Plane, target: Plane, size: PlaneSize, factor: number): void {
  if (factor !== 2) averageAny(source, target, size, factor);
  else if (size.channels === 1 && isInWords(source, size)) halveWords(source, target, size);
  else halveBytes(source, target, size);
}

/** Whether whole 32-bit words can be read up to the end of the last row that is needed for half the size. */
function isInWords({ data, strideBytes }: Plane, { heightPx }: PlaneSize): boolean {
  return data.byteOffset % 4 === 0 && strideBytes % 4 === 0 && data.length >= strideBytes * heightPx * 2;
}

/**
 * Four samples of two rows at a time, whose sums fit twice into a 32-bit word: a third of what single bytes take. The
 * target's rows are padded to whole words, so that a last odd sample may be written together with one that nobody reads.
 */
function halveWords(source: Plane, target: Plane, { widthPx, heightPx }: PlaneSize): void {
  const words = new Uint32Array(source.data.buffer, source.data.byteOffset, source.data.length >> 2);
  const pairs = new Uint16Array(target.data.buffer, target.data.byteOffset, target.data.length >> 1);
  const strideWords = source.strideBytes / 4;
  const rowPairs = Math.ceil(widthPx / 2);
  for (let y = 0; y < heightPx; y++) {
    const upper = 2 * y * strideWords;
    const lower = upper + strideWords;
    const to = (y * target.strideBytes) / 2;
    for (let i = 0; i < rowPairs; i++) {
      const a = words[upper + i]!;
      const b = words[lower + i]!;
      const sums = (a & 0x00ff00ff) + ((a >>> 8) & 0x00ff00ff) + (b & 0x00ff00ff) + ((b >>> 8) & 0x00ff00ff);
      const means = (sums + 0x00020002) >>> 2;
      pairs[to + i] = (means & 0xff) | ((means >>> 8) & 0xff00);
    }
  }
}

function halveBytes(source: Plane, target: Plane, { widthPx, heightPx, channels }: PlaneSize): void {
  const from = source.data;
  for (let y = 0; y < heightPx; y++) {
    let upper = 2 * y * source.strideBytes;
    let to = y * target.strideBytes;
    for (let x = 0; x < widthPx; x++) {
      for (let channel = 0; channel < channels; channel++) {
        const lower = upper + source.strideBytes;
        const sum = from[upper]! + from[upper + channels]! + from[lower]! + from[lower + channels]!;
        target.data[to++] = (sum + 2) >> 2;
        upper++;
      }
      upper += channels;
    }
  }
}

function averageAny(source: Plane, target: Plane, { widthPx, heightPx, channels }: PlaneSize, factor: number): void {
  const { data, strideBytes } = source;
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
    const start = y * target.strideBytes;
    for (let i = 0; i < sums.length; i++) target.data[start + i] = sums[i]! / count;
  }
}
