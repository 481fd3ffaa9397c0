import { StationError } from '../../shared/errors.ts';
import type { BrightnessLevel, ShellApi, ShellState } from '../../shared/shell.ts';
import type { Brightness } from './brightness.ts';
import type { Lock } from './lock.ts';

/** The parts that the shell is made of. */
export interface ShellParts {
  readonly lock: Lock;
  readonly brightness: Brightness;
  readonly window: KioskWindow;
  /** Keeps the level over a restart. */
  readonly rememberBrightness: (level: BrightnessLevel) => Promise<void>;
  /** Ends Eyepiece properly and starts it anew. */
  readonly restart: () => void;
}

/** The window, as far as the shell steers it. */
export interface KioskWindow {
  /** Fills the screen and stays in front. */
  fill(): void;
  /** Becomes a window like others, which can be moved, left and closed. */
  release(): void;
}

/** The window around the page, as the page may steer it. */
export class Shell implements ShellApi {
  readonly #parts: ShellParts;
  readonly #listeners = new Set<(state: ShellState) => void>();
  #isKiosk = true;

  constructor(parts: ShellParts) {
    this.#parts = parts;
    parts.lock.onChange(() => this.#tell());
  }

  shellState(): ShellState {
    const { lock, brightness } = this.#parts;
    return { lock: lock.state, isKiosk: this.#isKiosk, brightness: brightness.state };
  }

  onShellState(listener: (state: ShellState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setPin(pin: string, again: string): Promise<void> {
    return this.#parts.lock.setPin(pin, again);
  }

  lock(): void {
    if (this.#parts.lock.state.kind === 'no_pin') throw StationError.noPin();
    // A locked kiosk that could be moved aside would be none.
    this.enterKiosk();
  }

  unlock(pin: string): Promise<void> {
    return this.#parts.lock.unlock(pin);
  }

  keepUnlocked(): void {
    this.#parts.lock.keepOpen();
  }

  leaveKiosk(): void {
    const { lock, window } = this.#parts;
    lock.requireOpen();
    if (!this.#isKiosk) return;
    this.#isKiosk = false;
    window.release();
    lock.setAway(true);
    this.#tell();
  }

  enterKiosk(): void {
    const { lock, window } = this.#parts;
    if (!this.#isKiosk) {
      this.#isKiosk = true;
      window.fill();
      lock.setAway(false);
    }
    if (lock.state.kind === 'unlocked') lock.lock();
    this.#tell();
  }

  restart(): void {
    this.#parts.lock.requireOpen();
    this.#parts.restart();
  }

  async setBrightness(level: BrightnessLevel): Promise<void> {
    const { lock, brightness, rememberBrightness } = this.#parts;
    lock.keepOpen();
    await brightness.set(level);
    this.#tell();
    await rememberBrightness(level);
  }

  #tell(): void {
    const state = this.shellState();
    for (const listener of this.#listeners) listener(state);
  }
}
