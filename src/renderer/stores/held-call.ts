import { shallowRef } from 'vue';
import type { CallsState } from '../../shared/calls.ts';
import { CallSession, type CallSessionState } from '../station/calls/call-session.ts';
import type { PointerMark } from '../station/calls/pointers.ts';
import type { StationClient } from '../station/client.ts';
import { debug } from '../station/debug.ts';

/** The call that was begun or answered on this page. Other pages of the same person leave it alone. */
export function holdCalls(client: StationClient) {
  const session = shallowRef<CallSession | null>(null);
  const sessionState = shallowRef<CallSessionState | null>(null);
  const marks = shallowRef<readonly PointerMark[]>([]);
  /** The call that this page has left, of which the station may not know yet. */
  const leftCallId = shallowRef<string | null>(null);
  let leftWhy: 'hung_up' | 'lost' = 'hung_up';
  let callId: string | null = null;

  function open(isCaller: boolean, id: string): void {
    const opened = new CallSession({
      calls: client.calls,
      callId: id,
      isCaller,
      iceServers: async () => (await client.webrtcConfig()).iceServers,
      onChange: (state) => {
        sessionState.value = state;
        if (state.phase.kind !== 'ended') return;
        const { why } = state.phase;
        if (why === 'hung_up' || why === 'lost') leave(id, why);
        release();
      },
      onMarks: (newest) => (marks.value = newest),
    });
    // It may have ended at once.
    if (opened.state.phase.kind !== 'ended') session.value = opened;
  }

  function leave(id: string, why: 'hung_up' | 'lost'): void {
    leftCallId.value = id;
    leftWhy = why;
  }

  function release(): void {
    callId = null;
    session.value = null;
    marks.value = [];
  }

  /** What was said before may have got lost, where the station did not answer. */
  function tellOfLeaving(id: string): void {
    client.calls
      .end(id, leftWhy)
      .catch((error: unknown) => debug('The station was not told of leaving a call.', error));
  }

  return {
    session,
    sessionState,
    marks,
    leftCallId,
    leave,
    /** This call is this page's, from the moment on when it is ongoing. */
    claim: (id: string): void => void (callId = id),
    follow({ me, call }: CallsState): void {
      if (call?.kind === 'ongoing' && call.callId === leftCallId.value) tellOfLeaving(call.callId);
      if (!call || call.callId !== callId) return;
      if (call.kind === 'ongoing' && !session.value) open(call.caller.id === me.id, callId);
      if (call.kind === 'ended') {
        session.value?.ended(call.why);
        release();
      }
    },
  };
}
