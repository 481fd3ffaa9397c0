import { defineStore } from 'pinia';
import { computed, onScopeDispose, shallowRef } from 'vue';
import type { Result } from '../../shared/bridge.ts';
import type { BrightnessLevel, ShellState } from '../../shared/shell.ts';
import type { Kiosk } from '../station/connect.ts';
import { debug } from '../station/debug.ts';
import { unwrap } from '../station/unwrap.ts';
import { useConnection } from './connection.ts';

type Shell = Kiosk['shell'];

/** The window around the page. In a browser there is none: the state stays null, and what asks for it shows nothing. */
export const useShell = defineStore('shell', () => {
  const shell = useConnection().place.kiosk?.shell;
  const state = shallowRef<ShellState | null>(null);

  const unsubscribe = shell?.onShellState((newest) => (state.value = newest));
  onScopeDispose(() => unsubscribe?.());
  shell
    ?.shellState()
    // Whatever was pushed meanwhile is newer.
    .then((result) => (state.value ??= unwrap(result)))
    .catch((error: unknown) => debug('The window did not tell its state.', error));

  /** @throws Refusal. */
  async function ask(call: (shell: Shell) => Promise<Result<void>>): Promise<void> {
    if (shell) unwrap(await call(shell));
  }

  return {
    state,
    lock: computed(() => state.value?.lock ?? null),
    isLocked: computed(() => state.value?.lock.kind === 'locked'),
    setPin: (pin: string, again: string) => ask((shell) => shell.setPin(pin, again)),
    lockNow: () => ask((shell) => shell.lock()),
    unlock: (pin: string) => ask((shell) => shell.unlock(pin)),
    keepUnlocked: () => ask((shell) => shell.keepUnlocked()),
    leaveKiosk: () => ask((shell) => shell.leaveKiosk()),
    enterKiosk: () => ask((shell) => shell.enterKiosk()),
    restart: () => ask((shell) => shell.restart()),
    setBrightness: (level: BrightnessLevel) => ask((shell) => shell.setBrightness(level)),
  };
});
