import type { PeerReport } from './peer-report.ts';
import type { Arrived } from './staleness.ts';

interface Counters {
  /** On the page's monotonic clock. */
  readonly atMs: number;
  readonly packets: number;
  readonly pictures: number;
  readonly lostPackets: number;
}

/** The browser is asked each second; enough to look back over two long exposures. */
const kept = 60;

/** Remembers what the browser has counted of arriving video, so that it can be told what came since a picture was shown. */
export class Arrivals {
  #counters: readonly Counters[] = [];

  /** @param atMs When the report was asked for. */
  add(atMs: number, { entries }: PeerReport): void {
    const video = entries.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
    const { packetsReceived, framesReceived, packetsLost } = video ?? {};
    if (typeof packetsReceived !== 'number' || typeof framesReceived !== 'number') return;
    const lostPackets = typeof packetsLost === 'number' ? packetsLost : 0;
    const newest = { atMs, packets: packetsReceived, pictures: framesReceived, lostPackets };
    this.#counters = [...this.#counters.slice(1 - kept), newest];
  }

  reset(): void {
    this.#counters = [];
  }

  /**
   * Unknown until the browser was asked twice since.
   * @param atMs On the same clock.
   * @param lookBackMs What came before that tells nothing of now.
   */
  since(atMs: number, lookBackMs: number): Arrived {
    const newest = this.#counters.at(-1);
    const fromMs = Math.max(atMs, (newest?.atMs ?? 0) - lookBackMs);
    const first = this.#counters.find((counters) => counters.atMs >= fromMs);
    if (!first || !newest || first === newest) return 'unknown';
    if (newest.packets === first.packets) return 'nothing';
    // A whole picture that rests on a lost one can't be shown either.
    const isWhole = newest.pictures > first.pictures && newest.lostPackets <= first.lostPackets;
    return isWhole ? 'pictures' : 'pieces';
  }
}
