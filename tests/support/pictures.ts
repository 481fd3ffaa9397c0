import type { PixelType } from '../../src/shared/state.ts';
import type { RawPicture } from '../../src/main/capture/worker/picture.ts';

/** A picture made by hand. Give `strideBytes` for padded rows. */
export function pictureOf(
  pixelType: Exclude<PixelType, 'i420'>,
  widthPx: number,
  heightPx: number,
  data: Uint8Array,
  more: Partial<RawPicture> & { strideBytes?: number } = {},
): RawPicture {
  const bytesPerPixel = { uint8: 1, uint16le: 2, rgb24: 3 }[pixelType];
  const { strideBytes = widthPx * bytesPerPixel, ...rest } = more;
  const significantBits = pixelType === 'uint16le' ? 16 : 8;
  return {
    ...{ number: 1, captureTimeMs: 1_700_000_000_000, widthPx, heightPx, pixelType, significantBits },
    planes: [{ data, strideBytes }],
    ...rest,
  };
}

/** The bytes of 16-bit samples, little-endian. */
export function littleEndian(samples: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, index) => view.setUint16(index * 2, sample, true));
  return bytes;
}

/** Rows of samples with bytes between them that belong to no sample, starting `offset` bytes into their memory. */
export function padRows(rows: readonly Uint8Array[], strideBytes: number, offset = 0): Uint8Array {
  const memory = new Uint8Array(offset + rows.length * strideBytes).fill(0xaa);
  rows.forEach((row, index) => memory.set(row, offset + index * strideBytes));
  return memory.subarray(offset);
}
