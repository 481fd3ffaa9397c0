import type { Logger } from 'pino';
import { StationError } from '../../shared/errors.ts';
import type { GuestLink } from './guest-link.ts';
import type { Access, KeyExchange, Right } from './rights.ts';
import type { Tokens } from './tokens.ts';
import { TryBudget } from './try-budget.ts';

const guestRights: ReadonlySet<Right> = new Set(['watch']);
const wrongKeysPerMinute = 10;

/** Lets in whoever has the key of one guest link, until that link ends. */
export class GuestAccess implements Access {
  readonly #link: GuestLink;
  readonly #tokens: Tokens;
  readonly #log: Logger;
  readonly #wrongKeys = new TryBudget(wrongKeysPerMinute, 60_000);

  constructor(link: GuestLink, tokens: Tokens, log: Logger) {
    this.#link = link;
    this.#tokens = tokens;
    this.#log = log;
  }

  /** The right key is taken at any time: it can't be guessed, and whoever tries others must not lock out those who have it. */
  async exchangeKey(key: string): Promise<KeyExchange> {
    if (this.#link.opensWith(key)) return this.#tokens.issue(this.#subject, this.#link.remainingMs);
    const waitMs = this.#wrongKeys.spend();
    if (waitMs > 0) return { waitMs };
    if (this.#wrongKeys.left === 0) this.#log.warn('Somebody on the network tries one wrong guest key after another.');
    throw StationError.signInNeeded();
  }

  async rightsOf(token: string): Promise<ReadonlySet<Right> | null> {
    const subject = await this.#tokens.subjectOf(token);
    return subject === this.#subject && this.#link.remainingMs > 0 ? guestRights : null;
  }

  get #subject(): string {
    return `guest:${this.#link.id}`;
  }
}
