import type { SimulatedCamera } from './camera.ts';
import { makeGrain } from './grain.ts';
import { at, structureTile, tilePx } from './texture.ts';

const widthPx = 1280;
const heightPx = 720;
const fps = 30;

/** Where and how the capture time is burnt in: squares in one row, black is 0, white is 1. */
export const clockSquares = { count: 48, sizePx: 24, leftPx: 16, topPx: 16 } as const;

/** Luma of black and white in limited range (ITU-R BT.709 §3.5). */
const black = 16;
const white = 235;
const noiseCounts = 1.5;
/** A sheet's mean brightness. */
const meanCount = 62;

/**
 * For measuring: the capture time in Unix milliseconds as 48 squares, leftmost the least significant bit, on a texture
 * that moves as a whole, as a stage that is driven moves it. A second sheet that moves the other way lies over it: no
 * motion vector describes both, and an encoder has to work as for a specimen that moves by itself. That makes about
 * 2.2 Mbit/s, three times as much as the brightfield detector.
 */
export function clockCamera(): SimulatedCamera {
  const grain = makeGrain(noiseCounts);
  const lower = makeSheet(31, grain.meanCounts);
  const upper = makeSheet(77, grain.meanCounts);
  const scene = new Uint32Array((widthPx * heightPx) / 4);
  const luma = new Uint8Array(widthPx * heightPx);
  const lumaWords = new Uint32Array(luma.buffer);
  const chroma = new Uint8Array((widthPx / 2) * (heightPx / 2)).fill(128);
  const chromaPlane = { data: chroma, strideBytes: widthPx / 2 };

  return {
    info: { nominalFps: fps },
    expose(captureTimeMs) {
      const picture = Math.floor((captureTimeMs * fps) / 1000);
      overlay(lower, picture * 2, upper, -picture, scene);
      grain.add(scene, lumaWords, widthPx / 4);
      burnIn(luma, captureTimeMs);
      return {
        widthPx,
        heightPx,
        pixelType: 'i420',
        significantBits: 8,
        isFullRange: false,
        planes: [{ data: luma, strideBytes: widthPx }, chromaPlane, chromaPlane],
      };
    },
  };
}

/** Structure of half the brightness, so that two sheets add up to a picture; it repeats after a tile's height. */
function makeSheet(seed: number, meanNoise: number): Uint32Array {
  const tile = structureTile(seed, 128, 6);
  const bytes = new Uint8Array(widthPx * tilePx);
  for (let y = 0; y < tilePx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const contrast = (at(tile, x, y) - 0.5) * 160;
      bytes[y * widthPx + x] = Math.min(110, Math.max(black / 2, meanCount - meanNoise / 2 + contrast));
    }
  }
  return new Uint32Array(bytes.buffer);
}

/** Adds two sheets that are shifted by whole rows; no byte overflows, since both stay below half of the range. */
function overlay(a: Uint32Array, aRows: number, b: Uint32Array, bRows: number, scene: Uint32Array): void {
  const rowWords = widthPx / 4;
  const mask = tilePx - 1;
  for (let y = 0; y < heightPx; y++) {
    const to = y * rowWords;
    const fromA = ((y + aRows) & mask) * rowWords;
    const fromB = ((y + bRows) & mask) * rowWords;
    for (let x = 0; x < rowWords; x++) scene[to + x] = a[fromA + x]! + b[fromB + x]!;
  }
}

function burnIn(luma: Uint8Array, timeMs: number): void {
  const { count, sizePx, leftPx, topPx } = clockSquares;
  const firstRow = topPx * widthPx;
  // The time has more bits than a bitwise operator takes.
  let rest = Math.round(timeMs);
  for (let bit = 0; bit < count; bit++) {
    const left = firstRow + leftPx + bit * sizePx;
    luma.fill(rest % 2 === 1 ? white : black, left, left + sizePx);
    rest = Math.floor(rest / 2);
  }
  const row = luma.subarray(firstRow + leftPx, firstRow + leftPx + count * sizePx);
  for (let y = 1; y < sizePx; y++) luma.set(row, firstRow + leftPx + y * widthPx);
}
