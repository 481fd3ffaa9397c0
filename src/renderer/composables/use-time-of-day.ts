import { computed } from 'vue';
import { useWords } from './use-words.ts';

/** @returns Writes a Unix time as a time of day in this page's zone, to the second, such as `22:59:07`. */
export function useTimeOfDay(): (timeMs: number) => string {
  const { language } = useWords();
  const format = computed(
    () =>
      new Intl.DateTimeFormat(language.value, {
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      }),
  );
  return (timeMs) => format.value.format(timeMs);
}
