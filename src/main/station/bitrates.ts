import type { Quality } from '../../shared/source.ts';
import type { PictureScale } from '../../shared/state.ts';

/** One way to encode a picture: how small, and with how many bits. */
export interface Rung {
  readonly scale: PictureScale;
  readonly kbitPerS: number;
}

/** At full size, for pictures of about 1280×720; smaller ones stay below it by themselves. */
const fullKbitPerS: Record<Quality, number> = { economy: 1_500, standard: 4_000, high: 8_000 };
/** What a picture of this scale takes of that. A quarter of the pixels takes more than a quarter of the bits. */
const shareOf: Record<PictureScale, number> = { 1: 1, 2: 3 / 8, 4: 1 / 8 };
/** With fewer bits than half of its maximum a picture looks worse than the next smaller one. */
const shares = [1, 0.7, 0.5] as const;
const whole = [1] as const;
/** Where there is no smaller one. */
const lastShares = [...shares, 0.35, 0.25] as const;

/** What a Rendition may use at most. */
export function maxKbitPerS(quality: Quality, scale: PictureScale): number {
  return Math.round(fullKbitPerS[quality] * shareOf[scale]);
}

/** How many bits a picture takes at one scale for each that it takes at another. */
export function bitsRatio(to: PictureScale, from: PictureScale): number {
  return shareOf[to] / shareOf[from];
}

/**
 * All ways to encode a picture at these scales (the largest first), from the best to the least.
 * @param isPassedOn Whether the largest comes from somebody else, as it is: then it can't take fewer bits.
 */
export function ladderOf(quality: Quality, scales: readonly PictureScale[], isPassedOn = false): readonly Rung[] {
  return scales.flatMap((scale) => {
    const usable = isPassedOn && scale === 1 ? whole : scale === scales.at(-1) ? lastShares : shares;
    return usable.map((share) => ({ scale, kbitPerS: Math.round(share * maxKbitPerS(quality, scale)) }));
  });
}
