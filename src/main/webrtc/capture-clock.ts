import { rtpTicksPerMs, timeOfNtp } from './rtp-clock.ts';
import type { SenderTime } from './rtcp.ts';

/** A picture that says it is older was taken by a clock that is wrong; one that is so much younger than now, too. */
const [longestWayMs, clockToleranceMs] = [2_000, 20] as const;
/** How fast the two clocks may drift apart, in ms a second: quartzes do a tenth of it. */
const driftMsPerS = 1;
const wrap = 2 ** 32;

/** Says when pictures were taken, on the station's clock. */
export interface PictureClock {
  /** The other end has told the time of one of its timestamps. */
  reported(time: SenderTime): void;
  /** @param arrivedAtMs Unix time of its last packet. @returns Unix time of its capture, never later than that. */
  captureTimeMs(timestamp: number, arrivedAtMs: number): number;
}

/**
 * Says when the pictures of a publisher were taken, on the station's clock. Where the publisher's clock tells the same time as far as
 * can be known, by its reports; else by the picture that was the quickest on its way, so that the pictures at least keep their distances.
 */
export class CaptureClock implements PictureClock {
  #lastTicks: number | null = null;
  /** The least that was seen of arrival less RTP time. */
  #arrivalOffsetMs = Infinity;
  #arrivedAtMs = 0;
  /** The publisher's Unix time less its RTP time; null before its first report. */
  #reportOffsetMs: number | null = null;

  reported({ ntp, timestamp }: SenderTime): void {
    if (this.#lastTicks === null) return;
    this.#reportOffsetMs = timeOfNtp(ntp) - nearestTicks(timestamp, this.#lastTicks) / rtpTicksPerMs;
  }

  captureTimeMs(timestamp: number, arrivedAtMs: number): number {
    const ticks = nearestTicks(timestamp, this.#lastTicks ?? timestamp);
    this.#lastTicks = Math.max(ticks, this.#lastTicks ?? ticks);
    const rtpMs = ticks / rtpTicksPerMs;
    const drifted = this.#arrivalOffsetMs + (driftMsPerS * Math.max(0, arrivedAtMs - this.#arrivedAtMs)) / 1_000;
    this.#arrivalOffsetMs = Math.min(arrivedAtMs - rtpMs, drifted);
    this.#arrivedAtMs = arrivedAtMs;
    const reported = this.#reportOffsetMs;
    const wayMs = reported === null ? -Infinity : this.#arrivalOffsetMs - reported;
    const isTrusted = wayMs >= -clockToleranceMs && wayMs <= longestWayMs;
    return Math.min(arrivedAtMs, rtpMs + (isTrusted && reported !== null ? reported : this.#arrivalOffsetMs));
  }
}

/** The number of ticks with these 32 bits that is nearest to another. */
export function nearestTicks(timestamp: number, near: number): number {
  const ahead = (((timestamp - near) % wrap) + wrap + wrap / 2) % wrap;
  return near + ahead - wrap / 2;
}
