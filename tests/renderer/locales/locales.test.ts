import { describe, expect, test } from 'vitest';
import { de } from '../../../src/renderer/locales/de.ts';
import { en } from '../../../src/renderer/locales/en.ts';
import { fr } from '../../../src/renderer/locales/fr.ts';
import { createWords, preferredLanguage } from '../../../src/renderer/locales/i18n.ts';

type Tree = { readonly [key: string]: string | Tree };

function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`),
  );
}

const namesIn = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

describe.each([
  ['French', fr],
  ['German', de],
])('The %s words', (_language, words) => {
  const english = new Map(leaves(en));

  test('are all there, and none is empty or still in English', () => {
    const own = leaves(words);
    expect(own.map(([key]) => key)).toEqual([...english.keys()]);
    expect(own.filter(([, text]) => text.trim() === '')).toEqual([]);
    const sentences = own.filter(([key, text]) => text.includes(' ') && text === english.get(key));
    expect(sentences.filter(([, text]) => !text.includes('{'))).toEqual([]);
  });

  test('name the same values as the English ones', () => {
    for (const [key, text] of leaves(words)) {
      expect([key, namesIn(text)]).toEqual([key, namesIn(english.get(key) ?? '')]);
    }
  });
});

describe('The words', () => {
  test('can be said in every language without a part that the message format takes for its own', () => {
    for (const [language, words] of Object.entries({ en, fr, de })) {
      const { global } = createWords(language as 'en');
      for (const [key, text] of leaves(words)) {
        if (text.includes(' | ')) continue;
        const values = Object.fromEntries(namesIn(text).map((name) => [name.slice(1, -1), name]));
        expect(global.t(key, values)).toBe(text);
      }
    }
  });

  test('count as each language does', () => {
    const viewers = (language: 'en' | 'fr' | 'de', count: number): string =>
      createWords(language).global.t('bar.viewers', { count }, count);
    expect([0, 1, 2].map((count) => viewers('en', count))).toEqual(['0 viewers', '1 viewer', '2 viewers']);
    expect([0, 1, 2].map((count) => viewers('fr', count))).toEqual(['0 spectateur', '1 spectateur', '2 spectateurs']);
  });

  test('are in the first language of the reader that the page speaks', () => {
    expect(preferredLanguage(['it-CH', 'fr-CH', 'en'])).toBe('fr');
    expect(preferredLanguage(['de'])).toBe('de');
    expect(preferredLanguage(['ja'])).toBe('en');
  });
});
