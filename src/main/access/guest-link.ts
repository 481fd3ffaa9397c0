import { createHash, randomBytes, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import type { AllowedStreams, GuestWish } from '../../shared/access.ts';

const hourMs = 3_600_000;
/** 128 bits: nobody finds it by trying. */
const keyBytes = 16;
/** Without the letters that look like a digit or another letter on a screen across the room. */
const codeSigns = 'ACDEFHJKMNPQRTVWXY23456789';
/** Some 2 × 10¹¹ codes: few enough signs to type on a phone; GuestAccess sees to it that nobody can try many. */
const codeLength = 8;

/** What lets colleagues watch, for as long as it lasts: whoever knows its key, or its code, is a guest. */
export class GuestLink {
  /** Names the link; no secret. */
  readonly id = randomUUID();
  readonly key = randomBytes(keyBytes).toString('base64url');
  /** For whoever can't scan or copy the link. */
  readonly code = Array.from({ length: codeLength }, () => codeSigns[randomInt(codeSigns.length)]).join('');
  readonly streams: AllowedStreams;
  /** Unix time, as the screen shows it. */
  readonly expiresAtMs: number;
  /** As `performance.now()` counts: a clock that is set back must not make the link last longer. */
  readonly #endsAtMs: number;
  readonly #keyHash = hashOf(this.key);
  readonly #codeHash = hashOf(this.code);

  constructor({ streams, lastsHours }: GuestWish) {
    this.streams = streams;
    this.expiresAtMs = Date.now() + lastsHours * hourMs;
    this.#endsAtMs = performance.now() + lastsHours * hourMs;
  }

  /** Negative once it has ended. */
  get remainingMs(): number {
    return Math.min(this.expiresAtMs - Date.now(), this.#endsAtMs - performance.now());
  }

  /** As it is read out and typed. */
  get shownCode(): string {
    return `${this.code.slice(0, codeLength / 2)}-${this.code.slice(codeLength / 2)}`;
  }

  /** Takes the same time whatever is wrong with a key, so that none can be found letter by letter. */
  opensWith(key: string): boolean {
    return timingSafeEqual(hashOf(key), this.#keyHash) && this.remainingMs > 0;
  }

  /** As `opensWith`, for the code: in capitals or not, with or without dash and spaces. */
  opensWithCode(typed: string): boolean {
    const code = typed.replace(/[\s-]/g, '').toUpperCase();
    return timingSafeEqual(hashOf(code), this.#codeHash) && this.remainingMs > 0;
  }

  /** The key stands in the fragment, which browsers never send, so that no log and no proxy sees it. @param origin Of the door. */
  urlAt(origin: string): string {
    return `${origin}/#guest=${this.key}`;
  }
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
