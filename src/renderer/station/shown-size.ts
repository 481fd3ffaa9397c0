import type { ShownSize } from './commands.ts';

/** By how much a side must change to be news: the station knows three sizes, and layouts settle in many small steps. */
const newsShare = 0.1;
/** What the station takes at most. */
const maxSidePx = 65_535;

export interface ShownBox {
  /** Of the element that shows the picture, in CSS pixels, as large as it is on the screen. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Physical pixels per CSS pixel; a page that is zoomed in shows more of them. */
  readonly pixelRatio: number;
}

/** The physical pixels that a picture covers in a box which it fills as far as its shape allows. Null where nothing can be seen. */
export function shownSize(box: ShownBox, picture: ShownSize | null): ShownSize | null {
  if (box.widthPx < 1 || box.heightPx < 1) return null;
  const scale = picture ? Math.min(box.widthPx / picture.widthPx, box.heightPx / picture.heightPx) : null;
  const side = (boxPx: number, picturePx: number | undefined): number => {
    const cssPx = scale === null || picturePx === undefined ? boxPx : scale * picturePx;
    return Math.min(maxSidePx, Math.max(1, Math.round(cssPx * box.pixelRatio)));
  };
  return { widthPx: side(box.widthPx, picture?.widthPx), heightPx: side(box.heightPx, picture?.heightPx) };
}

/** Whether a size is worth telling to a station that knows another one. */
export function isOtherSize(size: ShownSize, known: ShownSize | null): boolean {
  if (known === null) return true;
  const differs = (px: number, knownPx: number): boolean => Math.abs(px - knownPx) > newsShare * knownPx;
  return differs(size.widthPx, known.widthPx) || differs(size.heightPx, known.heightPx);
}
