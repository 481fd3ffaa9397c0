import type { Proof, ProofKeeper } from './access-pass.ts';
import { debug } from './debug.ts';

/** Under which this tab keeps its proof. */
const storageKey = 'eyepiece-proof';

/**
 * Takes the key of the guest link that the page was opened with out of the address, and keeps the proof in the session storage: a
 * reload needs no second sign-in, and the proof ends with the tab, unlike in the local storage, and is sent nowhere by itself, unlike
 * a cookie.
 */
export function openProofKeeper(window: Window): ProofKeeper {
  // A link that is pasted into the address of this page changes the fragment only, which loads nothing.
  window.addEventListener('hashchange', () => {
    if (guestKeyIn(window.location.hash) !== null) window.location.reload();
  });
  return { read: () => linked(window) ?? kept(window), keep: (proof) => keep(window, proof) };
}

/** @param text A guest link, or the fragment of one. @returns Its key, or null where it has none. */
export function guestKeyIn(text: string): string | null {
  return /#guest=([\w-]+)$/.exec(text)?.[1] ?? null;
}

function linked(window: Window): Proof | null {
  const { hash, pathname, search } = window.location;
  const key = guestKeyIn(hash);
  if (key === null) return null;
  const proof = { kind: 'guest', key } as const;
  keep(window, proof);
  // Addresses are shown, copied and kept in histories.
  window.history.replaceState(window.history.state, '', pathname + search);
  return proof;
}

function kept(window: Window): Proof | null {
  try {
    // Nobody writes there but this page.
    return JSON.parse(window.sessionStorage.getItem(storageKey) ?? 'null') as Proof | null;
  } catch (error) {
    debug('This browser keeps nothing for a page; a reload needs another sign-in.', error);
    return null;
  }
}

function keep(window: Window, proof: Proof | null): void {
  try {
    if (proof) window.sessionStorage.setItem(storageKey, JSON.stringify(proof));
    else window.sessionStorage.removeItem(storageKey);
  } catch (error) {
    debug('This browser keeps nothing for a page; a reload needs another sign-in.', error);
  }
}
