import { useEventListener } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { Booking, LabStation } from '../../shared/directory.ts';
import { useConnection } from './connection.ts';
import { useDirectory } from './directory.ts';
import { usePanel } from './panel.ts';
import { useShell } from './shell.ts';

/** What of the lab is shown in the place of the wall. */
export type LabView =
  | { readonly kind: 'closed' }
  | { readonly kind: 'stations' }
  /** Of one station; null is the first. */
  | { readonly kind: 'calendar'; readonly stationId: string | null }
  /** Another station's pictures. */
  | { readonly kind: 'watching'; readonly stationId: string };

/** What is to be booked, before it is. */
export interface BookingDraft {
  /** Null where it is a new one. */
  readonly booking: Booking | null;
  readonly station: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What is written beside the view. */
export type LabForm =
  | { readonly kind: 'booking'; readonly draft: BookingDraft }
  /** A station, or what is known of one that is to be added. */
  | { readonly kind: 'station'; readonly station: LabStation | null; readonly name: string; readonly url: string };

const closed: LabView = { kind: 'closed' };

/** Where somebody is in the lab. In a browser its Back leads back here too. */
export const useLab = defineStore('lab', () => {
  const { place } = useConnection();
  const directory = useDirectory();
  const panel = usePanel();
  const shell = useShell();
  const wanted = shallowRef<LabView>(place.kiosk ? closed : viewIn(history.state));
  const form = shallowRef<LabForm | null>(null);
  const view = computed(() => (directory.isOffered ? wanted.value : closed));

  function show(next: LabView): void {
    wanted.value = next;
    form.value = null;
    directory.refusal = null;
    // The address stays: what it says is of the wall.
    if (!place.kiosk) history.pushState({ lab: next }, '');
  }

  function open(): void {
    panel.close();
    panel.whenUnlocked(() => show({ kind: 'stations' }));
  }

  function close(): void {
    if (wanted.value.kind !== 'closed') show(closed);
  }

  if (!place.kiosk) {
    useEventListener(window, 'popstate', ({ state }: PopStateEvent) => {
      wanted.value = viewIn(state);
      form.value = null;
    });
  }
  // Whoever has left the kiosk has left the lab, and the next one must not find it open.
  watch(
    () => shell.isLocked,
    (isLocked) => isLocked && close(),
  );

  return {
    view,
    form,
    isOpen: computed(() => view.value.kind !== 'closed'),
    show,
    toggle: () => (view.value.kind === 'closed' ? open() : close()),
    close,
    closeForm(): void {
      form.value = null;
      directory.refusal = null;
    },
    write(next: LabForm): void {
      directory.refusal = null;
      form.value = next;
    },
  };
});

/** @param state Of the browser's history, where nobody writes but this page. */
function viewIn(state: unknown): LabView {
  return typeof state === 'object' && state !== null && 'lab' in state ? (state.lab as LabView) : closed;
}
