import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import {
  stationPartyId,
  type Call,
  type CallConnection,
  type CallLeg,
  type CallNotice,
  type CallsApi,
  type CallsDesk,
  type CallsState,
  type Party,
} from '../../shared/calls.ts';
import { StationError } from '../../shared/errors.ts';
import { newCall, nextCall, type CallEvent } from './call.ts';
import { Conversation } from './conversation.ts';
import { Presence } from './presence.ts';
import { RingLimit } from './ring-limit.ts';

/** Pages show for so long why a call has ended. */
const endedShownMs = 10_000;
const tickEachMs = 1_000;

export interface CallsOptions {
  /** What the station is called at this moment. */
  readonly stationName: () => string;
  /** A clock that nobody sets back by much: Unix time. */
  readonly nowMs?: () => number;
  readonly log: Logger;
}

/** All calls of this station: who rings whom, and the signaling between the two. Media never pass here. */
export class Calls implements CallsDesk {
  readonly #options: CallsOptions;
  readonly #nowMs: () => number;
  readonly #presence = new Presence();
  readonly #ringLimit = new RingLimit();
  readonly #conversations = new Map<string, Conversation>();
  readonly #timer: NodeJS.Timeout;
  #isClosed = false;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#timer = setInterval(() => this.#tick(), tickEachMs).unref();
  }

  get station(): CallsApi {
    const { stationName } = this.#options;
    const party = {
      id: stationPartyId,
      kind: 'station',
      // It may be renamed at any time.
      get name() {
        return stationName();
      },
    } as const;
    return this.of(party, true);
  }

  of(party: Party, seesPeople: boolean, mayStay = () => true): CallsApi {
    const step = (callId: string, event: CallEvent) => this.#step(this.#find(party, callId), event);
    const admit = (callId: string) => this.#find(party, callId).admit(party.id, mayStay);
    return {
      calls: () => this.#stateFor(party, seesPeople),
      onCalls: (listener) => this.#listen(party, seesPeople, listener),
      initiate: (calleeId) => {
        const call = this.#initiate(party, seesPeople, calleeId);
        admit(call.callId);
        return call;
      },
      accept: (callId) => {
        const call = step(callId, { kind: 'accept', by: party.id });
        admit(callId);
        return call;
      },
      decline: (callId) => step(callId, { kind: 'decline', by: party.id }),
      end: (callId, why = 'hung_up') => step(callId, { kind: 'end', by: party.id, why }),
      join: (callId, listener) => {
        const leg = this.#join(party, callId, listener);
        admit(callId);
        return leg;
      },
      connection: (callId) => this.#find(party, callId).facts,
    };
  }

  connections(): readonly CallConnection[] {
    return [...this.#conversations.values()].filter(({ call }) => call.kind === 'ongoing').map(({ facts }) => facts);
  }

  /** Ends all calls. Idempotent. */
  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const conversation of this.#conversations.values()) {
      this.#step(conversation, { kind: 'end', by: stationPartyId, why: 'access_ended' });
    }
    return Promise.resolve();
  }

  #initiate(caller: Party, seesPeople: boolean, calleeId: string): Call {
    if (this.#isClosed) throw StationError.closing();
    if (calleeId === caller.id) throw StationError.peerUnavailable('You can’t call yourself.');
    if (!seesPeople && calleeId !== stationPartyId) throw StationError.notAllowed();
    if (this.#openCallOf(caller.id)) throw StationError.inCall();
    const callee = this.#presence.find(calleeId);
    if (!callee || !mayMeet(caller, callee)) {
      throw StationError.peerUnavailable('Nobody of that name is there at the moment.');
    }
    if (this.#openCallOf(calleeId)) throw StationError.peerBusy();
    const waitMs = this.#ringLimit.waitMs(caller.id, calleeId, this.#nowMs());
    if (waitMs > 0) throw StationError.rangInVain(waitMs);
    for (const partyId of [caller.id, calleeId]) this.#forgetEnded(partyId);
    const call = newCall(randomUUID(), caller, callee, this.#nowMs());
    this.#conversations.set(call.callId, new Conversation(call, this.#nowMs));
    this.#options.log.info({ call: shortId(call) }, 'A call rings.');
    this.#tellAll();
    return call;
  }

  #join(party: Party, callId: string, listener: (notice: CallNotice) => void): CallLeg {
    const conversation = this.#find(party, callId);
    const leg = conversation.join(party.id, listener);
    return {
      ...leg,
      expel: () => {
        this.#step(conversation, { kind: 'end', by: party.id, why: 'access_ended' });
        leg.leave();
      },
    };
  }

  #step(conversation: Conversation, event: CallEvent): Call {
    const before = conversation.call;
    const call = nextCall(before, event, this.#nowMs());
    if (call === before) return call;
    conversation.follow(call);
    if (before.kind === 'pending') this.#noteAnswer(call);
    const why = call.kind === 'ended' ? call.why : undefined;
    this.#options.log.info(
      { call: shortId(call), why },
      call.kind === 'ended' ? 'A call has ended.' : 'A call begins.',
    );
    this.#tellAll();
    return call;
  }

  #noteAnswer({ kind, caller, callee }: Call): void {
    if (kind === 'ongoing') this.#ringLimit.answered(caller.id, callee.id);
    else this.#ringLimit.rangInVain(caller.id, callee.id, this.#nowMs());
  }

  #tick(): void {
    for (const conversation of this.#conversations.values()) {
      const { intruder, desertedSinceMs } = conversation;
      if (intruder !== null) this.#step(conversation, { kind: 'end', by: intruder, why: 'access_ended' });
      this.#step(conversation, { kind: 'tick', desertedSinceMs });
      const { call } = conversation;
      if (call.kind !== 'ended' || this.#nowMs() - call.endedAtMs < endedShownMs) continue;
      this.#conversations.delete(call.callId);
      this.#tellAll();
    }
  }

  /** @throws StationError `unknown_call`, which tells nobody whether others have such a call. */
  #find(party: Party, callId: string): Conversation {
    const conversation = this.#conversations.get(callId);
    if (!conversation?.has(party.id)) throw StationError.unknownCall();
    return conversation;
  }

  #openCallOf(partyId: string): Conversation | undefined {
    return [...this.#conversations.values()].find((each) => each.call.kind !== 'ended' && each.has(partyId));
  }

  /** A new call takes the place of one that has ended. */
  #forgetEnded(partyId: string): void {
    for (const [callId, each] of this.#conversations) if (each.has(partyId)) this.#conversations.delete(callId);
  }

  #listen(party: Party, seesPeople: boolean, listener: (state: CallsState) => void): () => void {
    const remove = this.#presence.add({ party, seesPeople, listener });
    this.#tellAll();
    return () => {
      remove();
      this.#tellAll();
    };
  }

  #tellAll(): void {
    for (const { party, seesPeople, listener } of this.#presence.pages) listener(this.#stateFor(party, seesPeople));
  }

  #stateFor(party: Party, seesPeople: boolean): CallsState {
    const others = this.#presence.parties.filter(
      (other) => other.id !== party.id && (seesPeople || other.id === stationPartyId) && mayMeet(party, other),
    );
    const own = [...this.#conversations.values()].findLast((each) => each.has(party.id));
    return {
      me: party,
      people: others.map((each) => ({ ...each, isBusy: this.#openCallOf(each.id) !== undefined })),
      call: own?.call ?? null,
    };
  }
}

/** Colleagues come to talk with whoever stands at the station: for its users they are not there. */
function mayMeet(one: Party, other: Party): boolean {
  return [one.kind, other.kind].includes('station') || ![one.kind, other.kind].includes('colleague');
}

/** Enough to find it in the log; who knows the whole could ask for it. */
function shortId({ callId }: Call): string {
  return callId.slice(0, 8);
}
