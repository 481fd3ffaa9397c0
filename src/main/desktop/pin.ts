import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { StationError } from '../../shared/errors.ts';

const deriveKey = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
);

const base64 = v.pipe(v.string(), v.base64(), v.maxLength(256));
const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/** A PIN as it may lie on a disk (scrypt, RFC 7914). The cost stands beside it, so that a later version can raise it. */
export const pinHashSchema = v.strictObject({
  saltBase64: base64,
  keyBase64: base64,
  cost: v.strictObject({ N: whole(1_024, 2 ** 20), r: whole(1, 32), p: whole(1, 16) }),
});
export type PinHash = v.InferOutput<typeof pinHashSchema>;

/** About a tenth of a second and 32 MB on a small machine. */
const cost = { N: 2 ** 15, r: 8, p: 1 };
const saltBytes = 16;
const keyBytes = 32;

/** Rows, columns and diagonals of a keypad, and walks along them, that many people would try first. */
const keypadWalks = [
  '147258',
  '147369',
  '258369',
  '159753',
  '753159',
  '159357',
  '357159',
  '789456',
  '321654',
  '963852',
];

/** @throws StationError `pin_refused`: not six digits, among the first that anybody would try, or not the same twice. */
export function requireGoodPin(pin: string, again: string): void {
  if (!/^\d{6}$/.test(pin)) throw StationError.pinRefused('A PIN is six digits.');
  if (isEasy(pin)) throw StationError.pinRefused('That PIN is too easy to guess. Choose one without a pattern.');
  if (pin !== again) throw StationError.pinRefused('The PIN was not typed the same twice.');
}

function isEasy(pin: string): boolean {
  const digits = [...pin].map(Number);
  const steps = digits.slice(1).map((digit, at) => (digit - (digits[at] ?? 0) + 10) % 10);
  const isRun = steps.every((step) => step === steps[0]);
  return (
    isRun || // 000000, 123456, 987654, 246802
    new Set(digits).size < 3 || // 121212, 112111
    /^(\d{2})\1\1$/.test(pin) || // 242424
    /^(\d{3})\1$/.test(pin) || // 123123
    /^(\d)\1(\d)\2(\d)\3$/.test(pin) || // 112233
    /^(\d)(\d)(\d)\3\2\1$/.test(pin) || // 123321
    keypadWalks.includes(pin)
  );
}

export async function hashPin(pin: string): Promise<PinHash> {
  const salt = randomBytes(saltBytes);
  const key = await keyOf(pin, salt, keyBytes, cost);
  return { saltBase64: salt.toString('base64'), keyBase64: key.toString('base64'), cost };
}

/** Takes as long for a wrong PIN as for the right one. */
export async function isPin(typed: string, { saltBase64, keyBase64, cost }: PinHash): Promise<boolean> {
  const key = Buffer.from(keyBase64, 'base64');
  return timingSafeEqual(await keyOf(typed, Buffer.from(saltBase64, 'base64'), key.length, cost), key);
}

/** The hash of a PIN that nobody knows, not even this program. */
export function unknowablePin(): PinHash {
  return {
    saltBase64: randomBytes(saltBytes).toString('base64'),
    keyBase64: randomBytes(keyBytes).toString('base64'),
    cost,
  };
}

function keyOf(pin: string, salt: Buffer, bytes: number, { N, r, p }: PinHash['cost']): Promise<Buffer> {
  // scrypt takes 128·N·r bytes; Node's own bound is just too low for that.
  return deriveKey(pin, salt, bytes, { N, r, p, maxmem: 256 * N * r });
}
