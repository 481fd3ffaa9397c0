import type { Logger } from 'pino';
import { StationError } from '../../shared/errors.ts';
import type { GuestLink } from './guest-link.ts';
import type { Caller, KeyExchange, Standing } from './rights.ts';
import type { Tokens } from './tokens.ts';
import { TryBudget } from './try-budget.ts';

const standingOfGuests: Standing = { role: 'viewer', streams: 'all' };
const wrongKeysPerMinute = 10;

/** Lets in whoever has the key of one guest link, until that link ends. */
export class GuestAccess {
  readonly #link: GuestLink;
  readonly #tokens: Tokens;
  readonly #log: Logger;
  readonly #wrongKeys = new TryBudget(wrongKeysPerMinute, 60_000);
  /** Addresses that somebody was sent away from. All guests have the same key, so that nothing else tells them apart. */
  readonly #dismissed = new Set<string>();

  constructor(link: GuestLink, tokens: Tokens, log: Logger) {
    this.#link = link;
    this.#tokens = tokens;
    this.#log = log;
  }

  /**
   * The right key is taken at any time: it can't be guessed, and whoever tries others must not lock out those who have it.
   * @throws StationError `sign_in_needed`.
   */
  async exchangeKey(key: string, address: string): Promise<KeyExchange> {
    if (this.#link.opensWith(key)) {
      if (this.#dismissed.has(address)) throw StationError.signInNeeded();
      return this.#tokens.issue(this.#subject, this.#link.remainingMs);
    }
    const waitMs = this.#wrongKeys.spend();
    if (waitMs > 0) return { waitMs };
    if (this.#wrongKeys.left === 0) this.#log.warn('Somebody on the network tries one wrong guest key after another.');
    throw StationError.signInNeeded();
  }

  /** The guest that a token of this link stands for, or null. */
  callerOf(subject: string, address: string): Caller | null {
    if (subject !== this.#subject) return null;
    return {
      kind: 'guest',
      name: 'Guest',
      address,
      standing: () => (this.#link.remainingMs > 0 && !this.#dismissed.has(address) ? standingOfGuests : null),
      dismiss: () => this.#dismissed.add(address),
    };
  }

  get #subject(): string {
    return `guest:${this.#link.id}`;
  }
}
