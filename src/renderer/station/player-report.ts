import type { KeepaliveFacts } from '../../shared/keepalive.ts';
import type { ShownSize } from './commands.ts';
import type { FreezeCount } from './freeze-meter.ts';
import type { PeerReport } from './peer-report.ts';

/** What a Player can tell of its session at one instant: the browser's word, and what was seen on the screen. */
export interface PlayerReport {
  readonly peer: PeerReport;
  /** What the station calls it; null as long as it has not answered. */
  readonly viewerId: string | null;
  /** At which size the picture is shown, in physical pixels; null as long as that is not known. */
  readonly shownSize: ShownSize | null;
  readonly freezes: FreezeCount;
  /** Since the last picture came to the screen; null before the first one. */
  readonly silentMs: number | null;
  /** From the pings on `commands`; null while that is not open. */
  readonly keepalive: KeepaliveFacts | null;
  /** What waits on `commands` to be sent to the station; null while that is not open. */
  readonly commandsBufferedBytes: number | null;
  /** How far off the station's clock can be as it is known here: 0 where both share one, null where nothing is known. */
  readonly clockUncertaintyMs: number | null;
}
