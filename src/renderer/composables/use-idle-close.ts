import { useEventListener, useTimeoutFn } from '@vueuse/core';

/** Closes what stands beside the wall when nobody has touched the screen or a key for so long. */
export function useIdleClose(afterMs: number, close: () => void): void {
  const { start } = useTimeoutFn(close, afterMs);
  useEventListener(window, ['pointerdown', 'keydown', 'wheel'], () => start(), { capture: true, passive: true });
}
