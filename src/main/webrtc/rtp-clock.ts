import { randomInt } from 'node:crypto';
import type { Frame } from '../station/frame.ts';

/** The RTP clock of all video (RFC 6184 §8.2.1, RFC 7741 §6.2.1). */
export const rtpTicksPerMs = 90;
const wrap = 2 ** 32;
const ntpEpochSeconds = 2_208_988_800;

/** Turns capture times into RTP timestamps of 90 kHz, so that a Player can turn them back (RFC 7273 §5.3). */
export class RtpClock {
  /** The RTP timestamp of Unix time 0: random as RFC 3550 §5.1 wants it, and told in the answer. */
  readonly offset = randomInt(wrap);
  #lastTicks = 0;
  #lastSentMs = 0;
  #newest: Pick<Frame, 'number' | 'captureTimeMs'> = { number: -Infinity, captureTimeMs: -Infinity };
  /** How far the newest picture's timestamp is ahead of its capture time; above 0 after a clock was set back. */
  #aheadTicks = 0;

  /**
   * The timestamp of the next picture. It never repeats or runs backwards. A picture that is sent again follows on the last one
   * at once. A new one whose capture time has not moved on, because a clock was set back or stands still, is put where the time
   * that has passed would put it: browsers show nothing while timestamps creep.
   * @param nowMs Of a monotonic clock.
   */
  next({ number, captureTimeMs }: Pick<Frame, 'number' | 'captureTimeMs'>, nowMs: number): number {
    const isAgain = number <= this.#newest.number && captureTimeMs <= this.#newest.captureTimeMs;
    const passedTicks = isAgain ? 0 : Math.round((nowMs - this.#lastSentMs) * rtpTicksPerMs);
    const captureTicks = Math.round(captureTimeMs * rtpTicksPerMs);
    this.#lastTicks = captureTicks > this.#lastTicks ? captureTicks : this.#lastTicks + Math.max(1, passedTicks);
    this.#lastSentMs = nowMs;
    if (!isAgain) {
      this.#newest = { number, captureTimeMs };
      this.#aheadTicks = this.#lastTicks - captureTicks;
    }
    return (this.#lastTicks + this.offset) % wrap;
  }

  /** The timestamp that a new picture taken at this time would have. */
  at(timeMs: number): number {
    return (Math.round(timeMs * rtpTicksPerMs) + this.#aheadTicks + this.offset) % wrap;
  }
}

/** A Unix time as sender reports write it: seconds since 1900 with 32 bits of fraction (RFC 3550 §4). */
export function ntpTimestamp(timeMs: number): bigint {
  const seconds = Math.floor(timeMs / 1000);
  const fraction = Math.floor(((timeMs - seconds * 1000) / 1000) * wrap);
  return (BigInt(seconds + ntpEpochSeconds) << 32n) | BigInt(fraction);
}

/** The Unix time of what ntpTimestamp writes. */
export function timeOfNtp(ntp: bigint): number {
  const seconds = Number(ntp >> 32n) - ntpEpochSeconds;
  return seconds * 1000 + (Number(ntp & 0xffff_ffffn) / wrap) * 1000;
}
