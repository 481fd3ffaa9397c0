/** A Viewer that was behind is level again when no more than this share of the limit is left. */
const drainedShare = 1 / 8;

/**
 * Which pictures a Viewer is sent: none before the first keyframe (`starting`); all (`flowing`); none while too much is still
 * waiting (`blocked`), and then none up to the next keyframe (`resuming`).
 */
export class Flow {
  readonly #maxBacklogBytes: number;
  readonly #keyframeWanted: () => void;
  #state: 'starting' | 'flowing' | 'blocked' | 'resuming' = 'starting';

  constructor(maxBacklogBytes: number, keyframeWanted: () => void) {
    this.#maxBacklogBytes = maxBacklogBytes;
    this.#keyframeWanted = keyframeWanted;
  }

  get hasStarted(): boolean {
    return this.#state !== 'starting';
  }

  /** Whether so much is waiting that no more may be added. What waits then is old, and only costs the Player time. */
  isTooMuch(stuckBytes: number): boolean {
    return this.hasStarted && stuckBytes > this.#maxBacklogBytes;
  }

  /** What waited was thrown away: nothing more is of use before the next keyframe. */
  block(): void {
    this.#state = 'blocked';
  }

  /** Whether a picture may be sent now, and what follows from it for the next ones. */
  admit(isKeyframe: boolean, backlogBytes: number): boolean {
    if (this.#state === 'blocked' && backlogBytes > this.#maxBacklogBytes * drainedShare) return false;
    if (isKeyframe) {
      this.#state = 'flowing';
    } else if (this.#state === 'blocked') {
      this.#state = 'resuming';
      this.#keyframeWanted();
    }
    return this.#state === 'flowing';
  }
}
