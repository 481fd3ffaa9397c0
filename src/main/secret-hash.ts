import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import * as v from 'valibot';

const deriveKey = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
);

const base64 = v.pipe(v.string(), v.base64(), v.maxLength(256));
const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/** A PIN or password as it may lie on a disk (scrypt, RFC 7914). The cost stands beside it, so that a later version can raise it. */
export const secretHashSchema = v.strictObject({
  saltBase64: base64,
  keyBase64: base64,
  cost: v.strictObject({ N: whole(1_024, 2 ** 20), r: whole(1, 32), p: whole(1, 16) }),
});
export type SecretHash = v.InferOutput<typeof secretHashSchema>;

/** What a hash costs whoever makes one: 128·N·r bytes, and time in step with N·r·p. */
export type SecretCost = SecretHash['cost'];

const saltBytes = 16;
const keyBytes = 32;

export async function hashSecret(secret: string, cost: SecretCost): Promise<SecretHash> {
  const salt = randomBytes(saltBytes);
  const key = await keyOf(secret, salt, keyBytes, cost);
  return { saltBase64: salt.toString('base64'), keyBase64: key.toString('base64'), cost };
}

/** Takes as long for a wrong secret as for the right one. */
export async function isSecret(typed: string, { saltBase64, keyBase64, cost }: SecretHash): Promise<boolean> {
  const key = Buffer.from(keyBase64, 'base64');
  return timingSafeEqual(await keyOf(typed, Buffer.from(saltBase64, 'base64'), key.length, cost), key);
}

/** The hash of a secret that nobody knows, not even this program. */
export function unknowableSecret(cost: SecretCost): SecretHash {
  return {
    saltBase64: randomBytes(saltBytes).toString('base64'),
    keyBase64: randomBytes(keyBytes).toString('base64'),
    cost,
  };
}

function keyOf(secret: string, salt: Buffer, bytes: number, { N, r, p }: SecretCost): Promise<Buffer> {
  // scrypt takes 128·N·r bytes; Node's own bound is just too low for that.
  return deriveKey(secret, salt, bytes, { N, r, p, maxmem: 256 * N * r });
}
