import type { Logger } from 'pino';
import { StationError } from '../../shared/errors.ts';
import { networkOf } from './addresses.ts';
import type { GuestLink } from './guest-link.ts';
import type { Caller, GuestIn } from './rights.ts';
import type { Tokens } from './tokens.ts';
import { TryBudget } from './try-budget.ts';
import { TryBudgets } from './try-budgets.ts';

/** One network alone can't use up what there is for all, so that one visitor who tries does not keep the others from typing. */
const triesPerMinuteFrom = 10;
/**
 * There are 26⁸ ≈ 2.1 × 10¹¹ codes. Thirty tries a minute are 302,400 in the longest life of a link, a week: whoever tries all the
 * time, from however many addresses, finds it with a chance of 1 in 690,000, and of 1 in 9,600,000 within the usual twelve hours.
 */
const triesPerMinute = 30;

/** Lets in whoever has the key or the code of one guest link, until that link ends. */
export class GuestAccess {
  readonly #link: GuestLink;
  readonly #tokens: Tokens;
  readonly #log: Logger;
  readonly #triesFrom = new TryBudgets(triesPerMinuteFrom, 60_000);
  readonly #tries = new TryBudget(triesPerMinute, 60_000);
  /** Addresses that somebody was sent away from. All guests have the same key, so that nothing else tells them apart. */
  readonly #dismissed = new Set<string>();

  constructor(link: GuestLink, tokens: Tokens, log: Logger) {
    this.#link = link;
    this.#tokens = tokens;
    this.#log = log;
  }

  /**
   * The right key is taken at any time: it can't be guessed, and whoever tries others must not lock out those who have it. Whoever comes
   * with the code gets the key, and is not locked out later either.
   * @throws StationError `sign_in_needed`.
   */
  async exchangeKey(keyOrCode: string, address: string): Promise<GuestIn | { readonly waitMs: number }> {
    if (!this.#link.opensWith(keyOrCode)) {
      const waitMs = this.#tryCode(keyOrCode, address);
      if (waitMs > 0) return { waitMs };
    }
    if (this.#dismissed.has(address)) throw StationError.signInNeeded();
    return { ...(await this.#tokens.issue(this.#subject, this.#link.remainingMs)), key: this.#link.key };
  }

  /** The guest that a token of this link stands for, or null. */
  callerOf(subject: string, address: string): Caller | null {
    if (subject !== this.#subject) return null;
    const { streams } = this.#link;
    return {
      kind: 'guest',
      name: 'Guest',
      address,
      standing: () =>
        this.#link.remainingMs > 0 && !this.#dismissed.has(address) ? { role: 'viewer', streams } : null,
      dismiss: () => this.#dismissed.add(address),
    };
  }

  /**
   * Takes a try before it looks, so that what comes too often is not looked at, right or wrong. The right code costs none.
   * @returns 0 where it is right, or how long to wait. @throws StationError `sign_in_needed` where it is wrong.
   */
  #tryCode(code: string, address: string): number {
    const triesFrom = this.#triesFrom.of(networkOf(address));
    const waitMs = triesFrom.spend() || this.#tries.spend();
    if (waitMs > 0) return waitMs;
    if (this.#link.opensWithCode(code)) {
      triesFrom.giveBack();
      this.#tries.giveBack();
      return 0;
    }
    if (triesFrom.left === 0 || this.#tries.left === 0) {
      this.#log.warn({ remote: address }, 'Somebody on the network tries one wrong guest key after another.');
    }
    throw StationError.signInNeeded();
  }

  get #subject(): string {
    return `guest:${this.#link.id}`;
  }
}
