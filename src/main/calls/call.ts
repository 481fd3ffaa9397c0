import {
  desertedMs,
  ringMs,
  type Call,
  type CallEnd,
  type EndedCall,
  type OngoingCall,
  type Party,
  type PendingCall,
} from '../../shared/calls.ts';
import { StationError } from '../../shared/errors.ts';

/** What can happen to a call. `by` is the id of the party that does it. */
export type CallEvent =
  | { readonly kind: 'accept'; readonly by: string }
  | { readonly kind: 'decline'; readonly by: string }
  | { readonly kind: 'end'; readonly by: string; readonly why: 'hung_up' | 'lost' | 'access_ended' }
  /** Time has passed. @param desertedSinceMs Since when neither end has joined; null where one has. */
  | { readonly kind: 'tick'; readonly desertedSinceMs: number | null };

/** A call that begins to ring. */
export function newCall(callId: string, caller: Party, callee: Party, nowMs: number): PendingCall {
  return { kind: 'pending', callId, caller, callee, createdAtMs: nowMs, ringsUntilMs: nowMs + ringMs };
}

/**
 * The call after an event; the very same object where nothing has changed. Who is not in the call is kept out before.
 * @throws StationError `wrong_state` where the event makes no sense now.
 */
export function nextCall(call: Call, event: CallEvent, nowMs: number): Call {
  switch (call.kind) {
    case 'pending':
      return nextPending(call, event, nowMs);
    case 'ongoing':
      return nextOngoing(call, event, nowMs);
    case 'ended':
      // Whoever hangs up at the same time as the other one has what was wanted.
      if (event.kind === 'accept') throw StationError.wrongState('The call has ended already.');
      return call;
  }
}

function nextPending(call: PendingCall, event: CallEvent, nowMs: number): Call {
  switch (event.kind) {
    case 'accept': {
      requireCallee(call, event.by);
      const { callId, caller, callee, createdAtMs } = call;
      return { kind: 'ongoing', callId, caller, callee, createdAtMs, acceptedAtMs: nowMs };
    }
    case 'decline':
      requireCallee(call, event.by);
      return ended(call, 'declined', event.by, nowMs);
    case 'end':
      if (event.why !== 'access_ended') {
        return ended(call, event.by === call.caller.id ? 'cancelled' : 'declined', event.by, nowMs);
      }
      return ended(call, event.why, event.by, nowMs);
    case 'tick':
      return nowMs >= call.ringsUntilMs ? ended(call, 'unanswered', null, nowMs) : call;
  }
}

function nextOngoing(call: OngoingCall, event: CallEvent, nowMs: number): Call {
  switch (event.kind) {
    case 'accept':
      throw StationError.wrongState('The call was accepted already.');
    case 'decline':
      throw StationError.wrongState('The call was accepted already; end it instead.');
    case 'end':
      return ended(call, event.why, event.by, nowMs);
    case 'tick': {
      const since = event.desertedSinceMs;
      return since !== null && nowMs - since >= desertedMs ? ended(call, 'deserted', null, nowMs) : call;
    }
  }
}

function requireCallee({ callee }: PendingCall, by: string): void {
  if (by !== callee.id) throw StationError.wrongState('Only who is called can answer.');
}

function ended(
  { callId, caller, callee, createdAtMs }: PendingCall | OngoingCall,
  why: CallEnd,
  by: string | null,
  nowMs: number,
): EndedCall {
  return { kind: 'ended', callId, caller, callee, createdAtMs, endedAtMs: nowMs, why, by };
}
