import { describe, expect, it } from 'vitest';
import type { ScreenPicture } from '../../../src/main/capture/worker/picture.ts';
import { makeShrinker, shrinkFactor } from '../../../src/main/capture/worker/shrink.ts';

function picture(
  pixelType: ScreenPicture['pixelType'],
  widthPx: number,
  heightPx: number,
  planes: ScreenPicture['planes'],
): ScreenPicture {
  return { number: 1, captureTimeMs: 0, significantBits: 8, pixelType, widthPx, heightPx, planes };
}

/** Columns of 10, 20, 30, 40 over and over, with rows of some more bytes. */
function columns(widthPx: number, heightPx: number, channels: number) {
  const strideBytes = widthPx * channels + 3;
  const row = Uint8Array.from(
    { length: strideBytes },
    (_, i) => 10 * (1 + (Math.floor(i / channels) % 4)) + (i % channels),
  );
  const data = new Uint8Array(strideBytes * heightPx);
  for (let y = 0; y < heightPx; y++) data.set(row, y * strideBytes);
  return { data, strideBytes };
}

describe('A picture on its way to the encoder', () => {
  it.each([
    [1, 1280, 720],
    [1, 4096, 2304],
    [1, 3072, 3072],
    [2, 3200, 3200],
    [2, 4096, 4096],
    [3, 8192, 8192],
    [6, 16_384, 16_384],
  ])('is made smaller by %i where it has %i×%i px', (factor, widthPx, heightPx) => {
    expect(shrinkFactor(widthPx, heightPx)).toBe(factor);
  });

  it('passes as it is where browsers can show it', () => {
    const small = picture('uint8', 64, 64, [columns(64, 64, 1)]);
    expect(makeShrinker()(small)).toBe(small);
  });

  it('becomes the mean of its pixels where it is too large, in each of its colours', () => {
    const shrink = makeShrinker();
    const gray = shrink(picture('uint8', 4097, 3001, [columns(4097, 3001, 1)]));
    expect(gray).toMatchObject({ widthPx: 2048, heightPx: 1500, pixelType: 'uint8' });
    expect([...gray.planes[0]!.data.subarray(-4)]).toEqual([15, 35, 15, 35]);
    const colour = shrink(picture('rgb24', 4096, 3000, [columns(4096, 3000, 3)]));
    expect([...colour.planes[0]!.data.subarray(0, 6)]).toEqual([15, 16, 17, 35, 36, 37]);
  });

  it('keeps video in three planes', () => {
    const planes = [columns(4096, 3002, 1), columns(2048, 1501, 1), columns(2048, 1501, 1)];
    const video = makeShrinker()(picture('i420', 4096, 3002, planes));
    expect(video).toMatchObject({ widthPx: 2048, heightPx: 1500 });
    expect(video.planes.map(({ data }) => data.length)).toEqual([2048 * 1500, 1024 * 750, 1024 * 750]);
    expect(video.planes[1]!.data[0]).toBe(15);
  });
});
