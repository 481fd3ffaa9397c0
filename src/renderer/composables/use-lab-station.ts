import { onScopeDispose, shallowRef, watch } from 'vue';
import { Refusal } from '../station/client.ts';
import { debug } from '../station/debug.ts';
import { openLabStation, type LabStationLink } from '../station/lab-station.ts';
import { useConnection } from '../stores/connection.ts';
import { useHeartbeat } from './use-heartbeat.ts';

export type LabStationState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly link: LabStationLink }
  /** It never opened. */
  | ({ readonly kind: 'failed' } & Closed)
  /** It was open. */
  | ({ readonly kind: 'ended' } & Closed);

interface Closed {
  readonly why: Refusal;
  /** When it opens by itself, because whoever is here has booked it from then on: Unix time. Null where it does not. */
  readonly opensAtMs: number | null;
}

/** Keeps another station open while the component lives. @param stationId Its id in the directory. */
export function useLabStation(stationId: string) {
  const { directory, place } = useConnection();
  const state = shallowRef<LabStationState>({ kind: 'opening' });
  const heartbeat = useHeartbeat();
  let link: LabStationLink | null = null;
  let isGone = false;

  async function open(): Promise<void> {
    if (!directory) return;
    state.value = { kind: 'opening' };
    try {
      const onEnded = (why: Refusal): void => {
        link?.close();
        state.value = { kind: 'ended', ...closed(why) };
      };
      const opened = await openLabStation({ directory, stationId, place, page: document, onEnded });
      if (isGone) return opened.close();
      link = opened;
      state.value = { kind: 'open', link };
    } catch (error) {
      if (!(error instanceof Refusal)) debug('A station of the lab could not be opened.', error);
      const why = error instanceof Refusal ? error : new Refusal('internal', String(error));
      state.value = { kind: 'failed', ...closed(why) };
    }
  }

  watch(heartbeat, (nowMs) => {
    const opensAtMs = 'opensAtMs' in state.value ? state.value.opensAtMs : null;
    if (opensAtMs !== null && nowMs >= opensAtMs) void open();
  });
  onScopeDispose(() => {
    isGone = true;
    link?.close();
  });
  void open();
  return { state, open };
}

/** The directory tells the wait as a span, because the clock of this machine may be wrong. */
function closed(why: Refusal): Closed {
  const { reason, retryAfterMs } = why;
  const isWait = reason === 'not_booked' && retryAfterMs !== undefined;
  return { why, opensAtMs: isWait ? Date.now() + retryAfterMs : null };
}
