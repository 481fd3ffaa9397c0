import { networkOf } from './addresses.ts';
import { TryBudgets } from './try-budgets.ts';
import { keyOf } from './users.ts';

const triesPerMinute = 10;
/** Each takes 32 MB and a thread for a third of a second; Node has four. */
const mostAtOnce = 2;
const mostWaiting = 16;
const busyWaitMs = 1_000;

/** How often passwords may be tried: for one name, from one address, and at a time. */
export class SignInLimits {
  readonly #byName = new TryBudgets(triesPerMinute, 60_000);
  readonly #byAddress = new TryBudgets(triesPerMinute, 60_000);
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /**
   * Makes a try, when its turn comes. One that succeeds does not count.
   * @returns What came of it, or how long to wait before a next one.
   */
  async attempt<T>(
    name: string,
    address: string,
    work: () => Promise<T | null>,
  ): Promise<T | null | { waitMs: number }> {
    if (this.#waiting.length >= mostWaiting) return { waitMs: busyWaitMs };
    const [ofAddress, ofName] = [this.#byAddress.of(networkOf(address)), this.#byName.of(keyOf(name))];
    // Before the work is done, so that nobody makes a hundred tries at once. Where an address has none left, the name is not charged:
    // one machine alone must not keep everybody out by trying all their names.
    const waitMs = ofAddress.spend() || ofName.spend();
    if (waitMs > 0) return { waitMs };
    const result = await this.#inTurn(work);
    if (result !== null) for (const budget of [ofAddress, ofName]) budget.giveBack();
    return result;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= mostAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      // Whoever waits longest takes over the place.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
