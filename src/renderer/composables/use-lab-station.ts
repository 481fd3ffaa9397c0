import { onScopeDispose, shallowRef } from 'vue';
import { Refusal } from '../station/client.ts';
import { debug } from '../station/debug.ts';
import { openLabStation, type LabStationLink } from '../station/lab-station.ts';
import { useConnection } from '../stores/connection.ts';

export type LabStationState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly link: LabStationLink }
  /** It never opened. */
  | { readonly kind: 'failed'; readonly why: Refusal }
  /** It was open. */
  | { readonly kind: 'ended'; readonly why: Refusal };

/** Keeps another station open while the component lives. @param stationId Its id in the directory. */
export function useLabStation(stationId: string) {
  const { directory, place } = useConnection();
  const state = shallowRef<LabStationState>({ kind: 'opening' });
  let link: LabStationLink | null = null;
  let isGone = false;

  async function open(): Promise<void> {
    if (!directory) return;
    state.value = { kind: 'opening' };
    try {
      const onEnded = (why: Refusal): void => {
        link?.close();
        state.value = { kind: 'ended', why };
      };
      const opened = await openLabStation({ directory, stationId, place, page: document, onEnded });
      if (isGone) return opened.close();
      link = opened;
      state.value = { kind: 'open', link };
    } catch (error) {
      if (!(error instanceof Refusal)) debug('A station of the lab could not be opened.', error);
      const why = error instanceof Refusal ? error : new Refusal('internal', String(error));
      state.value = { kind: 'failed', why };
    }
  }

  onScopeDispose(() => {
    isGone = true;
    link?.close();
  });
  void open();
  return { state, open };
}
