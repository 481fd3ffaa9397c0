import type { ConnectionState, Signal } from '../../shared/calls.ts';
import { StationError } from '../../shared/errors.ts';

/** Which of the two ends of a call. */
export type Side = 'caller' | 'callee';

export const otherSide = (side: Side): Side => (side === 'caller' ? 'callee' : 'caller');

/**
 * What the two ends of a call have told each other, as far as the station has to know to keep out of order what makes no sense. Both may
 * offer at the same time; browsers settle that among themselves (perfect negotiation).
 */
export class Negotiation {
  readonly #isOpenOffer: Record<Side, boolean> = { caller: false, callee: false };
  #hasOffer = false;
  #connectionState: ConnectionState = 'new';
  #iceCandidates = 0;
  #updatedAtMs: number;

  constructor(nowMs: number) {
    this.#updatedAtMs = nowMs;
  }

  /**
   * Takes note of a signal.
   * @throws StationError `wrong_state` where it does not fit what was said before.
   */
  take(side: Side, signal: Signal, nowMs: number): void {
    switch (signal.type) {
      case 'offer':
        this.#hasOffer = true;
        this.#isOpenOffer[side] = true;
        break;
      case 'answer':
        if (!this.#isOpenOffer[otherSide(side)]) throw StationError.wrongState('There is no offer to answer.');
        this.#isOpenOffer[otherSide(side)] = false;
        // Who answers has given up an offer of its own.
        this.#isOpenOffer[side] = false;
        break;
      case 'ice_candidate':
        if (!this.#hasOffer) throw StationError.wrongState('Candidates come after an offer.');
        this.#iceCandidates += 1;
        break;
      case 'connection_state':
        this.#connectionState = signal.connection_state;
        break;
      case 'text':
        return;
    }
    this.#updatedAtMs = nowMs;
  }

  get facts(): { connectionState: ConnectionState; iceCandidatesCount: number; updatedAtMs: number } {
    return {
      connectionState: this.#connectionState,
      iceCandidatesCount: this.#iceCandidates,
      updatedAtMs: this.#updatedAtMs,
    };
  }
}
