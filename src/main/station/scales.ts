import type { DetectorInfo, PictureScale } from '../../shared/state.ts';
import type { ViewerWish } from './ports.ts';

const scales: readonly PictureScale[] = [1, 2, 4];
/** A picture that is shown by so much larger than it is looks the same. */
const tolerance = 1.05;
/** Nothing can be made out in pictures that are smaller than this on their shorter side. */
const leastSidePx = 120;

/** The scales of use to a Viewer, the largest picture first: none that is larger than it is shown, and none that is too small to see. */
export function usefulScales(
  detector: Pick<DetectorInfo, 'widthPx' | 'heightPx'> | null,
  shownPx: ViewerWish['shownPx'],
): readonly PictureScale[] {
  if (detector === null) return scales;
  const { widthPx, heightPx } = detector;
  const legible = scales.filter((scale) => scale === 1 || Math.min(widthPx, heightPx) / scale >= leastSidePx);
  if (shownPx === null) return legible;
  // The whole picture is fitted into its place, so that the tighter side counts.
  const shownShare = Math.min(shownPx.widthPx / widthPx, shownPx.heightPx / heightPx);
  const smallest = legible.findLast((scale) => tolerance / scale >= shownShare) ?? 1;
  return legible.filter((scale) => scale >= smallest);
}
