import type { PixelReading } from '../../shared/state.ts';

/** After so many different pictures in a row, noise is expected in each. */
const noisyReadings = 20;
/** The same picture for so long, so often, and over so many exposures, is a frozen detector. */
const frozenAfterMs = 2_000;
const frozenReadings = 5;
const frozenExposures = 2.5;

/**
 * Whether a detector has frozen: it goes on counting, but gives the same picture again and again, down to its noise. Nothing is said of
 * those whose pictures repeat by nature, like a still one without noise: from their first short repetition on they are let alone.
 */
export class FrozenWatch {
  /** Different pictures in a row. */
  #different = 0;
  #repeatsByNature = false;
  #number = -Infinity;
  #hash: string | null = null;
  /** When the newest picture was seen for the first time, and how often it has come again since. */
  #firstMs = 0;
  #again = 0;
  #isFrozen = false;

  /** When the last new picture came, on the clock of `take`; null while the detector is not frozen. */
  get sinceMs(): number | null {
    return this.#isFrozen ? this.#firstMs : null;
  }

  take({ number, hash, exposureMs = 0 }: PixelReading, nowMs: number): void {
    // The same picture may be measured twice.
    if (number <= this.#number) return;
    this.#number = number;
    if (hash !== this.#hash) {
      this.#takeNew(hash, nowMs);
      return;
    }
    this.#again++;
    if (this.#different < noisyReadings) this.#repeatsByNature = true;
    const patienceMs = Math.max(frozenAfterMs, frozenExposures * exposureMs);
    const isLong = this.#again >= frozenReadings && nowMs - this.#firstMs >= patienceMs;
    if (isLong && !this.#repeatsByNature) this.#isFrozen = true;
  }

  /** Another Capture begins: what was learned of the last one may be true of it no more. */
  reset(): void {
    this.#different = 0;
    this.#repeatsByNature = false;
    this.#number = -Infinity;
    this.#hash = null;
    this.#again = 0;
    this.#isFrozen = false;
  }

  #takeNew(hash: string, nowMs: number): void {
    if (this.#again > 0 && !this.#isFrozen) this.#repeatsByNature = true;
    this.#different++;
    this.#hash = hash;
    this.#firstMs = nowMs;
    this.#again = 0;
    this.#isFrozen = false;
  }
}
