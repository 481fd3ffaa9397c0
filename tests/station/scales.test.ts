import { describe, expect, test } from 'vitest';
import { ladderOf } from '../../src/main/station/bitrates.ts';
import { usefulScales } from '../../src/main/station/scales.ts';

const camera = { widthPx: 1280, heightPx: 720 };

describe('the sizes that are of use to a Viewer', () => {
  test.each([
    ['that does not say how large it shows the picture', null, [1, 2, 4]],
    ['that shows it whole', [1280, 720], [1, 2, 4]],
    ['that shows it larger', [3840, 2160], [1, 2, 4]],
    ['that shows it at half its size', [640, 360], [2, 4]],
    ['that shows it a little larger than half', [670, 377], [2, 4]],
    ['that shows it clearly larger than half', [700, 394], [1, 2, 4]],
    ['that shows it at a quarter', [320, 180], [4]],
    ['that shows it as a stamp', [64, 36], [4]],
    ['whose place is wider than the picture', [1920, 360], [2, 4]],
    ['whose place is higher than the picture', [640, 2160], [2, 4]],
  ] as const)('of one %s', (_, shown, scales) => {
    const shownPx = shown && { widthPx: shown[0], heightPx: shown[1] };
    expect(usefulScales(camera, shownPx)).toEqual(scales);
  });

  test.each([
    [{ widthPx: 640, heightPx: 480 }, [1, 2, 4]],
    [{ widthPx: 512, heightPx: 256 }, [1, 2]],
    [{ widthPx: 2048, heightPx: 128 }, [1]],
    [{ widthPx: 64, heightPx: 64 }, [1]],
  ] as const)('are none in which nothing of %o could be made out', (detector, scales) => {
    expect(usefulScales(detector, null)).toEqual(scales);
    expect(usefulScales(detector, { widthPx: 1, heightPx: 1 })).toEqual([scales.at(-1)]);
  });
});

test('of two ways to encode a picture the worse one always takes fewer bits', () => {
  for (const quality of ['economy', 'standard', 'high'] as const) {
    for (const scales of [[1], [1, 2], [1, 2, 4], [2, 4], [4]] as const) {
      const rates = ladderOf(quality, scales).map(({ kbitPerS }) => kbitPerS);
      expect(new Set(rates).size).toBe(rates.length);
      expect(rates).toEqual(rates.toSorted((a, b) => b - a));
    }
  }
});
