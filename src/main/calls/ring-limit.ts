import { stationPartyId } from '../../shared/calls.ts';

/** So often somebody may ring at the same one in vain … */
const maxInVain = 3;
/** … within this time. */
const withinMs = 5 * 60_000;
/** Of so many pairs it is known; the one that rang longest ago is forgotten first. */
const maxPairs = 1_000;

/**
 * Keeps anybody from ringing at the same one without end: whoever was not answered three times in five minutes has to wait. Whoever
 * stands at the station can always call.
 */
export class RingLimit {
  /** When it rang in vain, oldest first, by caller and callee. */
  readonly #inVainAtMs = new Map<string, readonly number[]>();

  /** @returns How long until it may ring there again; 0 where it may now. */
  waitMs(callerId: string, calleeId: string, nowMs: number): number {
    const oldestAtMs = this.#recent(pairOf(callerId, calleeId), nowMs).at(-maxInVain);
    return oldestAtMs === undefined ? 0 : oldestAtMs + withinMs - nowMs;
  }

  /** It rang, and nobody answered: unanswered, declined or cancelled. */
  rangInVain(callerId: string, calleeId: string, nowMs: number): void {
    if (callerId === stationPartyId) return;
    const pair = pairOf(callerId, calleeId);
    const recent = this.#recent(pair, nowMs);
    this.#inVainAtMs.delete(pair);
    this.#inVainAtMs.set(pair, [...recent, nowMs].slice(-maxInVain));
    const [oldest] = this.#inVainAtMs.keys();
    if (this.#inVainAtMs.size > maxPairs && oldest !== undefined) this.#inVainAtMs.delete(oldest);
  }

  /** The two talk with each other, whoever has called. */
  answered(callerId: string, calleeId: string): void {
    this.#inVainAtMs.delete(pairOf(callerId, calleeId));
    this.#inVainAtMs.delete(pairOf(calleeId, callerId));
  }

  #recent(pair: string, nowMs: number): readonly number[] {
    return (this.#inVainAtMs.get(pair) ?? []).filter((atMs) => nowMs - atMs < withinMs);
  }
}

/** Names have any signs. */
function pairOf(callerId: string, calleeId: string): string {
  return JSON.stringify([callerId, calleeId]);
}
