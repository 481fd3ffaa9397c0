import { createHash, randomBytes } from 'node:crypto';

/** Nobody finds it by trying, so that a plain hash of it is enough to keep. */
const secretBytes = 32;

/** A secret that is told once. @param prefix Tells a person, and a program that looks for leaked secrets, what it is. */
export function newSecretToken(prefix: string): string {
  return prefix + randomBytes(secretBytes).toString('base64url');
}

/** What is kept of it. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
