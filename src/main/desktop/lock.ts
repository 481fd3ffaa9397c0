import type { Logger } from 'pino';
import { StationError } from '../../shared/errors.ts';
import type { LockState } from '../../shared/shell.ts';
import { isSecret } from '../secret-hash.ts';
import { hashPin, requireGoodPin } from './pin.ts';
import { openPinFile, type PinFile, type StoredPin } from './pin-file.ts';

const freeTries = 5;
const firstWaitMs = 30_000;
const longestWaitMs = 60 * 60_000;
const relockAfterMs = 60_000;

/**
 * Who may leave the kiosk and change its settings. It starts locked where there is a PIN, and locks itself again when nobody has
 * done anything for a minute.
 */
export class Lock {
  readonly #file: PinFile;
  readonly #log: Logger;
  #pin: StoredPin | null;
  #changed: () => void = () => undefined;
  /** Set while it was opened with the PIN. */
  #open: { relockAtMs: number | null } | null = null;
  /** Locking by itself makes no sense while the window is one among others. */
  #isAway = false;
  #relock: NodeJS.Timeout | undefined;
  /** One PIN is looked at after the other, so that no two can be tried at the same time. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param path The file of the PIN. */
  static async open(path: string, log: Logger): Promise<Lock> {
    return new Lock(await openPinFile(path, log), log);
  }

  private constructor(file: PinFile, log: Logger) {
    this.#file = file;
    this.#pin = file.found;
    this.#log = log;
  }

  /** @param changed Called after every change of the state; only the one who asked last is. */
  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  get state(): LockState {
    if (!this.#pin) return { kind: 'no_pin' };
    if (this.#open) return { kind: 'unlocked', relockAtMs: this.#open.relockAtMs };
    return { kind: 'locked', waitUntilMs: this.#waitUntilMs(this.#pin) };
  }

  get isOpen(): boolean {
    return this.state.kind !== 'locked';
  }

  /** @throws StationError `locked`. */
  requireOpen(): void {
    if (!this.isOpen) throw StationError.locked();
  }

  /** Somebody is at the screen: where it is open, it stays so for another minute. */
  keepOpen(): void {
    if (this.#open) this.#openUp();
  }

  /** @param isAway Whether the window is one among others. */
  setAway(isAway: boolean): void {
    this.#isAway = isAway;
    this.keepOpen();
  }

  /** @throws StationError `pin_refused`, `locked`, `not_saved`. */
  setPin(pin: string, again: string): Promise<void> {
    return this.#inTurn(async () => {
      this.requireOpen();
      requireGoodPin(pin, again);
      const stored = { pin: await hashPin(pin), wrongTries: 0, lastWrongTryMs: 0 };
      await this.#file.write(stored).catch((error: unknown) => {
        this.#log.error({ err: error }, 'The PIN could not be saved.');
        throw StationError.notSaved('the disk took no new PIN');
      });
      const isFirst = this.#pin === null;
      this.#pin = stored;
      this.#log.info(isFirst ? 'A PIN was chosen.' : 'Another PIN was chosen.');
      // Where it was locked meanwhile, it stays locked: with the new PIN.
      if (isFirst || this.#open) this.#openUp();
    });
  }

  /** @throws StationError `no_pin`. */
  lock(): void {
    if (!this.#pin) throw StationError.noPin();
    if (!this.#open) return;
    clearTimeout(this.#relock);
    this.#open = null;
    this.#log.info('The kiosk was locked.');
    this.#changed();
  }

  /** @throws StationError `pin_wrong`, `pin_wait`, `no_pin`. */
  unlock(typed: string): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#pin) throw StationError.noPin();
      if (this.#open) return this.keepOpen();
      await this.#try(typed, this.#pin);
      this.#log.info('The kiosk was unlocked.');
      this.#openUp();
    });
  }

  /** Ends its timer; nothing changes any more. */
  close(): void {
    clearTimeout(this.#relock);
  }

  async #try(typed: string, stored: StoredPin): Promise<void> {
    const nowMs = Date.now();
    const waitUntilMs = this.#waitUntilMs(stored);
    if (waitUntilMs !== null) throw StationError.pinWait(waitUntilMs - nowMs);
    // Counted as wrong before it is looked at: whoever ends the program in between gains nothing.
    const failed = { ...stored, wrongTries: stored.wrongTries + 1, lastWrongTryMs: nowMs };
    await this.#remember(failed);
    if (await isSecret(typed, stored.pin)) {
      this.#pin = { ...stored, wrongTries: 0, lastWrongTryMs: 0 };
      return this.#remember(this.#pin);
    }
    this.#pin = failed;
    this.#log.warn({ wrongTries: failed.wrongTries }, 'A wrong PIN was typed.');
    this.#changed();
    throw StationError.pinWrong();
  }

  /** Until when no PIN is taken; null where one is taken now. */
  #waitUntilMs(stored: StoredPin): number | null {
    const nowMs = Date.now();
    // A clock that was set back must not make the wait longer than it is.
    stored.lastWrongTryMs = Math.min(stored.lastWrongTryMs, nowMs);
    const untilMs = stored.lastWrongTryMs + waitAfter(stored.wrongTries);
    return untilMs > nowMs ? untilMs : null;
  }

  async #remember(stored: StoredPin): Promise<void> {
    await this.#file.write(stored).catch((error: unknown) => {
      // A full disk must not keep the operator out; until the next start the tries are counted all the same.
      this.#log.error({ err: error }, 'The tries of the PIN could not be saved.');
    });
  }

  #openUp(): void {
    clearTimeout(this.#relock);
    this.#open = { relockAtMs: this.#isAway ? null : Date.now() + relockAfterMs };
    if (!this.#isAway) this.#relock = setTimeout(() => this.lock(), relockAfterMs);
    this.#changed();
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(task);
    // The next in turn comes whatever became of this one, whose caller hears of it.
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** How long no PIN is taken after so many wrong ones in a row. */
function waitAfter(wrongTries: number): number {
  if (wrongTries < freeTries) return 0;
  return Math.min(firstWaitMs * 2 ** (wrongTries - freeTries), longestWaitMs);
}
