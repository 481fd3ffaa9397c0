import { defineStore } from 'pinia';
import { computed, onScopeDispose, shallowRef } from 'vue';
import type { CallsState } from '../../shared/calls.ts';
import { Refusal } from '../station/client.ts';
import { useConnection } from './connection.ts';
import { holdCalls } from './held-call.ts';
import { useOneCall } from './one-call.ts';

/** Who can be called, who rings, and the call that this page holds. Its actions throw the Refusals of the station. */
export const useCall = defineStore('call', () => {
  const { client } = useConnection();
  const calls = shallowRef<CallsState | null>(null);
  const held = holdCalls(client);
  const { session } = held;

  const call = computed(() => calls.value?.call ?? null);
  const isCaller = computed(() => call.value !== null && call.value.caller.id === calls.value?.me.id);
  const isLeft = computed(() => call.value !== null && call.value.callId === held.leftCallId.value);
  const isBusy = computed(() => session.value !== null || (call.value?.kind === 'pending' && isCaller.value));
  const oneCall = useOneCall();
  onScopeDispose(oneCall.add(isBusy));
  const isBusyElsewhere = oneCall.isElsewhere(isBusy);

  const unsubscribe = client.calls.onCalls((state) => {
    calls.value = state;
    held.follow(state);
  });
  onScopeDispose(() => {
    unsubscribe();
    void session.value?.hangUp();
  });

  /** The station may tell of an answer sooner than of the call itself. */
  function claim(callId: string): void {
    held.claim(callId);
    if (calls.value) held.follow(calls.value);
  }

  function requireFree(): void {
    if (isBusyElsewhere.value) throw new Refusal('in_call', 'This page is in a call at another station.');
  }

  return {
    /** Null where whoever is here can't call. */
    calls,
    /** The own call; for some seconds after its end it tells why. */
    call,
    isCaller,
    /** This page is in a call at another station, which it shows. */
    isBusyElsewhere,
    people: computed(() => calls.value?.people ?? []),
    /** The call that rings here. */
    incoming: computed(() => (call.value?.kind === 'pending' && !isCaller.value ? call.value : null)),
    /** An ongoing call of the same person that this page does not hold: it can be taken over. */
    elsewhere: computed(() => (call.value?.kind === 'ongoing' && !session.value && !isLeft.value ? call.value : null)),
    session,
    /** Of the session, and of the last one until there is a next one. */
    sessionState: held.sessionState,
    marks: held.marks,
    async initiate(calleeId: string): Promise<void> {
      requireFree();
      claim((await client.calls.initiate(calleeId)).callId);
    },
    async accept(callId: string): Promise<void> {
      requireFree();
      await client.calls.accept(callId);
      claim(callId);
    },
    decline: (callId: string): Promise<void> => client.calls.decline(callId),
    takeOver: (): void => {
      requireFree();
      if (call.value?.kind === 'ongoing') claim(call.value.callId);
    },
    /** Hangs up, cancels, or ends a call on another page. */
    async end(): Promise<void> {
      if (session.value) return session.value.hangUp();
      if (!call.value || call.value.kind === 'ended') return;
      held.leave(call.value.callId, 'hung_up');
      await client.calls.end(call.value.callId);
    },
  };
});
