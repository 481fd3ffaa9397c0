import type { StationClock } from './clock.ts';
import type { Commands, CommandsNotices, ShownSize } from './commands.ts';
import type { PeerReport } from './peer-report.ts';
import type { PlayerFault } from './player-session.ts';

/** A picture that came to the screen. */
export interface ShownPicture {
  /** On the page's monotonic clock. */
  readonly atMs: number;
  /** How many its session has shown by then: some may have come unnoticed. */
  readonly count: number;
  /** When it was taken, Unix time of the station; null where that can't be told. */
  readonly captureTimeMs: number | null;
}

/** How a session speaks up to its Player. Nothing is said after `close()`. */
export interface WayNotices extends Pick<CommandsNotices, 'frames' | 'shownSize' | 'unanswered'> {
  /** The station has taken the session, and its pictures will come. */
  taken(): void;
  /** A picture of this session is on the screen. */
  shown(picture: ShownPicture): void;
  /** The station has answered for the first time. */
  reached(): void;
  /** The path is there, or there again. */
  connected(): void;
  /** The path is silent, and may heal by itself. */
  disconnected(): void;
  /** Called at most once; the session closes with it. */
  lost(fault: PlayerFault, retryAfterMs?: number): void;
}

/** One try of a Player to get pictures, and what shows them. */
export interface WaySession {
  /** The path is there, as far as this end knows. */
  readonly isConnected: boolean;
  /** What the station calls it; null as long as it has not answered, and where it has no name. */
  readonly viewerId: string | null;
  /** What is said beside the pictures; undefined where nothing is. */
  readonly commands: Commands | undefined;
  /** The station's clock, as well as it is known here. */
  readonly clock: StationClock;
  /** What the browser knows of it; null where it knows nothing. */
  report(): Promise<PeerReport | null>;
  /** Looks for another path without beginning anew. @throws Refusal. */
  findPath(): Promise<void>;
  /** The picture is shown at that size from now on. */
  show(size: ShownSize): void;
  /** The station's end of it is gone already, so that on closing there is nobody to tell. */
  forget(): void;
  /** Its last picture stays. Idempotent. */
  close(): void;
}

/** How pictures get here, and which element shows them. A Player opens one session after the other on it. */
export interface Way {
  open(notices: WayNotices): WaySession;
  /** Frees what is left once the last session is closed; the last picture stays. */
  close(): void;
}
