import { createI18n } from 'vue-i18n';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';

/** The languages of the page, each named in itself. */
export const languages = { en: 'English', fr: 'Français', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

/** The same as a list to choose from. */
export const languageOptions = Object.entries(languages).map(([value, label]) => ({ value: value as Language, label }));

/** The first of the reader's languages that the page speaks. */
export function preferredLanguage(tags: readonly string[]): Language {
  const known = tags.map((tag) => tag.slice(0, 2).toLowerCase()).find((code) => Object.hasOwn(languages, code));
  return (known as Language | undefined) ?? 'en';
}

/** Makes the one source of words for an app. */
export function createWords(language: Language) {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: 'en',
    messages: { en, fr, de },
    // French counts zero as one (CLDR): "0 spectateur".
    pluralRules: { fr: (count: number) => (count < 2 ? 0 : 1) },
  });
}
