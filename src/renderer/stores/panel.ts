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
  /** Who may come in, who is there, and who was. */
  | { readonly kind: 'access' }
  /** Who can be called, and the call. */
  | { readonly kind: 'call' }
  | { readonly kind: 'pin'; readonly purpose: 'unlock' | 'choose'; readonly then: () => void };

/** Where the settings open. */
export type SettingsPlace = 'top' | 'cameras' | 'people';

const closed: Panel = { kind: 'closed' };

/** What changes nothing needs no PIN. */
const openToAll: ReadonlySet<Panel['kind']> = new Set(['telemetry', 'viewers', 'call']);

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

  /** Nobody needs a PIN to see how a picture gets here. */
  function toggleTelemetry(): void {
    if (panel.value.kind === 'telemetry') close();
    else if (wall.focused) panel.value = { kind: 'telemetry' };
  }

  /** Nor to see how the others' do: nothing there tells who watches. And whoever is at the screen may talk. */
  function toggleOpen(kind: 'viewers' | 'call'): void {
    panel.value = panel.value.kind === kind ? closed : { kind };
  }

  function toggleAccess(): void {
    if (panel.value.kind === 'access') close();
    else whenUnlocked(() => (panel.value = { kind: 'access' }));
  }

  watch(
    () => wall.focused === null,
    (isGrid) => isGrid && panel.value.kind === 'telemetry' && close(),
  );
  // Whoever has left the screen has left the settings, and the next one must not find them open.
  watch(
    () => shell.isLocked,
    (isLocked) => isLocked && !openToAll.has(panel.value.kind) && close(),
  );

  return {
    panel,
    isOpen: computed(() => panel.value.kind !== 'closed'),
    close,
    goOn,
    whenUnlocked,
    choosePin,
    openSettings,
    toggleSettings: () => (panel.value.kind === 'settings' ? close() : openSettings()),
    toggleTelemetry,
    toggleViewers: () => toggleOpen('viewers'),
    toggleAccess,
    openCall: () => void (panel.value = { kind: 'call' }),
    toggleCall: () => toggleOpen('call'),
  };
});
