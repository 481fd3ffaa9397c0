import { gaussian, seededRandom } from './random.ts';

/**
 * Camera noise for 8-bit pictures, four bytes at a time: it is added to whole 32-bit words, which is right as long as no
 * byte overflows into its neighbour. So scenes are drawn `meanCounts` darker and never above `highestScene`.
 */
export interface Grain {
  readonly meanCounts: number;
  /** The highest scene value that leaves room for the noise. */
  readonly highestScene: number;
  /** Writes scene + noise; both of a whole number of words, `rowWords` in a row. */
  add(scene: Uint32Array, output: Uint32Array, rowWords: number): void;
}

/** Noise is picked from a table at a random place for each row. */
const tableWords = 1 << 15;

/** Normally distributed noise that is cut off at three standard deviations. */
export function makeGrain(sigmaCounts: number): Grain {
  const meanCounts = Math.ceil(3 * sigmaCounts);
  const random = seededRandom(3);
  const bytes = Uint8Array.from({ length: tableWords * 4 }, () => {
    const noise = Math.round(sigmaCounts * gaussian(random));
    return meanCounts + Math.min(meanCounts, Math.max(-meanCounts, noise));
  });
  const table = new Uint32Array(bytes.buffer);
  return {
    meanCounts,
    highestScene: 255 - 2 * meanCounts,
    add(scene, output, rowWords) {
      for (let start = 0; start < scene.length; start += rowWords) {
        const place = Math.floor(Math.random() * (tableWords - rowWords));
        for (let i = 0; i < rowWords; i++) output[start + i] = scene[start + i]! + table[place + i]!;
      }
    },
  };
}
