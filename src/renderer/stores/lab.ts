import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { Booking, LabStation } from '../../shared/directory.ts';
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

/** Where somebody is in the lab. */
export const useLab = defineStore('lab', () => {
  const directory = useDirectory();
  const panel = usePanel();
  const shell = useShell();
  const wanted = shallowRef<LabView>(closed);
  const form = shallowRef<LabForm | null>(null);
  const view = computed(() => (directory.isOffered ? wanted.value : closed));

  function show(next: LabView): void {
    wanted.value = next;
    form.value = null;
    directory.refusal = null;
  }

  function open(): void {
    panel.close();
    panel.whenUnlocked(() => show({ kind: 'stations' }));
  }

  function close(): void {
    if (wanted.value.kind !== 'closed') show(closed);
  }

  // Whoever has left the kiosk has left the lab, and the next one must not find it open.
  watch(
    () => shell.isLocked,
    (isLocked) => isLocked && close(),
  );

  return {
    view,
    /** The same, whether or not the lab can be shown to whoever is here. */
    wanted,
    form,
    isOpen: computed(() => view.value.kind !== 'closed'),
    /** A link leads into the lab, and whether there is one here is not known yet. */
    isAwaited: computed(() => wanted.value.kind !== 'closed' && !directory.isKnown),
    /** A link leads into the lab, and there is none here for whoever follows it. */
    isLinkBroken: computed(() => wanted.value.kind !== 'closed' && directory.isKnown && !directory.isOffered),
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
