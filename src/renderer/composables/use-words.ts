import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Words } from '../locales/en.ts';
import type { Language } from '../locales/i18n.ts';

type Path<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Path<T[K]>}` }[keyof T & string];

/** The name of a word or sentence, such as `tile.nextTry`. */
export type WordKey = Path<Words>;

/** Units are the same in every language. */
export type Unit = 'fps' | 'ms' | 's' | 'min' | 'h' | '%' | 'kbit/s' | 'Mbit/s' | 'kB' | 'MB';

/** Shown where a number is unknown; never a zero. */
export const unknownNumber = '—';

/** Keeps number and unit on one line. */
const noBreakSpace = '\u00a0';
const formats = new Map<string, Intl.NumberFormat>();

/** Making a format is slow, and Tiles need it twice a second. */
function numberFormat(language: string, digits: number): Intl.NumberFormat {
  const key = `${language} ${digits}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  formats.set(key, made);
  return made;
}

/** Words and numbers in the reader's language. */
export function useWords() {
  const { t, locale } = useI18n({ useScope: 'global' });
  const language = computed(() => locale.value as Language);
  const exactFormat = computed(
    () => new Intl.NumberFormat(language.value, { maximumFractionDigits: 6, useGrouping: false }),
  );
  const listFormat = computed(() => new Intl.ListFormat(language.value, { type: 'unit', style: 'short' }));

  function word(key: WordKey, values: Readonly<Record<string, string | number>> = {}): string {
    return t(key, values);
  }

  /** State words and chips stand out by capitals. Written so, not styled so: whoever copies or reads the page gets them. */
  function capitals(text: string): string {
    return text.toLocaleUpperCase(language.value);
  }

  /** For words that differ with a number, which they name `{count}`. */
  function plural(key: WordKey, count: number): string {
    return t(key, { count: numberFormat(language.value, 0).format(count) }, count);
  }

  /** A number with its unit. A number that the language would round to nothing is said to be below the smallest shown. */
  function quantity(value: number, unit: Unit, digits = 0): string {
    const smallest = 10 ** -digits;
    const isTiny = value > 0 && value < smallest / 2;
    const number = numberFormat(language.value, digits).format(isTiny ? smallest : value);
    return `${isTiny ? `<${noBreakSpace}` : ''}${number}${noBreakSpace}${unit}`;
  }

  /** A number as it was typed. */
  function number(value: number): string {
    return exactFormat.value.format(value);
  }

  /** A time of day, with the day where it is another one. @param timeMs Unix time. */
  function moment(timeMs: number): string {
    const isToday = new Date(timeMs).toDateString() === new Date().toDateString();
    const day = isToday ? {} : ({ weekday: 'short', day: 'numeric', month: 'short' } as const);
    const format = new Intl.DateTimeFormat(language.value, {
      ...day,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    return format.format(timeMs);
  }

  function unknown(unit: Unit): string {
    return `${unknownNumber}${noBreakSpace}${unit}`;
  }

  /** An age, as exact as it is of use. */
  function duration(ms: number): string {
    return ms < 9_950 ? quantity(ms / 1_000, 's', 1) : wholeDuration(ms);
  }

  /** A time to wait. */
  function wholeDuration(ms: number): string {
    return ms < 120_000 ? quantity(ms / 1_000, 's') : quantity(Math.floor(ms / 60_000), 'min');
  }

  function list(items: readonly string[]): string {
    return listFormat.value.format(items);
  }

  return { word, capitals, plural, quantity, number, moment, unknown, duration, wholeDuration, list, language };
}
