import { randomInt } from 'node:crypto';

const ticksPerMs = 90;
const wrap = 2 ** 32;
const ntpEpochSeconds = 2_208_988_800;

/** Turns capture times into RTP timestamps of 90 kHz, so that a Player can turn them back (RFC 7273 §5.3). */
export class RtpClock {
  /** The RTP timestamp of Unix time 0: random as RFC 3550 §5.1 wants it, and told in the answer. */
  readonly offset = randomInt(wrap);
  #lastTicks = 0;

  /** The timestamp of the next picture. It never repeats or runs backwards, even if the station's clock is set back. */
  next(captureTimeMs: number): number {
    this.#lastTicks = Math.max(Math.round(captureTimeMs * ticksPerMs), this.#lastTicks + 1);
    return (this.#lastTicks + this.offset) % wrap;
  }

  /** The timestamp that a picture taken at this time would have. */
  at(timeMs: number): number {
    return (Math.round(timeMs * ticksPerMs) + this.offset) % wrap;
  }
}

/** A Unix time as sender reports write it: seconds since 1900 with 32 bits of fraction (RFC 3550 §4). */
export function ntpTimestamp(timeMs: number): bigint {
  const seconds = Math.floor(timeMs / 1000);
  const fraction = Math.floor(((timeMs - seconds * 1000) / 1000) * wrap);
  return (BigInt(seconds + ntpEpochSeconds) << 32n) | BigInt(fraction);
}
