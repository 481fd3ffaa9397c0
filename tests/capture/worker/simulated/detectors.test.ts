import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SimulatedDetector } from '../../../../src/shared/source.ts';
import type { SourceFault } from '../../../../src/shared/state.ts';
import { makeMeter } from '../../../../src/main/capture/worker/measure.ts';
import type { RawPicture } from '../../../../src/main/capture/worker/picture.ts';
import type { Reader, SourceInfo } from '../../../../src/main/capture/worker/reader.ts';
import { clockCamera } from '../../../../src/main/capture/worker/simulated/clock.ts';
import { cableFault } from '../../../../src/main/capture/worker/simulated/flaky.ts';
import { openSimulated } from '../../../../src/main/capture/worker/simulated/open.ts';

let reader: Reader | undefined;
afterEach(() => reader?.close());

/** Opens the detector and hands each picture over while its memory is lent; resolves after `count`. */
function watch(detector: SimulatedDetector, count: number, look: (picture: RawPicture) => void): Promise<SourceInfo> {
  return new Promise((resolve, reject) => {
    let info: SourceInfo = {};
    let seen = 0;
    reader = openSimulated(detector, {
      opened: (told) => (info = told),
      picture(picture) {
        look(picture);
        seen += 1;
        if (seen === count) resolve(info);
      },
      ended: (fault) => reject(new Error(fault.detail)),
    });
  });
}

/** Reads the burnt-in squares of a luma plane as the browser's side of the measurement does. */
function burntInTimeMs({ planes }: Pick<RawPicture, 'planes'>): number {
  const { data, strideBytes } = planes[0]!;
  let timeMs = 0;
  for (let bit = 47; bit >= 0; bit--) {
    const middle = data[(16 + 12) * strideBytes + 16 + bit * 24 + 12]!;
    timeMs = timeMs * 2 + (middle > 127 ? 1 : 0);
  }
  return timeMs;
}

describe('the simulated detectors', () => {
  test.each([
    { detector: 'brightfield', widthPx: 1280, heightPx: 720, pixelType: 'rgb24', significantBits: 8, fps: 30 },
    { detector: 'fluorescence', widthPx: 1024, heightPx: 1024, pixelType: 'uint16le', significantBits: 12, fps: 30 },
    { detector: 'dim', widthPx: 512, heightPx: 512, pixelType: 'uint16le', significantBits: 16, fps: 10 },
    { detector: 'clock', widthPx: 1280, heightPx: 720, pixelType: 'i420', significantBits: 8, fps: 30 },
  ] as const)('$detector gives numbered pictures of its kind', async ({ detector, fps, ...kind }) => {
    const numbers: number[] = [];
    const info = await watch(detector, 3, (picture) => {
      numbers.push(picture.number);
      expect(picture).toMatchObject(kind);
    });
    expect(info.nominalFps).toBe(fps);
    expect(numbers).toEqual([1, 2, 3]);
  });

  test.each(['brightfield', 'fluorescence', 'dim', 'clock'] as const)(
    '%s never gives the same picture twice, so that a frozen one can be told',
    async (detector) => {
      const measure = makeMeter();
      const hashes: string[] = [];
      await watch(detector, 5, (picture) => hashes.push(measure(picture).hash));
      expect(new Set(hashes).size).toBe(5);
    },
  );

  test('fluorescence has about half a per cent of its samples at full scale, and none above it', async () => {
    const measure = makeMeter();
    await watch('fluorescence', 10, (picture) => {
      const { fullScaleShare, max, zeroShare } = measure(picture);
      expect(fullScaleShare).toBeGreaterThan(0.003);
      expect(fullScaleShare).toBeLessThan(0.007);
      expect(max).toBe(4095);
      expect(zeroShare).toBe(0);
    });
  });

  test('dim shows all it has within 2 % of its range', async () => {
    const measure = makeMeter();
    await watch('dim', 3, (picture) => {
      const { min, max } = measure(picture);
      expect(max - min).toBeLessThan(0.02 * 65_535);
      expect(max - min).toBeGreaterThan(100);
    });
  });

  test('the noise of the dark parts is read noise and shot noise, not a pattern that stands still', async () => {
    const samples: number[][] = [];
    await watch('dim', 8, ({ planes }) => {
      const { buffer, byteOffset } = planes[0]!.data;
      samples.push([...new Uint16Array(buffer, byteOffset, 512).subarray(0, 40)]);
    });
    // 6 electrons are expected in the dark: variance 6 + 1² electrons, or (√7 / 0.46)² = 33 counts².
    const variances = samples[0]!.map((_, x) => variance(samples.map((picture) => picture[x]!)));
    const mean = variances.reduce((sum, value) => sum + value, 0) / variances.length;
    expect(mean).toBeGreaterThan(33 / 2);
    expect(mean).toBeLessThan(33 * 2);
  });

  test('clock burns the capture time into each picture', async () => {
    const read: { burnt: number; said: number }[] = [];
    await watch('clock', 5, (picture) => read.push({ burnt: burntInTimeMs(picture), said: picture.captureTimeMs }));
    for (const { burnt, said } of read) expect(burnt).toBe(said);
    expect(new Set(read.map(({ said }) => said)).size).toBe(5);
    expect(Math.abs(read[0]!.said - Date.now())).toBeLessThan(60_000);
  });

  test.each([0, 1, 2 ** 31, 2 ** 32 - 1, 1_795_224_378_123, 2 ** 48 - 1])('clock can show the time %d', (timeMs) => {
    expect(burntInTimeMs(clockCamera().expose(timeMs))).toBe(timeMs);
  });

  test('flaky is away from the 40th to the 50th second of each minute, and says what to expect', () => {
    const minuteMs = 1_700_000_040_000;
    expect(minuteMs % 60_000).toBe(0);
    const isAway = (second: number) => cableFault(minuteMs + second * 1000) !== null;
    expect([0, 39.999, 40, 45, 49.999, 50, 59.999].map(isAway)).toEqual([false, false, true, true, true, false, false]);
    expect(cableFault(minuteMs + 43_000)).toEqual({
      reason: 'not_found',
      detail: 'Simulated cable pulled; it is put back at 22:14:50 UTC.',
    });
  });

  test('flaky ends with that fault when its cable is pulled while it runs, and can not be opened until it is back', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_040_000 + 39_000 });
    try {
      const faults: SourceFault[] = [];
      let pictures = 0;
      const notices = {
        opened: () => undefined,
        picture: () => void (pictures += 1),
        ended: (fault: SourceFault) => faults.push(fault),
      };
      reader = openSimulated('flaky', notices);
      await vi.waitFor(() => expect(pictures).toBeGreaterThan(1));
      vi.setSystemTime(1_700_000_040_000 + 40_000);
      await vi.waitFor(() => expect(faults.map(({ reason }) => reason)).toEqual(['not_found']));

      const shown = pictures;
      await openSimulated('flaky', notices).close();
      const again = openSimulated('flaky', notices);
      await vi.waitFor(() => expect(faults).toHaveLength(2));
      await again.close();
      expect(pictures).toBe(shown);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a closed detector gives no more pictures', async () => {
    let pictures = 0;
    await watch('clock', 1, () => undefined);
    await reader?.close();
    const closed = openSimulated('clock', {
      opened: () => undefined,
      picture: () => void (pictures += 1),
      ended: () => undefined,
    });
    await closed.close();
    // Long enough for another detector to be opened and to give pictures.
    await watch('clock', 3, () => undefined);
    expect(pictures).toBe(0);
  });
});

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
