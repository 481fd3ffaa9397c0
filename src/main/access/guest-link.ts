import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';

/** A day at the microscope; whoever comes tomorrow asks for a new one. */
const lifeMs = 12 * 3_600_000;
/** 128 bits: nobody finds it by trying, and somebody can still copy it from the screen by hand. */
const keyBytes = 16;

/** What lets colleagues watch, for as long as it lasts: whoever knows its key is a guest. */
export class GuestLink {
  /** Names the link; no secret. */
  readonly id = randomUUID();
  readonly key = randomBytes(keyBytes).toString('base64url');
  /** Unix time, as the screen shows it. */
  readonly expiresAtMs = Date.now() + lifeMs;
  /** As `performance.now()` counts: a clock that is set back must not make the link last longer. */
  readonly #endsAtMs = performance.now() + lifeMs;
  readonly #keyHash = hashOf(this.key);

  /** Negative once it has ended. */
  get remainingMs(): number {
    return Math.min(this.expiresAtMs - Date.now(), this.#endsAtMs - performance.now());
  }

  /** Takes the same time whatever is wrong with a key, so that none can be found letter by letter. */
  opensWith(key: string): boolean {
    return timingSafeEqual(hashOf(key), this.#keyHash) && this.remainingMs > 0;
  }

  /** The key stands in the fragment, which browsers never send, so that no log and no proxy sees it. @param origin Of the door. */
  urlAt(origin: string): string {
    return `${origin}/#guest=${this.key}`;
  }
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
