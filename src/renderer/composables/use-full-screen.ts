import { createSharedComposable, useFullscreen } from '@vueuse/core';
import { computed } from 'vue';
import { useConnection } from '../stores/connection.ts';

/** Full screen of the whole page, where the place offers it and the browser can. */
export const useFullScreen = createSharedComposable(() => {
  const { place } = useConnection();
  const { isSupported, isFullscreen, toggle } = useFullscreen();
  const isOffered = computed(() => place.offersFullScreen && isSupported.value);
  return {
    isOffered,
    isOn: isFullscreen,
    toggle: async () => {
      if (isOffered.value) await toggle();
    },
  };
});
