import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { CallsState, EndedCall } from '../../shared/calls.ts';
import { Refusal } from '../station/client.ts';
import { debug } from '../station/debug.ts';
import { useCall } from './call.ts';
import { usePanel } from './panel.ts';

/** What the screens of calls show beside the call itself, and what their keys do. What the station refuses is said, not thrown. */
export const useCallScreen = defineStore('call-screen', () => {
  const call = useCall();
  const panel = usePanel();
  const isAsking = shallowRef(false);
  /** Why the last thing that was asked for did not happen. */
  const refusal = shallowRef<Refusal | null>(null);
  const lastEnded = shallowRef<EndedCall | null>(null);
  const linesSeen = shallowRef(0);

  const isShown = computed(() => panel.panel.kind === 'call');
  const linesHeard = computed(() => call.sessionState?.chat.filter(({ from }) => from === 'peer').length ?? 0);

  watch(
    () => call.call,
    (now) => {
      if (now?.kind === 'ended') lastEnded.value = now;
      else if (now && now.callId !== lastEnded.value?.callId) lastEnded.value = refusal.value = null;
    },
    { immediate: true },
  );
  // Where the station can't be told that a call is lost, it can't tell so either.
  watch(
    () => call.sessionState?.phase,
    (phase) => {
      if (phase?.kind === 'ended' && phase.why === 'lost') lastEnded.value = lostCall(call.calls) ?? lastEnded.value;
    },
  );
  watch([isShown, linesHeard], () => {
    if (isShown.value || linesHeard.value < linesSeen.value) linesSeen.value = linesHeard.value;
  });

  async function attempt(ask: () => Promise<void> | void): Promise<void> {
    if (isAsking.value) return;
    isAsking.value = true;
    refusal.value = null;
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof Refusal)) debug('The station’s answer could not be read.', error);
      refusal.value = error instanceof Refusal ? error : new Refusal('internal', String(error));
    } finally {
      isAsking.value = false;
    }
  }

  return {
    isAsking,
    refusal,
    /** Told until there is a next call. */
    lastEnded,
    isShown,
    /** An ongoing call of the same person on another page. */
    elsewhere: computed(() => (isAsking.value ? null : call.elsewhere)),
    /** The call that the station tells of has ended here, whether or not it knows. */
    isOver: computed(() => call.call !== null && call.call.callId === lastEnded.value?.callId),
    /** Who is at the other end of the call that there is. */
    peer: computed(() => (call.call && (call.isCaller ? call.call.callee : call.call.caller)) ?? null),
    /** Lines of the chat that came while nobody saw it. */
    unread: computed(() => Math.max(0, linesHeard.value - linesSeen.value)),
    initiate: (calleeId: string) => attempt(() => call.initiate(calleeId)),
    accept: (callId: string) => {
      panel.openCall();
      return attempt(() => call.accept(callId));
    },
    decline: (callId: string) => attempt(() => call.decline(callId)),
    takeOver: () => attempt(() => call.takeOver()),
    end: () => attempt(() => call.end()),
  };
});

/** What the station would tell of the call that is going on, if it could be told that this page has lost it. */
function lostCall(calls: CallsState | null): EndedCall | null {
  if (calls?.call?.kind !== 'ongoing') return null;
  const { callId, caller, callee, createdAtMs } = calls.call;
  return { kind: 'ended', callId, caller, callee, createdAtMs, endedAtMs: Date.now(), why: 'lost', by: calls.me.id };
}
