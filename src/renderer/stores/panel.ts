import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import { useShell } from './shell.ts';
import { useWall } from './wall.ts';

/** What stands beside the wall. */
export type Panel =
  | { readonly kind: 'closed' }
  | { readonly kind: 'settings'; readonly at: SettingsPlace }
  /** Of the picture that is shown alone. */
  | { readonly kind: 'telemetry' }
  /** Of all screens. */
  | { readonly kind: 'viewers' }
  | { readonly kind: 'pin'; readonly purpose: 'unlock' | 'choose'; readonly then: () => void };

/** Where the settings open. */
export type SettingsPlace = 'top' | 'cameras';

const closed: Panel = { kind: 'closed' };

/** What changes nothing needs no PIN. */
const openToAll: ReadonlySet<Panel['kind']> = new Set(['telemetry', 'viewers']);

/** One thing at a time stands beside the wall, which it never covers. */
export const usePanel = defineStore('panel', () => {
  const shell = useShell();
  const wall = useWall();
  const panel = shallowRef<Panel>(closed);

  function close(): void {
    panel.value = closed;
  }

  /** The PIN holds: on to what it was asked for. */
  function goOn(): void {
    const { value: before } = panel;
    close();
    if (before.kind === 'pin') before.then();
  }

  /** Does it at once, or after the PIN where the kiosk is locked. */
  function whenUnlocked(then: () => void): void {
    if (shell.isLocked) panel.value = { kind: 'pin', purpose: 'unlock', then };
    else then();
  }

  /** @param then Called when the PIN holds. */
  function choosePin(then: () => void): void {
    panel.value = { kind: 'pin', purpose: 'choose', then };
  }

  function openSettings(at: SettingsPlace = 'top'): void {
    whenUnlocked(() => (panel.value = { kind: 'settings', at }));
  }

  function toggleSettings(): void {
    if (panel.value.kind === 'settings') close();
    else openSettings();
  }

  /** Nobody needs a PIN to see how a picture gets here. */
  function toggleTelemetry(): void {
    if (panel.value.kind === 'telemetry') close();
    else if (wall.focused) panel.value = { kind: 'telemetry' };
  }

  /** Nor to see how the others' do: nothing there tells who watches. */
  function toggleViewers(): void {
    panel.value = panel.value.kind === 'viewers' ? closed : { kind: 'viewers' };
  }

  watch(
    () => wall.focused === null,
    (isGrid) => {
      if (isGrid && panel.value.kind === 'telemetry') close();
    },
  );
  // Whoever has left the screen has left the settings, and the next one must not find them open.
  watch(
    () => shell.isLocked,
    (isLocked) => {
      if (isLocked && !openToAll.has(panel.value.kind)) close();
    },
  );

  return {
    panel,
    isOpen: computed(() => panel.value.kind !== 'closed'),
    close,
    goOn,
    whenUnlocked,
    choosePin,
    openSettings,
    toggleSettings,
    toggleTelemetry,
    toggleViewers,
  };
});
