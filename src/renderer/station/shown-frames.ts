import type { FrameNumbers } from '../../shared/commands.ts';
import { ticksPerMs } from './capture-time.ts';
import { rhythmMs } from './picture-meter.ts';

/** Five seconds at 100 pictures a second: the station tells the numbers some five times a second. */
const kept = 500;

/** Matches the pictures that came to the screen to the numbers that the station's detector gave them. */
export class ShownFrames {
  /** Numbers by capture time in ticks of RTP's clock, in which a picture carries it. The oldest come first. */
  readonly #numbers = new Map<number, number>();
  /** What was shown and has no number yet, the oldest first; before them the newest that has one. */
  #shownTicks: number[] = [];
  /** When the newest pictures were taken of which the station has told. */
  #sentTimesMs: readonly number[] = [];

  /** The number of the newest shown picture whose number is known; null before the first. */
  get newestNumber(): number | null {
    const index = this.#shownTicks.findLastIndex((ticks) => this.#numberOf(ticks) !== null);
    this.#shownTicks.splice(0, Math.max(0, index));
    return this.#numberOf(this.#shownTicks[0]);
  }

  /** When the newest picture was taken, Unix time of the station; null before the first. */
  get newestCaptureTimeMs(): number | null {
    const ticks = this.#shownTicks.at(-1);
    return ticks === undefined ? null : ticks / ticksPerMs;
  }

  /** The rhythm in which the station sends pictures, whatever becomes of them here; null as long as it has told too little. */
  get sentIntervalMs(): number | null {
    return rhythmMs(this.#sentTimesMs);
  }

  /** The station has sent these pictures. */
  told(frames: FrameNumbers['frames']): void {
    for (const [number, captureTimeMs] of frames) this.#numbers.set(toTicks(captureTimeMs), number);
    // Pictures that are sent again, for a Viewer that has just come, are older than those before them.
    const lastMs = this.#sentTimesMs.at(-1) ?? Number.NEGATIVE_INFINITY;
    const newMs = frames.map(([, captureTimeMs]) => captureTimeMs).filter((timeMs) => timeMs > lastMs);
    this.#sentTimesMs = [...this.#sentTimesMs, ...newMs].slice(-3);
    const surplus = this.#numbers.size - kept;
    for (const ticks of [...this.#numbers.keys()].slice(0, Math.max(0, surplus))) this.#numbers.delete(ticks);
  }

  /** A picture of this capture time (Unix time) came to the screen. */
  shown(captureTimeMs: number): void {
    this.#shownTicks.push(toTicks(captureTimeMs));
    if (this.#shownTicks.length > kept) this.#shownTicks.shift();
  }

  reset(): void {
    this.#numbers.clear();
    this.#shownTicks = [];
    this.#sentTimesMs = [];
  }

  /** Both sides round to whole ticks, so that they may differ by one. */
  #numberOf(ticks: number | undefined): number | null {
    if (ticks === undefined) return null;
    return this.#numbers.get(ticks) ?? this.#numbers.get(ticks - 1) ?? this.#numbers.get(ticks + 1) ?? null;
  }
}

function toTicks(timeMs: number): number {
  return Math.round(timeMs * ticksPerMs);
}
