import type { SourceFault } from '../../shared/state.ts';

/** How long a Capture may take to its first picture: cameras need seconds to open, network streams wait for a keyframe. */
const startPatienceMs = 10_000;
/** A detector with a long exposure shows its first picture late and can't say so before: each silent start doubles the patience up to this. */
const longestStartPatienceMs = 60_000;
/** How long a running Capture may be silent, unless its pictures are known to be further apart. */
const patienceMs = 3_000;
/** Pictures may come this much later than expected: one missed picture is not a fault. */
const intervalsMissed = 3;

/** What is known of a Source's rhythm. Kept over restarts. */
export class Rhythm {
  /** Between the pictures, as the Source announces it; 0 where it doesn't. */
  nominalIntervalMs = 0;
  exposureMs = 0;
  /** Between the last two pictures. */
  lastIntervalMs = 0;

  /** The time to expect between two pictures; 0 while nothing is known. */
  get intervalMs(): number {
    return Math.max(this.nominalIntervalMs, this.exposureMs, this.lastIntervalMs);
  }
}

/**
 * Whether one run of a Capture is well, judged by nothing but the pictures that came: a process that exists may hang,
 * and a device that is open may be unplugged. All times are of a monotonic clock.
 */
export class Health {
  readonly #rhythm: Rhythm;
  readonly #startPatienceMs: number;
  readonly #startedMs: number;
  #firstPictureMs: number | null = null;
  #lastPictureMs: number | null = null;
  #lastSignMs: number;
  #newestNumber = -Infinity;
  #hasRhythm = false;

  /** @param silentStarts How many runs before this one ended without showing a picture in time. */
  constructor(rhythm: Rhythm, silentStarts: number, nowMs: number) {
    this.#rhythm = rhythm;
    this.#startPatienceMs = Math.min(startPatienceMs * 2 ** silentStarts, longestStartPatienceMs);
    this.#startedMs = nowMs;
    this.#lastSignMs = nowMs;
  }

  get hasPictures(): boolean {
    return this.#firstPictureMs !== null;
  }

  /** From the first picture to the last. */
  get goodForMs(): number {
    return (this.#lastPictureMs ?? 0) - (this.#firstPictureMs ?? 0);
  }

  /** A picture, or one more encoding of it, has come. */
  picture(number: number, nowMs: number): void {
    this.#lastSignMs = nowMs;
    if (number <= this.#newestNumber) return;
    this.#newestNumber = number;
    if (this.#lastPictureMs !== null) {
      this.#rhythm.lastIntervalMs = nowMs - this.#lastPictureMs;
      this.#hasRhythm = true;
    }
    this.#firstPictureMs ??= nowMs;
    this.#lastPictureMs = nowMs;
  }

  /** The station itself stood still (the machine slept, the process was stopped): what came meanwhile is not read yet. */
  excuseSilence(nowMs: number): void {
    this.#lastSignMs = nowMs;
  }

  /** What is wrong, or null while all is well. */
  fault(nowMs: number): SourceFault | null {
    const silentMs = nowMs - this.#lastSignMs;
    if (silentMs < this.#patienceMs()) return null;
    const detail = this.hasPictures
      ? `No picture for ${seconds(silentMs)}.`
      : `No first picture within ${seconds(nowMs - this.#startedMs)} of the start.`;
    return { reason: 'silent', detail };
  }

  #patienceMs(): number {
    const expectedMs = intervalsMissed * this.#rhythm.intervalMs;
    // One picture alone tells nothing of the pace.
    return Math.max(this.#hasRhythm ? patienceMs : this.#startPatienceMs, expectedMs);
  }
}

function seconds(timeMs: number): string {
  return `${(timeMs / 1_000).toFixed(1)} s`;
}
