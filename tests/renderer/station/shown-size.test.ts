import { describe, expect, test } from 'vitest';
import { isOtherSize, shownSize } from '../../../src/renderer/station/shown-size.ts';

const wide = { widthPx: 1280, heightPx: 720 };

describe('The size at which a picture is shown', () => {
  test('leaves out the bars beside or above it', () => {
    expect(shownSize({ widthPx: 800, heightPx: 450, pixelRatio: 1 }, wide)).toEqual({ widthPx: 800, heightPx: 450 });
    expect(shownSize({ widthPx: 800, heightPx: 800, pixelRatio: 1 }, wide)).toEqual({ widthPx: 800, heightPx: 450 });
    expect(shownSize({ widthPx: 2000, heightPx: 450, pixelRatio: 1 }, wide)).toEqual({ widthPx: 800, heightPx: 450 });
  });

  test('counts physical pixels, and more of them where it is zoomed', () => {
    expect(shownSize({ widthPx: 400, heightPx: 225, pixelRatio: 2 }, wide)).toEqual({ widthPx: 800, heightPx: 450 });
    expect(shownSize({ widthPx: 400, heightPx: 225, pixelRatio: 1.5 * 2 }, wide)).toEqual({
      widthPx: 1200,
      heightPx: 675,
    });
  });

  test('is that of the place on the screen as long as the picture’s shape is unknown', () => {
    expect(shownSize({ widthPx: 800, heightPx: 800, pixelRatio: 1 }, null)).toEqual({ widthPx: 800, heightPx: 800 });
  });

  test('is none while the place is not on the screen, and never outside of what may be said', () => {
    expect(shownSize({ widthPx: 0, heightPx: 450, pixelRatio: 1 }, wide)).toBeNull();
    const strip = { widthPx: 4096, heightPx: 1 };
    expect(shownSize({ widthPx: 100, heightPx: 100, pixelRatio: 1 }, strip)).toEqual({ widthPx: 100, heightPx: 1 });
    expect(shownSize({ widthPx: 90_000, heightPx: 100, pixelRatio: 1 }, null)?.widthPx).toBe(65_535);
  });

  test('is news from a tenth on', () => {
    expect(isOtherSize(wide, null)).toBe(true);
    expect(isOtherSize({ widthPx: 1300, heightPx: 731 }, wide)).toBe(false);
    expect(isOtherSize({ widthPx: 1450, heightPx: 815 }, wide)).toBe(true);
    expect(isOtherSize({ widthPx: 640, heightPx: 360 }, wide)).toBe(true);
  });
});
