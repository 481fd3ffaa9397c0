import { describe, expect, test } from 'vitest';
import { makeMeter } from '../../../src/main/capture/worker/measure.ts';
import type { RawPicture } from '../../../src/main/capture/worker/picture.ts';
import { autoLimits, makeScreenWindow } from '../../../src/main/capture/worker/window.ts';
import { littleEndian, padRows, pictureOf } from '../../support/pictures.ts';

const widthPx = 100;
const heightPx = 100;

/** Counts from `low` to `high`, evenly spread. */
function ramp(low: number, high: number, captureTimeMs = 0): RawPicture {
  const last = widthPx * heightPx - 1;
  const samples = Array.from({ length: last + 1 }, (_, i) => Math.round(low + ((high - low) * i) / last));
  return pictureOf('uint16le', widthPx, heightPx, littleEndian(samples), { captureTimeMs });
}

describe('fitting deep pictures to 8 bits', () => {
  test('leaves out one sample in a thousand at each end', () => {
    const samples = Array.from({ length: 10_000 }, (_, i) => (i < 10 ? 0 : i < 9_990 ? 1_000 + (i % 100) : 65_535));
    const limits = autoLimits(makeMeter()(pictureOf('uint16le', 100, 100, littleEndian(samples))));
    expect(limits).toEqual({ low: 1_000, high: 1_099 });
  });

  test('does not leave out a speck that is larger than that', () => {
    const samples = Array.from({ length: 10_000 }, (_, i) => (i < 11 ? 60_000 : 1_000));
    const limits = autoLimits(makeMeter()(pictureOf('uint16le', 100, 100, littleEndian(samples))));
    expect(limits).toEqual({ low: 1_000, high: 60_000 });
  });

  test('shows the dimmest sample black and the brightest white, as little of the range as they may use', () => {
    const window = makeScreenWindow();
    const picture = ramp(500, 1_500);
    const display = window.follow(picture, makeMeter()(picture));
    const screen = window.toScreen(picture);
    const shown = screen.planes[0]!.data;
    expect(display).toMatchObject({ isAuto: true });
    expect(display.lowCount).toBeCloseTo(501, -1);
    expect(display.highCount).toBeCloseTo(1_499, -1);
    expect(screen).toMatchObject({ pixelType: 'uint8', significantBits: 8, widthPx, heightPx });
    expect([shown[0], shown.at(-1)]).toEqual([0, 255]);
    expect(Math.abs(shown[5_000]! - 127)).toBeLessThanOrEqual(1);
    expect([...shown]).toEqual([...shown].sort((a, b) => a - b));
  });

  test('follows a brighter picture smoothly: after half a second 63 % of the way', () => {
    const window = makeScreenWindow();
    const measure = makeMeter();
    const before = ramp(0, 1_000, 0);
    const from = window.follow(before, measure(before)).highCount;
    const after = ramp(0, 2_000, 500);
    const to = autoLimits(measure(after)).high;
    expect(window.follow(after, measure(after)).highCount).toBe(Math.round(from + (to - from) * (1 - Math.exp(-1))));
    for (let timeMs = 600; timeMs <= 6_000; timeMs += 100) {
      const later = { ...after, captureTimeMs: timeMs };
      window.follow(later, measure(later));
    }
    const settled = { ...after, captureTimeMs: 6_100 };
    expect(window.follow(settled, measure(settled)).highCount).toBe(to);
  });

  test('shows a picture without any contrast instead of dividing by nothing', () => {
    const window = makeScreenWindow();
    const flat = pictureOf('uint16le', 4, 4, littleEndian(new Array<number>(16).fill(700)));
    expect(window.follow(flat, makeMeter()(flat))).toEqual({ lowCount: 700, highCount: 701, isAuto: true });
    expect([...window.toScreen(flat).planes[0]!.data]).toEqual(new Array(16).fill(0));
  });

  test('reads padded rows at odd addresses', () => {
    const window = makeScreenWindow();
    const data = padRows([littleEndian([0, 1_000]), littleEndian([500, 1_000])], 7, 1);
    const picture = pictureOf('uint16le', 2, 2, data, { strideBytes: 7 });
    window.follow(picture, makeMeter()(picture));
    expect([...window.toScreen(picture).planes[0]!.data]).toEqual([0, 255, 128, 255]);
  });

  test('leaves 8-bit pictures as they are', () => {
    const window = makeScreenWindow();
    const picture = pictureOf('uint8', 2, 1, Uint8Array.from([100, 110]));
    expect(window.follow(picture, makeMeter()(picture))).toEqual({ lowCount: 0, highCount: 255, isAuto: false });
    expect(window.toScreen(picture)).toBe(picture);
  });
});
