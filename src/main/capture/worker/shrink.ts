import { makeDivide } from './divide.ts';
import type { ScreenPicture } from './picture.ts';

/**
 * The largest picture that browsers decode, in macroblocks of 16×16 px: that of H.264 level 5.2 (ITU-T H.264 table A-1), such as
 * 4096×2304. Of anything larger Chromium shows nothing at all.
 */
const maxMacroblocks = 36_864;

/** By which whole number both sides have to be divided for a browser to show the picture; 1 for most detectors. */
export function shrinkFactor(widthPx: number, heightPx: number): number {
  let factor = 1;
  while (macroblocks(widthPx / factor) * macroblocks(heightPx / factor) > maxMacroblocks) factor += 1;
  return factor;
}

function macroblocks(sidePx: number): number {
  return Math.ceil(Math.floor(sidePx) / 16);
}

/** Makes pictures that are too large for a browser smaller; others pass as they are. */
export function makeShrinker(): (picture: ScreenPicture) => ScreenPicture {
  const divide = makeDivide();
  return (picture) => {
    const factor = shrinkFactor(picture.widthPx, picture.heightPx);
    return factor === 1 ? picture : divide(picture, factor);
  };
}
