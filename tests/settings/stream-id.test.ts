import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as v from 'valibot';
import { streamIdFor } from '../../src/main/settings/stream-id.ts';
import { streamConfigSchema } from '../../src/shared/source.ts';

test.each([
  ['Incubator', [], 'incubator'],
  ['Incubator', ['incubator'], 'incubator-2'],
  ['Incubator', ['incubator', 'incubator-2'], 'incubator-3'],
  ['  Über-Zähler № 2 (links)  ', [], 'uber-zahler-no-2-links'],
  ['顕微鏡', [], 'stream'],
  ['顕微鏡', ['stream'], 'stream-2'],
  [`${'a'.repeat(62)} b`, [], 'a'.repeat(62)],
  ['a'.repeat(80), ['a'.repeat(63)], `${'a'.repeat(61)}-2`],
])('A stream called “%s” beside %j gets the id %s', (name, taken, id) => {
  expect(streamIdFor(name, new Set(taken))).toBe(id);
});

test('Every name makes an id that the configuration allows and that is not taken', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 80 })), (names) => {
      const taken = new Set<string>();
      for (const name of names) {
        const id = streamIdFor(name, taken);
        expect(v.is(streamConfigSchema.entries.id, id)).toBe(true);
        expect(taken.has(id)).toBe(false);
        taken.add(id);
      }
    }),
  );
});
