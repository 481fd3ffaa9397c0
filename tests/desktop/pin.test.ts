import { expect, test } from 'vitest';
import { hashPin, requireGoodPin, unknowablePin } from '../../src/main/desktop/pin.ts';
import { isSecret } from '../../src/main/secret-hash.ts';

test.each(['274913', '905172', '118402', '300751', '661029'])('%s may be a PIN', (pin) => {
  expect(() => requireGoodPin(pin, pin)).not.toThrow();
});

test.each([
  ['', 'six digits'],
  ['27491', 'six digits'],
  ['2749131', 'six digits'],
  ['27491a', 'six digits'],
  ['２７４９１３', 'six digits'],
  ['274913\n', 'six digits'],
  ['000000', 'too easy'],
  ['123456', 'too easy'],
  ['890123', 'too easy'],
  ['987654', 'too easy'],
  ['246802', 'too easy'],
  ['121212', 'too easy'],
  ['121112', 'too easy'],
  ['123123', 'too easy'],
  ['112233', 'too easy'],
  ['994422', 'too easy'],
  ['123321', 'too easy'],
  ['159753', 'too easy'],
])('%j may not: %s', (pin, why) => {
  expect(() => requireGoodPin(pin, pin)).toThrow(
    expect.objectContaining({ reason: 'pin_refused', message: expect.stringContaining(why) as string }),
  );
});

test('A PIN that is not typed the same twice is refused', () => {
  expect(() => requireGoodPin('274913', '274931')).toThrow(expect.objectContaining({ reason: 'pin_refused' }));
});

test('A PIN is known again by its hash, which tells nothing of it', async () => {
  const [once, again] = [await hashPin('274913'), await hashPin('274913')];
  expect(await isSecret('274913', once)).toBe(true);
  expect(await isSecret('274914', once)).toBe(false);
  expect(await isSecret('', once)).toBe(false);
  expect(JSON.stringify(once)).not.toContain('274913');
  // Two kiosks with the same PIN do not show that they have.
  expect(once.keyBase64).not.toBe(again.keyBase64);
});

test('A PIN that nobody knows is not the same twice', () => {
  expect(unknowablePin().keyBase64).not.toBe(unknowablePin().keyBase64);
});
