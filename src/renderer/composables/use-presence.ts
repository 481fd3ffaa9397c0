import { useEventListener, useThrottleFn } from '@vueuse/core';
import { debug } from '../station/debug.ts';
import { useShell } from '../stores/shell.ts';

/** The window locks itself after a minute: telling it this often is enough. */
const tellEachMs = 10_000;

/** Tells the window that somebody is at the screen, so that it does not lock itself under their hands. */
export function usePresence(): void {
  const shell = useShell();
  const tell = useThrottleFn(() => {
    shell.keepUnlocked().catch((error: unknown) => debug('The window did not hear that somebody is here.', error));
  }, tellEachMs);

  useEventListener(
    window,
    ['pointerdown', 'keydown', 'wheel'],
    () => {
      if (shell.lock?.kind === 'unlocked') void tell();
    },
    { capture: true, passive: true },
  );
}
