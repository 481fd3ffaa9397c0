import { describe, expect, test } from 'vitest';
import { makeMeter } from '../../../src/main/capture/worker/measure.ts';
import type { RawPicture } from '../../../src/main/capture/worker/picture.ts';
import { littleEndian, padRows, pictureOf } from '../../support/pictures.ts';

const hashOf = (picture: RawPicture) => makeMeter()(picture).hash;

describe('measuring raw pixels', () => {
  test('counts every sample of an 8-bit picture exactly', () => {
    const data = Uint8Array.from([0, 0, 10, 255, 255, 255]);
    const { min, max, mean, fullScaleShare, zeroShare } = makeMeter()(pictureOf('uint8', 3, 2, data));
    expect({ min, max, mean, fullScaleShare, zeroShare }).toEqual({
      ...{ min: 0, max: 255, mean: 775 / 6, fullScaleShare: 3 / 6, zeroShare: 2 / 6 },
    });
  });

  test('takes full scale from the significant bits, not from the sixteen they are stored in', () => {
    const data = littleEndian([0, 100, 4094, 4095, 4095, 200, 300, 400]);
    const measured = makeMeter()(pictureOf('uint16le', 4, 2, data, { significantBits: 12 }));
    expect(measured.max).toBe(4095);
    expect(measured.mean).toBe(13_284 / 8);
    expect(measured.fullScaleShare).toBe(2 / 8);
    expect(measured.zeroShare).toBe(1 / 8);
  });

  test('counts the three samples of a colour pixel each', () => {
    const data = Uint8Array.from([255, 0, 0, 255, 255, 0]);
    const { mean, fullScaleShare, zeroShare } = makeMeter()(pictureOf('rgb24', 2, 1, data));
    expect({ mean, fullScaleShare, zeroShare }).toEqual({ mean: 127.5, fullScaleShare: 0.5, zeroShare: 0.5 });
  });

  test.each([
    { range: 'limited', isFullRange: false, fullScaleShare: 2 / 4, zeroShare: 1 / 4 },
    { range: 'full', isFullRange: true, fullScaleShare: 1 / 4, zeroShare: 0 },
  ])('measures only the luma of decoded video, in $range range', ({ isFullRange, fullScaleShare, zeroShare }) => {
    const luma = { data: Uint8Array.from([16, 128, 235, 255]), strideBytes: 2 };
    const chroma = { data: Uint8Array.from([7]), strideBytes: 1 };
    const picture = pictureOf('uint8', 2, 2, luma.data);
    const measured = makeMeter()({ ...picture, pixelType: 'i420', isFullRange, planes: [luma, chroma, chroma] });
    expect(measured).toMatchObject({ min: 16, max: 255, fullScaleShare, zeroShare });
  });

  test('gives the same for padded rows, odd addresses and odd strides as for the same samples packed', () => {
    const rows = [
      [1, 2, 3],
      [4, 4095, 0],
      [7, 8, 9],
    ];
    const depth = { significantBits: 12 };
    const packed = makeMeter()(pictureOf('uint16le', 3, 3, littleEndian(rows.flat()), depth));
    for (const { strideBytes, offset } of [
      { strideBytes: 8, offset: 0 },
      { strideBytes: 6, offset: 1 },
      { strideBytes: 9, offset: 3 },
    ]) {
      const data = padRows(rows.map(littleEndian), strideBytes, offset);
      const measured = makeMeter()(pictureOf('uint16le', 3, 3, data, { ...depth, strideBytes }));
      expect({ ...measured, histogram: null }).toEqual({ ...packed, histogram: null });
    }
    expect(packed).toMatchObject({ min: 0, max: 4095, mean: 4129 / 9, zeroShare: 1 / 9, fullScaleShare: 1 / 9 });
  });

  test('forgets the last picture, whatever its size was', () => {
    const measure = makeMeter();
    measure(pictureOf('uint8', 5, 5, new Uint8Array(25).fill(200)));
    measure(pictureOf('uint8', 7, 1, new Uint8Array(7).fill(200)));
    const small = pictureOf('uint8', 5, 1, Uint8Array.from([1, 2, 3, 4, 5]));
    const measured = measure(small);
    expect(measured).toMatchObject({ min: 1, max: 5, mean: 3, zeroShare: 0 });
    expect(measured.hash).toBe(hashOf(small));
  });

  test('hashes equal pictures equally and every picture with one changed sample differently', () => {
    const data = Uint8Array.from({ length: 640 }, (_, i) => i * 7);
    const hashes = new Set([hashOf(pictureOf('uint8', 32, 20, data))]);
    expect(hashOf(pictureOf('uint8', 32, 20, data.slice()))).toBe([...hashes][0]);
    for (let i = 0; i < data.length; i++) {
      const changed = data.slice();
      changed[i]! ^= 0x80;
      hashes.add(hashOf(pictureOf('uint8', 32, 20, changed)));
    }
    expect(hashes.size).toBe(641);
  });

  test('notices two samples that have changed places', () => {
    const data = Uint8Array.from({ length: 64 }, (_, i) => i);
    const swapped = data.slice();
    [swapped[3], swapped[11]] = [11, 3];
    expect(hashOf(pictureOf('uint8', 8, 8, swapped))).not.toBe(hashOf(pictureOf('uint8', 8, 8, data)));
  });
});
