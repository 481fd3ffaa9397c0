import type { FreezeCount } from './freeze-meter.ts';
import type { PeerReport } from './peer-report.ts';

/** What a Player can tell of its session at one instant: the browser's word, and what was seen on the screen. */
export interface PlayerReport {
  readonly peer: PeerReport;
  readonly freezes: FreezeCount;
  /** Since the last picture came to the screen; null before the first one. */
  readonly silentMs: number | null;
}
