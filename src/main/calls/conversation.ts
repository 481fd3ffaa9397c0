import type { Call, CallConnection, CallLeg, CallNotice } from '../../shared/calls.ts';
import { StationError } from '../../shared/errors.ts';
import { Negotiation, otherSide, type Side } from './negotiation.ts';

type Listener = (notice: CallNotice) => void;

/** One call with the ends that have joined it. Passes signals between the two and to nobody else. */
export class Conversation {
  readonly #nowMs: () => number;
  readonly #negotiation: Negotiation;
  readonly #ends: Record<Side, Listener | null> = { caller: null, callee: null };
  /** Whether what has let either in goes on. Who has not answered yet need not be there. */
  readonly #mayStay: Record<Side, () => boolean> = { caller: () => true, callee: () => true };
  #call: Call;
  #desertedSinceMs: number;

  constructor(call: Call, nowMs: () => number) {
    this.#call = call;
    this.#nowMs = nowMs;
    this.#negotiation = new Negotiation(nowMs());
    this.#desertedSinceMs = nowMs();
  }

  get call(): Call {
    return this.#call;
  }

  get facts(): CallConnection {
    const { callId, createdAtMs } = this.#call;
    return { callId, createdAtMs, ...this.#negotiation.facts };
  }

  /** Since when nobody has joined; null where somebody has. Before it was accepted nobody need. */
  get desertedSinceMs(): number | null {
    const isDeserted = this.#ends.caller === null && this.#ends.callee === null;
    if (!isDeserted || this.#call.kind !== 'ongoing') return null;
    return Math.max(this.#desertedSinceMs, this.#call.acceptedAtMs);
  }

  has(partyId: string): boolean {
    return this.#sideOf(partyId) !== null;
  }

  /** A party takes part. @param mayStay Whether what has let it in goes on. */
  admit(partyId: string, mayStay: () => boolean): void {
    const side = this.#sideOf(partyId);
    if (side !== null) this.#mayStay[side] = mayStay;
  }

  /** The id of a party that takes part and may no longer, wherever its media go; null where there is none. */
  get intruder(): string | null {
    const side = (['caller', 'callee'] as const).find((each) => !this.#mayStay[each]());
    return side === undefined ? null : this.#call[side].id;
  }

  /** The call has another state now; its end is the last that both hear. */
  follow(call: Call): void {
    this.#call = call;
    if (call.kind !== 'ended') return;
    const ends = [this.#ends.caller, this.#ends.callee];
    // Before they are told: whoever hears of the end leaves.
    this.#ends.caller = this.#ends.callee = null;
    for (const end of ends) end?.({ type: 'ended', why: call.why });
  }

  /** @throws StationError `wrong_state` where it has ended. */
  join(partyId: string, listener: Listener): Omit<CallLeg, 'expel'> {
    const side = this.#sideOf(partyId);
    if (side === null) throw StationError.unknownCall();
    if (this.#call.kind === 'ended') throw StationError.wrongState('The call has ended.');
    const other = otherSide(side);
    const before = this.#ends[side];
    this.#ends[side] = listener;
    before?.({ type: 'ended', why: 'elsewhere' });
    listener({ type: 'joined', call_id: this.#call.callId, peer: this.#ends[other] !== null });
    this.#ends[other]?.({ type: 'peer_joined' });
    const isMine = (): boolean => this.#ends[side] === listener;
    return {
      send: (signal) => {
        if (!isMine() || this.#call.kind !== 'ongoing') throw StationError.wrongState('The call is not going on.');
        const peer = this.#ends[other];
        if (!peer) throw StationError.peerUnavailable('The other end is not there at the moment.');
        this.#negotiation.take(side, signal, this.#nowMs());
        peer(signal);
      },
      leave: () => {
        if (!isMine()) return;
        this.#ends[side] = null;
        this.#desertedSinceMs = this.#nowMs();
        this.#ends[other]?.({ type: 'peer_left' });
      },
    };
  }

  #sideOf(partyId: string): Side | null {
    const { caller, callee } = this.#call;
    if (partyId === caller.id) return 'caller';
    return partyId === callee.id ? 'callee' : null;
  }
}
