import { seededRandom } from './random.ts';

/** Side of a texture tile; a power of two, so that it repeats by a bit mask. */
export const tilePx = 512;

/**
 * A tile of smooth random structure with values from 0 to 1 that repeats without a seam: value noise (Perlin's lattice
 * with values in place of gradients) summed over octaves.
 * @param cellPx The size of the coarsest structure; a power of two. Each further octave has half of it and half the weight.
 */
export function structureTile(seed: number, cellPx: number, octaves: number): Float32Array {
  const tile = new Float32Array(tilePx * tilePx);
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const weight = 2 ** -octave;
    addOctave(tile, seed + octave, cellPx >> octave, weight);
    total += weight;
  }
  for (let i = 0; i < tile.length; i++) tile[i]! /= total;
  return tile;
}

function addOctave(tile: Float32Array, seed: number, cellPx: number, weight: number): void {
  const random = seededRandom(seed);
  const cells = tilePx / cellPx;
  const lattice = Float32Array.from({ length: cells * cells }, random);
  const blend = Float32Array.from({ length: cellPx }, (_, i) => smooth(i / cellPx));
  for (let y = 0; y < tilePx; y++) {
    const top = Math.floor(y / cellPx) * cells;
    const bottom = ((Math.floor(y / cellPx) + 1) % cells) * cells;
    const down = blend[y % cellPx]!;
    for (let x = 0; x < tilePx; x++) {
      const left = Math.floor(x / cellPx);
      const right = (left + 1) % cells;
      const across = blend[x % cellPx]!;
      const upper = lattice[top + left]! + (lattice[top + right]! - lattice[top + left]!) * across;
      const lower = lattice[bottom + left]! + (lattice[bottom + right]! - lattice[bottom + left]!) * across;
      tile[y * tilePx + x]! += weight * (upper + (lower - upper) * down);
    }
  }
}

/** The tile's value at any whole position. */
export function at(tile: Float32Array, x: number, y: number): number {
  const mask = tilePx - 1;
  return tile[(y & mask) * tilePx + (x & mask)]!;
}

/** From 0 to 1 with level ends; outside it stays there. */
export function smooth(share: number): number {
  const t = Math.min(1, Math.max(0, share));
  return t * t * (3 - 2 * t);
}
