import { useDebounceFn, useDevicePixelRatio, useEventListener, useResizeObserver } from '@vueuse/core';
import { shallowRef, watch, type ShallowRef } from 'vue';
import type { ShownSize } from '../station/commands.ts';
import { isOtherSize, shownSize } from '../station/shown-size.ts';

/** While a window is drawn larger, its size changes with each picture of the screen. */
const settledMs = 500;

/**
 * At which size a `<video>` shows its picture: known as soon as that is there, and followed whenever it has really changed and
 * has settled.
 * @param detector The whole picture's size; null as long as it is unknown.
 */
export function useShownSize(
  video: Readonly<ShallowRef<HTMLVideoElement | null>>,
  detector: () => ShownSize | null,
): Readonly<ShallowRef<ShownSize | null>> {
  const { pixelRatio } = useDevicePixelRatio();
  const shown = shallowRef<ShownSize | null>(null);

  function measure(): void {
    // Who looks at another window comes back to the same size.
    if (!video.value || document.hidden) return;
    // With all that the page does to it: a picture that is enlarged needs more of its pixels.
    const { width, height } = video.value.getBoundingClientRect();
    const zoom = window.visualViewport?.scale ?? 1;
    const box = { widthPx: width, heightPx: height, pixelRatio: pixelRatio.value * zoom };
    const size = shownSize(box, detector());
    if (size && isOtherSize(size, shown.value)) shown.value = size;
  }

  const measureLater = useDebounceFn(measure, settledMs);
  watch(video, measure, { immediate: true, flush: 'post' });
  watch([pixelRatio, () => detector()?.widthPx, () => detector()?.heightPx], () => void measureLater());
  useResizeObserver(video, () => void measureLater());
  useEventListener(document, 'visibilitychange', () => void measureLater());
  useEventListener(window.visualViewport, 'resize', () => void measureLater());
  return shown;
}
