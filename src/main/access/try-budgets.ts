import { TryBudget } from './try-budget.ts';

/** More names and addresses than that within a minute are made up; they share one budget then. */
const mostKeys = 1_000;

/** A budget of tries for each of many keys, such as names or addresses. */
export class TryBudgets {
  readonly #tries: number;
  readonly #spanMs: number;
  readonly #budgets = new Map<string, TryBudget>();
  readonly #shared: TryBudget;

  constructor(tries: number, spanMs: number) {
    this.#tries = tries;
    this.#spanMs = spanMs;
    this.#shared = new TryBudget(tries, spanMs);
  }

  of(key: string): TryBudget {
    const known = this.#budgets.get(key);
    if (known) return known;
    if (this.#budgets.size >= mostKeys) this.#forgetUnspent();
    if (this.#budgets.size >= mostKeys) return this.#shared;
    const budget = new TryBudget(this.#tries, this.#spanMs);
    this.#budgets.set(key, budget);
    return budget;
  }

  #forgetUnspent(): void {
    for (const [key, budget] of this.#budgets) if (budget.isWhole) this.#budgets.delete(key);
  }
}
