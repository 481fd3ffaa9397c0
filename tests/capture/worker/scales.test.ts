import { describe, expect, it } from 'vitest';
import type { Plane, ScreenPicture } from '../../../src/main/capture/worker/picture.ts';
import { makeScales } from '../../../src/main/capture/worker/scales.ts';

type PixelType = ScreenPicture['pixelType'];

/** Noise in rows of more bytes than are needed, which may begin anywhere in memory. */
function noise(widthPx: number, heightPx: number, channels: number, padding: number, offset: number): Plane {
  const strideBytes = widthPx * channels + padding;
  const memory = Uint8Array.from({ length: offset + strideBytes * heightPx }, () => Math.random() * 256);
  return { data: memory.subarray(offset), strideBytes };
}

function picture(pixelType: PixelType, widthPx: number, heightPx: number, padding = 0, offset = 0): ScreenPicture {
  const luma = noise(widthPx, heightPx, pixelType === 'rgb24' ? 3 : 1, padding, offset);
  const chroma = () => noise(Math.ceil(widthPx / 2), Math.ceil(heightPx / 2), 1, padding, offset);
  const planes = pixelType === 'i420' ? [luma, chroma(), chroma()] : [luma];
  return { number: 1, captureTimeMs: 0, significantBits: 8, pixelType, widthPx, heightPx, planes };
}

/** The mean of the four samples that one sample of half the size stands for. */
function meanOfFour({ data, strideBytes }: Plane, x: number, y: number, channel: number, channels: number): number {
  const at = (column: number, row: number) => data[row * strideBytes + column * channels + channel]!;
  return Math.round((at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1)) / 4);
}

function expectHalf(small: ScreenPicture, large: ScreenPicture): void {
  const channels = large.pixelType === 'rgb24' ? 3 : 1;
  large.planes.forEach((plane, index) => {
    const divisor = index > 0 ? 2 : 1;
    const half = small.planes[index]!;
    for (let y = 0; y < small.heightPx / divisor; y++) {
      const samples = (small.widthPx / divisor) * channels;
      const row = [...half.data.subarray(y * half.strideBytes, y * half.strideBytes + samples)];
      const wanted = row.map((_, i) => meanOfFour(plane, Math.floor(i / channels), y, i % channels, channels));
      expect([index, y, row]).toEqual([index, y, wanted]);
    }
  });
}

describe('A picture of half the size', () => {
  it.each(
    (['uint8', 'rgb24', 'i420'] as const).flatMap((pixelType) => [
      { pixelType, widthPx: 128, heightPx: 96, padding: 0, offset: 0 },
      { pixelType, widthPx: 132, heightPx: 98, padding: 0, offset: 0 },
      { pixelType, widthPx: 131, heightPx: 97, padding: 0, offset: 0 },
      { pixelType, widthPx: 130, heightPx: 98, padding: 2, offset: 4 },
      { pixelType, widthPx: 132, heightPx: 99, padding: 4, offset: 3 },
    ]),
  )(
    'has the mean of each four samples: $pixelType, $widthPx×$heightPx px, $padding bytes after each row, $offset bytes before',
    ({ pixelType, widthPx, heightPx, padding, offset }) => {
      const large = picture(pixelType, widthPx, heightPx, padding, offset);
      const small = makeScales()(large)(2);
      expect(small).toMatchObject({ widthPx: (widthPx >> 1) & ~1, heightPx: (heightPx >> 1) & ~1, pixelType });
      expectHalf(small, large);
    },
  );

  it('keeps the number, the time and the colours of the whole one', () => {
    const facts = { number: 7, captureTimeMs: 42, isFullRange: true, isBt601: true };
    const video = { ...picture('i420', 256, 192), ...facts };
    expect(makeScales()(video)(4)).toMatchObject({ ...facts, pixelType: 'i420', widthPx: 64, heightPx: 48 });
  });

  it('is made once, and a quarter is made of it', () => {
    const inScale = makeScales()(picture('uint8', 256, 256));
    const quarter = inScale(4);
    const half = inScale(2);
    expect(inScale(2)).toBe(half);
    expect(inScale(4)).toBe(quarter);
    expectHalf(quarter, half);
  });

  it('is the picture itself where a side has less than 64 px', () => {
    const small = picture('rgb24', 500, 63);
    expect(makeScales()(small)(2)).toBe(small);
    expect(makeScales()(small)(4)).toBe(small);
    const medium = makeScales()(picture('rgb24', 500, 100));
    expect(medium(4)).toBe(medium(2));
    expect(medium(2)).toMatchObject({ widthPx: 250, heightPx: 50 });
  });
});
