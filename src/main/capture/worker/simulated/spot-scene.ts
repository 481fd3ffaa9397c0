import type { Spot } from './optics.ts';
import type { Sensor } from './sensor.ts';

/** A spot's place; it may be anywhere, and is seen where the scene, repeated like tiles, has it. */
export interface PlacedSpot {
  readonly spot: Spot;
  xPx: number;
  yPx: number;
}

/** A still scene in expected photoelectrons with bright spots that move over it. Only what they touch is drawn again. */
export class SpotScene {
  readonly #electrons: Uint16Array;
  readonly #levels: Uint8Array;
  readonly #counts: Uint16Array;
  readonly #widthPx: number;
  readonly #heightPx: number;
  readonly #sensor: Sensor;
  #drawn: readonly PlacedSpot[] = [];

  /** @param electrons The still scene, which is handed over. */
  constructor(electrons: Uint16Array, widthPx: number, sensor: Sensor) {
    this.#electrons = electrons;
    this.#counts = new Uint16Array(electrons.length);
    this.#widthPx = widthPx;
    this.#heightPx = electrons.length / widthPx;
    this.#sensor = sensor;
    const { levelOfElectrons } = sensor;
    this.#levels = Uint8Array.from(
      electrons,
      (count) => levelOfElectrons[Math.min(count, levelOfElectrons.length - 1)]!,
    );
  }

  /** @returns Counts with noise, little-endian, in memory that the next call takes again. */
  expose(spots: readonly PlacedSpot[]): Uint8Array {
    for (const placed of this.#drawn) this.#add(placed, -1);
    this.#drawn = spots.map((placed) => ({ ...placed }));
    for (const placed of this.#drawn) this.#add(placed, 1);
    this.#sensor.expose(this.#levels, this.#widthPx, this.#counts);
    return new Uint8Array(this.#counts.buffer);
  }

  #add({ spot, xPx, yPx }: PlacedSpot, sign: 1 | -1): void {
    const electrons = this.#electrons;
    const { levelOfElectrons } = this.#sensor;
    const highest = levelOfElectrons.length - 1;
    const { sizePx, phases } = spot;
    const xQuarters = Math.floor(xPx * 4);
    const yQuarters = Math.floor(yPx * 4);
    const phase = phases[(yQuarters & 3) * 4 + (xQuarters & 3)]!;
    const left = (xQuarters >> 2) - (sizePx >> 1);
    const top = (yQuarters >> 2) - (sizePx >> 1);
    for (let y = 0; y < sizePx; y++) {
      const row = wrap(top + y, this.#heightPx) * this.#widthPx;
      for (let x = 0; x < sizePx; x++) {
        const index = row + wrap(left + x, this.#widthPx);
        const sum = electrons[index]! + sign * phase[y * sizePx + x]!;
        electrons[index] = sum;
        this.#levels[index] = levelOfElectrons[Math.min(sum, highest)]!;
      }
    }
  }
}

/** The place inside a scene that repeats without end. */
export function wrap(position: number, sizePx: number): number {
  return ((position % sizePx) + sizePx) % sizePx;
}
