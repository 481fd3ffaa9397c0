import { useLocalStorage } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed } from 'vue';
import { languages, preferredLanguage, type Language } from '../locales/i18n.ts';
import { useConnection } from './connection.ts';

export const themes = ['dark', 'light', 'amber', 'red'] as const;
export type Theme = (typeof themes)[number];

/** How large controls are: for a mouse, for fingers, for gloved hands. */
export const densities = ['compact', 'touch', 'glove'] as const;
export type Density = (typeof densities)[number];

export const layouts = ['auto', 'one', 'four', 'nine'] as const;
/** How many Tiles the wall shows at a time; `auto` as many as there are Streams, up to nine. */
export type Layout = (typeof layouts)[number];

interface Stored {
  readonly theme?: unknown;
  readonly language?: unknown;
  readonly density?: unknown;
  readonly layout?: unknown;
  readonly letterKeys?: unknown;
  readonly isFirstRunOver?: unknown;
}

const densityOfHands = { glove: 'glove', touch: 'touch', mouse: 'compact' } as const;

/** What the person chose on this device. */
export const usePreferences = defineStore('preferences', () => {
  const { place } = useConnection();
  const stored = useLocalStorage<Stored>('eyepiece', {}, { shallow: true });

  /** One choice: read with care, because an older or newer version may have written it. */
  function choice<T>(key: keyof Stored, options: readonly T[], fallback: () => T) {
    return computed<T>({
      get: () => options.find((option) => option === stored.value[key]) ?? fallback(),
      set: (value) => (stored.value = { ...stored.value, [key]: value }),
    });
  }

  return {
    theme: choice<Theme>('theme', themes, () => 'dark'),
    language: choice<Language>('language', Object.keys(languages) as Language[], () =>
      preferredLanguage(navigator.languages),
    ),
    density: choice<Density>('density', densities, () => densityOfHands[place.hands]),
    layout: choice<Layout>('layout', layouts, () => 'auto'),
    /** Whether keys that also write text do something here (WCAG 2.2, 2.1.4). */
    letterKeys: choice<boolean>('letterKeys', [true, false], () => true),
    /** Whether the person has sent away what greets them on a new station. */
    isFirstRunOver: choice<boolean>('isFirstRunOver', [true, false], () => false),
  };
});
