import type { Plane } from './picture.ts';

/**
 * Brings a plane into whole 32-bit words without padding between rows; what is missing in the last word is zero. A
 * plane that is so already is not copied; else the words lie in memory that the next call takes again.
 */
export function makePacker(): (plane: Plane | undefined, rowBytes: number, rows: number) => Uint32Array {
  let scratch = new Uint32Array(0);
  return (plane, rowBytes, rows) => {
    if (!plane) throw new Error('A picture without planes cannot be read');
    const { data, strideBytes } = plane;
    const totalBytes = rowBytes * rows;
    const isWhole = strideBytes === rowBytes && data.byteOffset % 4 === 0 && totalBytes % 4 === 0;
    if (isWhole) return new Uint32Array(data.buffer, data.byteOffset, totalBytes / 4);

    const wordCount = Math.ceil(totalBytes / 4);
    if (scratch.length !== wordCount) scratch = new Uint32Array(wordCount);
    scratch[wordCount - 1] = 0;
    const packed = new Uint8Array(scratch.buffer);
    for (let row = 0; row < rows; row++) {
      packed.set(data.subarray(row * strideBytes, row * strideBytes + rowBytes), row * rowBytes);
    }
    return scratch;
  };
}
