/** ICE may heal by itself for so long. */
const disconnectedMs = 2_000;
const restartEachMs = 5_000;
/** Without media for so long, the call is given up. */
const lostMs = 30_000;

export interface CallRepairParts {
  /** Looks for another path. */
  readonly restartIce: () => void;
  readonly giveUp: () => void;
}

/** What is done where a call has no media: another path is looked for again and again, and after 30 s the call is given up. */
export class CallRepair {
  readonly #parts: CallRepairParts;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;
  #lostTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: CallRepairParts) {
    this.#parts = parts;
  }

  /** Waits for the media of a connection that begins. */
  begin(): void {
    this.stop();
    this.#wait();
  }

  /** A restart makes the browser say `connecting` for a while, which is no reason to stop: media are there or they are not. */
  follow(state: RTCPeerConnectionState): void {
    if (state === 'connected') this.stop();
    if (state !== 'disconnected' && state !== 'failed') return;
    this.#wait();
    this.#restartTimer ??= setTimeout(() => this.#restart(), state === 'failed' ? 0 : disconnectedMs);
  }

  /** Idempotent. */
  stop(): void {
    clearTimeout(this.#restartTimer);
    clearTimeout(this.#lostTimer);
    this.#restartTimer = this.#lostTimer = undefined;
  }

  /** Again and again, since the other end may not be there, and the browser gives each try up by itself. */
  #restart(): void {
    this.#restartTimer = setTimeout(() => this.#restart(), restartEachMs);
    this.#parts.restartIce();
  }

  /** From when the media stopped, whatever the browser has said of the connection since. */
  #wait(): void {
    this.#lostTimer ??= setTimeout(() => this.#parts.giveUp(), lostMs);
  }
}
