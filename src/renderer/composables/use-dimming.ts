import { computed, watchEffect, type ComputedRef } from 'vue';
import { brightnessLevels } from '../../shared/shell.ts';
import { useShell } from '../stores/shell.ts';

/** How much light is taken from the pictures at the lowest level. */
const mostDimming = 0.8;
const fullLevel = Math.max(...brightnessLevels);

/**
 * How dark the page makes itself where the screen's own light can't be set: 0 (not at all) to 0.8. The style sheets know it as
 * `--dimming`, and what can be pressed follows it only so far that it can still be found.
 */
export function useDimming(): ComputedRef<number> {
  const shell = useShell();
  const dimming = computed(() => {
    const brightness = shell.state?.brightness;
    if (brightness?.by !== 'overlay') return 0;
    return ((fullLevel - brightness.level) / (fullLevel - 1)) * mostDimming;
  });
  watchEffect(() => document.documentElement.style.setProperty('--dimming', String(dimming.value)));
  return dimming;
}
