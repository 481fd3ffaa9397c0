import { useEventListener } from '@vueuse/core';
import { watch } from 'vue';
import { useWall } from '../stores/wall.ts';

/** Puts the focused Stream into the address (`#fluorescence`), so that it can be linked to and the browser's Back leaves it. */
export function useFocusHistory(): void {
  const wall = useWall();

  function focusFromAddress(): void {
    wall.focus(location.hash.slice(1) || null);
  }

  focusFromAddress();
  useEventListener(window, 'popstate', focusFromAddress);
  watch(
    () => wall.focused?.id ?? '',
    (id, before) => {
      if (location.hash.slice(1) === id) return;
      if (id === '' && isOurEntry(history.state)) history.back();
      else if (before === '') history.pushState({ isFocus: true }, '', `#${id}`);
      else history.replaceState(history.state, '', id === '' ? location.pathname + location.search : `#${id}`);
    },
  );
}

/** Entries of others, such as a link into this page, must not be left by us. */
function isOurEntry(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'isFocus' in state;
}
