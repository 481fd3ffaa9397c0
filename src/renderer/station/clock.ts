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

interface ClockSample {
  readonly offsetMs: number;
  readonly roundTripMs: number;
}

/**
 * Estimates another machine's clock from round trips: the answer's time stamp is taken to be from the middle of the
 * round trip, and the shortest one is off by the least (Cristian 1989, as in NTP: RFC 5905 §8).
 */
export class EstimatedClock implements StationClock {
  readonly #samples: ClockSample[] = [];

  nowMs(): number {
    return Date.now() + (this.#best()?.offsetMs ?? Number.NaN);
  }

  get uncertaintyMs(): number {
    return (this.#best()?.roundTripMs ?? Number.POSITIVE_INFINITY) / 2;
  }

  /** Takes one round trip: this page's times of asking and answer, and the station's time in the answer. */
  add(askedAtMs: number, answeredAtMs: number, stationTimeMs: number): void {
    const roundTripMs = answeredAtMs - askedAtMs;
    // A clock that was set while the answer was on its way measures nothing.
    if (roundTripMs < 0) return;
    this.#samples.push({ roundTripMs, offsetMs: stationTimeMs + roundTripMs / 2 - answeredAtMs });
    if (this.#samples.length > samplesKept) this.#samples.shift();
  }

  #best(): ClockSample | undefined {
    return this.#samples.reduce<ClockSample | undefined>(
      (best, sample) => (best === undefined || sample.roundTripMs < best.roundTripMs ? sample : best),
      undefined,
    );
  }
}

const firstRounds = 4;
const roundEachMs = 30_000;

/** Asks the station for its time, a few times at once and then now and again, for as long as the page lives. */
export async function keepEstimating(clock: EstimatedClock, readStationTimeMs: () => Promise<number>): Promise<never> {
  for (let round = 1; ; round++) {
    try {
      const askedAtMs = Date.now();
      const stationTimeMs = await readStationTimeMs();
      clock.add(askedAtMs, Date.now(), stationTimeMs);
    } catch (error) {
      // The screen says already that the station is away; the next round may find it.
      debug('The station did not tell its time.', error);
    }
    if (round >= firstRounds) await new Promise((resolve) => setTimeout(resolve, roundEachMs));
  }
}
