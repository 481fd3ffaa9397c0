import type { Connection } from '../../shared/directory.ts';
import type { BearerPass, PlainRequest } from './access-pass.ts';
import { Refusal } from './client.ts';
import { debug } from './debug.ts';

/** A ticket is renewed before it ends; one that is short, because its booking is about to end, when it ends. */
const renewBeforeMs = 60_000;
/** As much as clocks of two machines of a lab differ at most. Tickets are in whole seconds, so that the last one may be over at once. */
const clockDifferenceMs = 60_000;
/** A directory that does not answer is asked again no sooner. */
const askAgainMs = 10_000;

export interface TicketPassParts {
  /** What the addresses of the station begin with. */
  readonly baseUrl: URL;
  /** What the directory gave first. */
  readonly first: Connection;
  /** Asks the directory for another one. @throws Refusal. */
  readonly askAgain: () => Promise<Connection>;
  /** Called once, when the directory or the station lets this page in no more. */
  readonly onEnded: (why: Refusal) => void;
}

interface Ticket {
  readonly value: string;
  /** On this page's own clock (`performance.now`), as the next. */
  readonly endsAtMs: number;
  renewAtMs: number;
}

/**
 * What lets this page in at another station of the lab: tickets of the directory, one after the other. Each new one is shown to the station
 * at once, because sessions last no longer than the newest ticket that it has seen.
 */
export class TicketPass implements BearerPass {
  readonly #parts: TicketPassParts;
  #ticket: Ticket;
  #renewal: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(parts: TicketPassParts) {
    this.#parts = parts;
    this.#ticket = this.#take(parts.first);
  }

  get headers(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.#ticket.value}` };
  }

  /** As the browser's fetch, with a ticket. @throws Refusal `sign_in_needed` from the end on. */
  async fetch(url: URL, init: PlainRequest): Promise<Response> {
    this.#requireIn();
    if (performance.now() >= this.#ticket.renewAtMs) await this.#renew();
    const ticket = this.#ticket;
    const response = await this.#send(url, init);
    if (response.status !== 401) return response;
    // The clocks of the two differ, or this machine slept.
    if (this.#ticket === ticket) await this.#renew();
    const again = await this.#send(url, init);
    if (again.status === 401) this.#notTaken();
    this.#requireIn();
    return again;
  }

  /** The station ends what the ticket opened. The directory knows whether that is for good. */
  linkEnded(): void {
    this.#renew().catch((error: unknown) => debug('The station let nobody in any more.', error));
  }

  /** Asks for no more tickets. Idempotent. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  /** @throws Refusal `unreachable` where the clock of the station may only be ahead: the directory has the word when the ticket ends. */
  #notTaken(): void {
    if (this.#ticket.endsAtMs - performance.now() < clockDifferenceMs) {
      throw new Refusal(
        'unreachable',
        'The ticket has ended at the station, and the directory has not given another one yet.',
      );
    }
    this.#end(new Refusal('sign_in_needed', 'The station does not take the ticket.'));
  }

  #requireIn(): void {
    if (this.#isOver) throw new Refusal('sign_in_needed', 'The station lets this page in no more.');
  }

  #send(url: URL, init: PlainRequest): Promise<Response> {
    return fetch(url, { ...init, headers: { ...init.headers, ...this.headers } });
  }

  #take({ ticket, ticket_expires_in_ms: lastsMs }: Connection): Ticket {
    const nowMs = performance.now();
    const endsAtMs = nowMs + lastsMs;
    const renewAtMs = lastsMs > 2 * renewBeforeMs ? endsAtMs - renewBeforeMs : endsAtMs;
    this.#showLater(renewAtMs - nowMs);
    return { value: ticket, endsAtMs, renewAtMs };
  }

  #showLater(afterMs: number): void {
    clearTimeout(this.#timer);
    const url = new URL('api/me', this.#parts.baseUrl);
    this.#timer = setTimeout(() => {
      this.fetch(url, { cache: 'no-store' }).catch((error: unknown) => {
        if (this.#isOver) return;
        debug('The station has not seen the new ticket.', error);
        const leftMs = this.#ticket.endsAtMs - performance.now();
        this.#showLater(leftMs > 0 ? Math.min(leftMs, askAgainMs) : askAgainMs);
      });
    }, afterMs);
  }

  #renew(): Promise<void> {
    this.#renewal ??= this.#renewNow().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #renewNow(): Promise<void> {
    try {
      const next = await this.#parts.askAgain();
      if (!this.#isOver) this.#ticket = this.#take(next);
    } catch (error) {
      const isAway = !(error instanceof Refusal) || error.reason === 'unreachable' || error.reason === 'internal';
      if (!isAway) this.#end(error);
      this.#requireIn();
      // A directory that is down stops nobody who watches.
      if (performance.now() >= this.#ticket.endsAtMs) throw error;
      this.#ticket.renewAtMs = performance.now() + askAgainMs;
      this.#showLater(askAgainMs);
    }
  }

  #end(why: Refusal): void {
    if (this.#isOver) return;
    this.close();
    this.#parts.onEnded(why);
  }
}
