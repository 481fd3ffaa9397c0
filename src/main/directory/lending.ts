import type { StreamConfig } from '../../shared/source.ts';

/** A station of the lab that is shown through the directory. */
export interface Lent {
  readonly id: string;
  readonly name: string;
  /** With a number in the place of a name. */
  readonly url: string;
}

interface Loan extends Lent {
  /** Unix time, as `untilMs`: no ticket of before is good for it. */
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly timer: NodeJS.Timeout;
}

/** The Streams that the directory itself has for stations without a door of their own: each as long as there is a ticket for it. */
export class Lending {
  readonly #show: (streams: readonly StreamConfig[]) => void;
  readonly #loans = new Map<string, Loan>();

  /** @param show Makes these the Streams that are lent, and ends what is watched of others. */
  constructor(show: (streams: readonly StreamConfig[]) => void) {
    this.#show = show;
  }

  /** Whether it is lent to whoever has a ticket of that time: what was lent before and ended is not the same, whatever it is called. */
  has(id: string, issuedAtMs: number): boolean {
    const loan = this.#loans.get(id);
    // Tickets tell it in whole seconds, rounded down.
    return loan !== undefined && Math.floor(loan.sinceMs / 1_000) * 1_000 <= issuedAtMs;
  }

  /** A ticket for it begins at `fromMs` and ends at `untilMs`, as others before it may do later. */
  lend(lent: Lent, { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number }): void {
    const before = this.#loans.get(lent.id);
    clearTimeout(before?.timer);
    const lastMs = Math.max(untilMs, before?.untilMs ?? 0);
    const timer = setTimeout(() => this.end(lent.id), lastMs - Date.now()).unref();
    // Two may ask together, and the one who asked first be served last.
    const sinceMs = Math.min(fromMs, before?.sinceMs ?? fromMs);
    this.#loans.set(lent.id, { ...lent, sinceMs, untilMs: lastMs, timer });
    this.#showAll();
  }

  /** Whatever tickets there are. Idempotent. */
  end(id: string): void {
    clearTimeout(this.#loans.get(id)?.timer);
    if (this.#loans.delete(id)) this.#showAll();
  }

  close(): void {
    for (const { timer } of this.#loans.values()) clearTimeout(timer);
    this.#loans.clear();
  }

  #showAll(): void {
    this.#show(
      [...this.#loans.values()].map(({ id, name, url }) => ({
        id,
        name,
        source: { kind: 'url', url },
        quality: 'standard',
      })),
    );
  }
}
