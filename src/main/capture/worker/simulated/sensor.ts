import { gaussian, poisson, seededRandom } from './random.ts';

/** A camera's sensor as its data sheet states it. */
export interface SensorFacts {
  readonly significantBits: number;
  /** Photoelectrons that make one count. */
  readonly electronsPerCount: number;
  readonly readNoiseElectrons: number;
  /** The count of a dark pixel. */
  readonly offsetCounts: number;
  /** What is brighter is treated as this; well above saturation, or above all that the scene holds. */
  readonly brightestElectrons: number;
}

/** Levels of expected signal. They are spaced by the square root, as shot noise is: each step is the same share of it. */
const levels = 256;
const samplesPerLevelBits = 10;
const samplesPerLevel = 1 << samplesPerLevelBits;

/**
 * Turns expected photoelectrons into counts with noise: count = offset + (Poisson(e) + N(0, read noise)) / gain, clipped
 * to the range (Janesick, *Photon Transfer*, SPIE 2007, ch. 3–5). Drawn numbers are kept in a table of 1024 for each of
 * 256 levels and picked at a random place for each row: a million true draws a picture would cost a whole core.
 */
export interface Sensor {
  /** By expected electrons up to `brightestElectrons`: the level to write into the level map. */
  readonly levelOfElectrons: Uint8Array;
  /** Reads a map of levels out into counts. */
  expose(levelMap: Uint8Array, widthPx: number, counts: Uint16Array): void;
}

export function makeSensor(facts: SensorFacts): Sensor {
  const { brightestElectrons } = facts;
  const levelOfElectrons = Uint8Array.from({ length: brightestElectrons + 1 }, (_, electrons) =>
    Math.round((levels - 1) * Math.sqrt(electrons / brightestElectrons)),
  );
  const table = drawSamples(facts);
  return {
    levelOfElectrons,
    expose(levelMap, widthPx, counts) {
      for (let start = 0; start < counts.length; start += widthPx) {
        const place = Math.floor(Math.random() * samplesPerLevel);
        exposeRow(levelMap, table, counts, start, start + widthPx, place - start);
      }
    },
  };
}

function exposeRow(
  levelMap: Uint8Array,
  table: Uint16Array,
  counts: Uint16Array,
  start: number,
  end: number,
  shift: number,
): void {
  for (let i = start; i < end; i++) {
    counts[i] = table[(levelMap[i]! << samplesPerLevelBits) | ((i + shift) & (samplesPerLevel - 1))]!;
  }
}

function drawSamples(facts: SensorFacts): Uint16Array {
  const { significantBits, electronsPerCount, readNoiseElectrons, offsetCounts, brightestElectrons } = facts;
  const fullScale = 2 ** significantBits - 1;
  const random = seededRandom(significantBits);
  const table = new Uint16Array(levels * samplesPerLevel);
  for (let level = 0; level < levels; level++) {
    const expected = (level / (levels - 1)) ** 2 * brightestElectrons;
    for (let sample = 0; sample < samplesPerLevel; sample++) {
      const electrons = poisson(expected, random) + readNoiseElectrons * gaussian(random);
      const count = Math.round(offsetCounts + electrons / electronsPerCount);
      table[level * samplesPerLevel + sample] = Math.min(fullScale, Math.max(0, count));
    }
  }
  return table;
}
