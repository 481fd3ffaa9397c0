import { debug } from './debug.ts';

/** The station's clock, as well as this page can know it. */
export interface StationClock {
  /** The station's Unix time now. NaN as long as it is unknown. */
  nowMs(): number;
  /** How far off `nowMs` can be; 0 where page and station share a clock, infinite as long as it is unknown. */
  readonly uncertaintyMs: number;
}

/** Page and station run on one machine. */
export const sharedClock: StationClock = { nowMs: () => Date.now(), uncertaintyMs: 0 };

/** Clocks drift, so that a lucky round trip of long ago must not win for ever. */
const samplesKept = 8;

/** The four times of a question to the station, each of the clock of who noted it; Unix time. */
export interface RoundTrip {
  /** Of this page. */
  readonly askedAtMs: number;
  /** Of the station. */
  readonly receivedAtMs: number;
  readonly repliedAtMs: number;
  /** Of this page. */
  readonly answeredAtMs: number;
}

interface ClockSample {
  readonly offsetMs: number;
  /** By how much the offset can be wrong: the way there may have taken all of the time, or the way back. */
  readonly uncertaintyMs: number;
}

/** Both clocks are read in whole milliseconds. */
const ticksMs = 2;

/**
 * Estimates another machine's clock from round trips, as NTP does (RFC 5905 §8): both ways are taken to be equally long, and the
 * shortest round trip is off by the least.
 */
export class EstimatedClock implements StationClock {
  #samples: readonly ClockSample[] = [];

  nowMs(): number {
    return Date.now() + (this.#best()?.offsetMs ?? Number.NaN);
  }

  get uncertaintyMs(): number {
    return this.#best()?.uncertaintyMs ?? Number.POSITIVE_INFINITY;
  }

  add({ askedAtMs, receivedAtMs, repliedAtMs, answeredAtMs }: RoundTrip): void {
    const delayMs = answeredAtMs - askedAtMs - (repliedAtMs - receivedAtMs);
    // A clock that was set while the answer was on its way measures nothing.
    if (delayMs < -ticksMs) return;
    const newest = {
      offsetMs: (receivedAtMs - askedAtMs + (repliedAtMs - answeredAtMs)) / 2,
      uncertaintyMs: Math.max(0, delayMs) / 2 + ticksMs,
    };
    // Samples that can't both be right lie on both sides of a clock that was set, or have drifted apart.
    const kept = this.#samples.filter((sample) => agree(sample, newest)).slice(1 - samplesKept);
    this.#samples = [...kept, newest];
  }

  #best(): ClockSample | undefined {
    return this.#samples.reduce<ClockSample | undefined>(
      (best, sample) => (best === undefined || sample.uncertaintyMs < best.uncertaintyMs ? sample : best),
      undefined,
    );
  }
}

function agree(one: ClockSample, other: ClockSample): boolean {
  return Math.abs(one.offsetMs - other.offsetMs) <= one.uncertaintyMs + other.uncertaintyMs;
}

/** The better of both: what a session has measured, as soon as it has, unless page and station share a clock anyway. */
export function betterClock(page: StationClock, session: StationClock | undefined): StationClock {
  const isKnown = session !== undefined && Number.isFinite(session.uncertaintyMs);
  return isKnown && page.uncertaintyMs > 0 ? session : page;
}

const firstRounds = 4;
const roundEachMs = 30_000;

/**
 * Asks the station for its time, a few times at once and then now and again, for as long as the page lives.
 * @param mayAsk Resolves when it is worth to ask.
 */
export async function keepEstimating(
  clock: EstimatedClock,
  readStationTimeMs: () => Promise<number>,
  mayAsk: () => Promise<void> = () => Promise.resolve(),
): Promise<never> {
  for (let round = 1; ; round++) {
    await mayAsk();
    try {
      const askedAtMs = Date.now();
      const stationTimeMs = await readStationTimeMs();
      clock.add({ askedAtMs, receivedAtMs: stationTimeMs, repliedAtMs: stationTimeMs, answeredAtMs: Date.now() });
    } catch (error) {
      // The screen says already that the station is away; the next round may find it.
      debug('The station did not tell its time.', error);
    }
    if (round >= firstRounds) await new Promise((resolve) => setTimeout(resolve, roundEachMs));
  }
}
