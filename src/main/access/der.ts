/** One value in the encoding of certificates (DER, ITU-T X.690): what it is, how long, and its bytes. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

/** Tags, as their bytes. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** The tag of a value that is known by its place alone. */
export function contextTag(number: number, isConstructed: boolean): number {
  return (isConstructed ? 0xa0 : 0x80) | number;
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(tags.sequence, ...parts);
}

/** @param dotted Such as `2.5.4.3`. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(tags.objectId, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** @param bytes Of a number that is not negative, the highest first. */
export function integer(bytes: Uint8Array): Buffer {
  // The highest bit is the sign.
  return der(tags.integer, Uint8Array.from((bytes[0] ?? 0) >= 0x80 ? [0] : []), bytes);
}

export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return der(tags.bitString, Uint8Array.from([unusedBits]), bytes);
}

/** In seconds; up to 2049 in two digits of the year, as RFC 5280 §4.1.2.5 wants. */
export function time(timeMs: number): Buffer {
  const digits = new Date(timeMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  const isShort = new Date(timeMs).getUTCFullYear() < 2050;
  return der(isShort ? tags.utcTime : tags.generalizedTime, Buffer.from(isShort ? digits.slice(2) : digits));
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}
