import { StationError } from '../../shared/errors.ts';
import { hashSecret, unknowableSecret, type SecretHash } from '../secret-hash.ts';

/** About a tenth of a second and 32 MB on a small machine. */
const cost = { N: 2 ** 15, r: 8, p: 1 };

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

export function hashPin(pin: string): Promise<SecretHash> {
  return hashSecret(pin, cost);
}

/** The hash of a PIN that nobody knows. */
export function unknowablePin(): SecretHash {
  return unknowableSecret(cost);
}
