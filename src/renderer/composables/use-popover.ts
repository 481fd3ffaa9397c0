import { onClickOutside, useEventListener } from '@vueuse/core';
import { shallowRef, type ShallowRef } from 'vue';

/** What opens at a button and closes on Escape and on a tap elsewhere. @param root Holds both; the focus goes back to its first button. */
export function usePopover(root: Readonly<ShallowRef<HTMLElement | null>>) {
  const isOpen = shallowRef(false);

  function close(): void {
    isOpen.value = false;
  }

  onClickOutside(root, close);
  useEventListener(root, 'keydown', (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isOpen.value || event.defaultPrevented) return;
    event.preventDefault();
    close();
    root.value?.querySelector('button')?.focus();
  });

  return { isOpen, close, toggle: () => (isOpen.value = !isOpen.value) };
}
