import { nearestTicks, type PictureClock } from './capture-clock.ts';
import { rtpTicksPerMs } from './rtp-clock.ts';

/**
 * Says when the pictures of another station were taken: their timestamps tell it on that station's clock (RFC 7273 §5.2), and how far
 * that one is ahead of ours was asked.
 */
export class MediaClock implements PictureClock {
  readonly #offset: number;
  readonly #aheadMs: () => number;

  /**
   * @param offset The RTP timestamp of Unix time 0.
   * @param aheadMs How far the other station's clock is ahead of ours at this moment.
   */
  constructor(offset: number, aheadMs: () => number) {
    this.#offset = offset;
    this.#aheadMs = aheadMs;
  }

  /** Its reports say the same with less precision. */
  reported(): void {
    return undefined;
  }

  captureTimeMs(timestamp: number, arrivedAtMs: number): number {
    const aheadMs = this.#aheadMs();
    const ticks = nearestTicks(timestamp - this.#offset, (arrivedAtMs + aheadMs) * rtpTicksPerMs);
    return Math.min(arrivedAtMs, ticks / rtpTicksPerMs - aheadMs);
  }
}
