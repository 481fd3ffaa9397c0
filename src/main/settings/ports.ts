import type { GuestWish } from '../../shared/access.ts';
import type { ToldKey, TrustedDirectory } from '../../shared/joining.ts';
import type { Sharing } from '../../shared/settings.ts';
import type { StreamConfig } from '../../shared/source.ts';
import type { StationNotice } from '../../shared/state.ts';

/** The running station, as far as its settings change it. */
export interface AdjustableStation {
  setName(name: string): void;
  /** Touches only the Streams that differ from what runs; resolves when the Captures of removed ones are gone. */
  setStreams(streams: readonly StreamConfig[]): Promise<void>;
  withdrawNotice(code: StationNotice['code']): void;
}

/** The door that colleagues on the network come through. */
export interface NetworkSharing {
  state(): Sharing;
  /**
   * Opens it with a new guest link; one that is open already is closed first.
   * @throws StationError `cannot_share`.
   */
  start(wish: GuestWish): Promise<void>;
  /** Closes it and ends whatever is watched through it. Idempotent. */
  stop(): Promise<void>;
}

/** Whom the directories of labs send here. */
export interface LabColleagues {
  /** Takes tickets of these directories from now on, and of no others: what those had opened ends. */
  trust(directories: readonly TrustedDirectory[]): void;
}

/**
 * Asks the directory at an address, as somebody has typed it, for its key.
 * @throws StationError `bad_setting`, `no_directory_there`.
 */
export type AskKey = (address: string) => Promise<Pick<ToldKey, 'url' | 'publicKey'>>;
