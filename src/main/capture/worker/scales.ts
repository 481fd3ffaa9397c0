import type { PictureScale } from '../../../shared/state.ts';
import { makeDivide } from './divide.ts';
import type { Divide } from './divide.ts';
import type { ScreenPicture } from './picture.ts';

/** Sides that are shorter than this are not divided: nobody needs less, and encoders need some pixels. */
const shortestDividedPx = 64;

/** Gives one picture in a scale. It is made when it is first asked for, and once, however many Renditions share it. */
export type InScale = (scale: PictureScale) => ScreenPicture;

/** Makes a function that offers a picture in every scale, until it is called with the next. */
export function makeScales(): (picture: ScreenPicture) => InScale {
  const toHalf = makeDivide();
  const toQuarter = makeDivide();
  return (picture) => {
    let half: ScreenPicture | undefined;
    let quarter: ScreenPicture | undefined;
    return (scale) => {
      if (scale === 1) return picture;
      half ??= halve(picture, toHalf);
      if (scale === 2) return half;
      // From the half, which is a quarter of the work of starting anew, and most likely somebody watches that one too.
      return (quarter ??= halve(half, toQuarter));
    };
  };
}

function halve(picture: ScreenPicture, divide: Divide): ScreenPicture {
  return Math.min(picture.widthPx, picture.heightPx) < shortestDividedPx ? picture : divide(picture, 2);
}
