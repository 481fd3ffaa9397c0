import { debug } from './debug.ts';

/** Under which this tab keeps the key, so that a reload does not need the link again. It ends with the tab. */
const storageKey = 'eyepiece-guest-key';

/** @returns The key of the guest link that this page was opened with, or null. It is no longer in the address then. */
export function takeGuestKey(window: Window): string | null {
  const key = keyInAddress(window);
  // A link that is pasted into the address of this page changes the fragment only, which loads nothing.
  window.addEventListener('hashchange', () => {
    if (keyInAddress(window) !== null) window.location.reload();
  });
  if (key === null) return kept(window);
  keep(window, key);
  // Addresses are shown, copied and kept in histories.
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  return key;
}

function keyInAddress({ location }: Window): string | null {
  return /^#guest=([\w-]+)$/.exec(location.hash)?.[1] ?? null;
}

function kept(window: Window): string | null {
  try {
    return window.sessionStorage.getItem(storageKey);
  } catch (error) {
    debug('This browser keeps nothing for a page; a reload needs the link again.', error);
    return null;
  }
}

function keep(window: Window, key: string): void {
  try {
    window.sessionStorage.setItem(storageKey, key);
  } catch (error) {
    debug('This browser keeps nothing for a page; a reload needs the link again.', error);
  }
}
