import { createSharedComposable, useEventListener } from '@vueuse/core';
import { onScopeDispose, shallowRef } from 'vue';
import { useConnection } from '../stores/connection.ts';

/** A look at another tab is shorter; a tab that is forgotten must not keep a detector running. */
const hiddenTooLongMs = 10_000;

/** Whether somebody can see this page. False for good once it is being left. */
export const useAttention = createSharedComposable(() => {
  const { place } = useConnection();
  const isWatched = shallowRef(true);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function follow(): void {
    clearTimeout(timer);
    if (!document.hidden) isWatched.value = true;
    else if (!place.playsWhileHidden) timer = setTimeout(() => (isWatched.value = false), hiddenTooLongMs);
  }

  follow();
  useEventListener(document, 'visibilitychange', follow);
  useEventListener(window, 'pagehide', () => (isWatched.value = false));
  // A browser may keep a page that was left and bring it back as it was.
  useEventListener(window, 'pageshow', follow);
  onScopeDispose(() => clearTimeout(timer));
  return isWatched;
});
