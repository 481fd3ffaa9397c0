import type { DisplayWindow, PixelReading } from '../../../shared/state.ts';
import { makePacker } from './packed.ts';
import type { RawPicture } from './picture.ts';

/** What is counted on one picture: everything of a PixelReading that comes from the pixels, and the whole histogram. */
export interface Measurement {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly fullScaleShare: number;
  readonly zeroShare: number;
  readonly hash: string;
  /** How often each count occurs; its memory is used again for the next picture. */
  readonly histogram: Uint32Array;
  readonly samples: number;
}

/** The counts that mean "dark" and "full" for a picture's samples. */
export interface Scale {
  readonly zeroCount: number;
  readonly fullCount: number;
}

/** Video in limited range has its black at 16 and its white at 235 (ITU-R BT.709 §3.5); all else starts at 0. */
export function scaleOf({ pixelType, significantBits, isFullRange }: RawPicture): Scale {
  if (pixelType === 'i420' && !isFullRange) return { zeroCount: 16, fullCount: 235 };
  return { zeroCount: 0, fullCount: pixelType === 'uint16le' ? 2 ** significantBits - 1 : 255 };
}

/** Makes a function that measures pictures; it keeps its tables and scratch memory from picture to picture. */
export function makeMeter(): (picture: RawPicture) => Measurement {
  const pack = makePacker();
  const bytes = new Tally(256, countBytes);
  const counts16 = new Tally(65_536, countPairs);
  return (picture) => {
    const { pixelType, widthPx, heightPx } = picture;
    const samples = widthPx * heightPx * (pixelType === 'rgb24' ? 3 : 1);
    const is16Bit = pixelType === 'uint16le';
    const rowBytes = (samples / heightPx) * (is16Bit ? 2 : 1);
    const words = pack(picture.planes[0], rowBytes, heightPx);
    return (is16Bit ? counts16 : bytes).measure(words, samples, scaleOf(picture));
  };
}

export function toReading(picture: RawPicture, measured: Measurement, display: DisplayWindow): PixelReading {
  const { min, max, mean, fullScaleShare, zeroShare, hash } = measured;
  const { number, captureTimeMs, exposureMs } = picture;
  return {
    number,
    captureTimeMs,
    ...(exposureMs !== undefined && { exposureMs }),
    ...{ min, max, mean, fullScaleShare, zeroShare, hash, display },
  };
}

/** Adds up histograms in `tables` and returns the hash. */
type CountWords = (words: Uint32Array, tables: readonly Uint32Array[]) => string;

/** One pass over the pixels fills a histogram, and all statistics are read from that: they are exact. */
class Tally {
  readonly #count: CountWords;
  readonly #tables: readonly Uint32Array[];

  constructor(size: number, count: CountWords) {
    this.#count = count;
    // Equal neighbours are the usual case. With a table for each place in the word, the processor need not wait for
    // one increment to be stored before it can begin the next.
    this.#tables = Array.from({ length: size === 256 ? 4 : 2 }, () => new Uint32Array(size));
  }

  measure(words: Uint32Array, samples: number, { zeroCount, fullCount }: Scale): Measurement {
    for (const table of this.#tables) table.fill(0);
    const hash = this.#count(words, this.#tables);
    const histogram = this.#sum(samples);
    let min = histogram.length;
    let max = 0;
    let sum = 0;
    let atZero = 0;
    let atFullScale = 0;
    for (let value = 0; value < histogram.length; value++) {
      const times = histogram[value] ?? 0;
      if (times === 0) continue;
      min = Math.min(min, value);
      max = value;
      sum += value * times;
      if (value <= zeroCount) atZero += times;
      if (value >= fullCount) atFullScale += times;
    }
    return {
      ...{ min, max, hash, histogram, samples },
      mean: sum / samples,
      fullScaleShare: atFullScale / samples,
      zeroShare: atZero / samples,
    };
  }

  /** Joins the tables in the first one and takes out the zeros that only fill up the last word. */
  #sum(samples: number): Uint32Array {
    const [histogram, ...others] = this.#tables;
    if (!histogram) throw new Error('unreachable');
    let counted = 0;
    for (let value = 0; value < histogram.length; value++) {
      let times = histogram[value] ?? 0;
      for (const table of others) times += table[value] ?? 0;
      histogram[value] = times;
      counted += times;
    }
    histogram[0] = (histogram[0] ?? 0) - (counted - samples);
    return histogram;
  }
}

/*
 * The hash is made of two lanes of xxHash32's round (Yann Collet, xxHash specification §"Process stripes"), one over the
 * words with even and one over those with odd index; it covers every byte of the
 * first plane (of decoded video, the luma). A round maps each state to another one for a
 * given word and each word to another state, so a picture that differs in one 32-bit word alone never has the same hash.
 * With other differences two pictures share a hash by chance once in 2^32 at most. It is no protection against a forger.
 */
const prime1 = 0x9e3779b1 | 0;
const prime2 = 0x85ebca77 | 0;

function toHex(laneA: number, laneB: number): string {
  return [laneA, laneB].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

function countBytes(words: Uint32Array, tables: readonly Uint32Array[]): string {
  const [t0, t1, t2, t3] = tables as readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let a = prime1;
  let b = prime2;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]! | 0;
    t0[word & 0xff]!++;
    t1[(word >>> 8) & 0xff]!++;
    t2[(word >>> 16) & 0xff]!++;
    t3[word >>> 24]!++;
    const mixed = (a + Math.imul(word, prime2)) | 0;
    a = b;
    b = Math.imul((mixed << 13) | (mixed >>> 19), prime1);
  }
  return toHex(a, b);
}

function countPairs(words: Uint32Array, tables: readonly Uint32Array[]): string {
  const [t0, t1] = tables as readonly [Uint32Array, Uint32Array];
  let a = prime1;
  let b = prime2;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]! | 0;
    t0[word & 0xffff]!++;
    t1[word >>> 16]!++;
    const mixed = (a + Math.imul(word, prime2)) | 0;
    a = b;
    b = Math.imul((mixed << 13) | (mixed >>> 19), prime1);
  }
  return toHex(a, b);
}
