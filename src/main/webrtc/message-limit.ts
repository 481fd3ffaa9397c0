import { maxMessageBytes } from './sctp.ts';

const messagesPerS = 50;

/** How much a Player may say on one channel. */
export class MessageLimit {
  #allowance = messagesPerS;
  #countedAtMs: number;

  constructor(nowMs: number) {
    this.#countedAtMs = nowMs;
  }

  /** Counts a message, and says why it is not to be read, or null. */
  refusal(bytes: number, nowMs: number): 'too_large' | 'too_many' | null {
    const earned = ((nowMs - this.#countedAtMs) * messagesPerS) / 1000;
    this.#allowance = Math.min(messagesPerS, this.#allowance + earned);
    this.#countedAtMs = nowMs;
    if (this.#allowance < 1) return 'too_many';
    this.#allowance--;
    return bytes > maxMessageBytes ? 'too_large' : null;
  }
}
