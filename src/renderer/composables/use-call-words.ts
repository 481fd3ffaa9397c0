import type { EndedCall } from '../../shared/calls.ts';
import type { Refusal } from '../station/client.ts';
import type { DeviceState, LocalState, ScreenState } from '../station/calls/local-side.ts';
import type { MediaFault } from '../station/calls/local-media.ts';
import { useConnection } from '../stores/connection.ts';
import { useCall } from '../stores/call.ts';
import { refusalKey } from './refusal-words.ts';
import { useWords, type WordKey } from './use-words.ts';

const endedByMe: ReadonlySet<string> = new Set(['hung_up', 'declined', 'cancelled']);

/** What can't be read from the reason alone, for there are others who call, too. */
const refusals: Readonly<Partial<Record<Refusal['reason'], WordKey>>> = {
  peer_unavailable: 'calls.refusal.peer_unavailable',
  peer_busy: 'calls.refusal.peer_busy',
  in_call: 'calls.refusal.in_call',
  unknown_call: 'calls.refusal.over',
  wrong_state: 'calls.refusal.over',
};

/** Sentences about calls. */
export function useCallWords() {
  const { place } = useConnection();
  const call = useCall();
  const { word, plural } = useWords();

  function ended({ caller, callee, why, by }: EndedCall): string {
    const isCaller = caller.id === call.calls?.me.id;
    const { name } = isCaller ? callee : caller;
    const isMine = why === 'unanswered' ? !isCaller : endedByMe.has(why) && by === call.calls?.me.id;
    return word(isMine ? `calls.ended.${why as 'hung_up'}_by_me` : `calls.ended.${why}`, { name });
  }

  function deviceFault(device: keyof LocalState, fault: MediaFault): string {
    if (fault === 'no_secure_context') return word('calls.faults.no_secure_context');
    // Nobody can allow anything in the kiosk's window, which shows no address.
    const how = place.kiosk && fault === 'permission_denied' ? 'permission_denied_kiosk' : fault;
    return word('calls.fault', { device: word(`calls.device.${device}`), fault: word(`calls.faults.${how}`) });
  }

  /** Why others don't hear and see this end, each once. */
  function faults(local: LocalState): readonly string[] {
    const lines = (['microphone', 'camera', 'screen'] as const).flatMap((device) => {
      const fault = faultOf(local[device]);
      return fault ? [deviceFault(device, fault)] : [];
    });
    return [...new Set(lines)];
  }

  function refusal({ reason, retryAfterMs = 0 }: Refusal): string {
    if (reason === 'rang_in_vain') {
      return plural('calls.refusal.rang_in_vain', Math.max(1, Math.ceil(retryAfterMs / 60_000)));
    }
    return word(refusals[reason] ?? refusalKey(reason));
  }

  return { ended, faults, refusal };
}

function faultOf(state: DeviceState | ScreenState): MediaFault | null {
  return state.kind === 'missing' || state.kind === 'failed' ? state.fault : null;
}
