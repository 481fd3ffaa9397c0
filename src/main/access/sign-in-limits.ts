import { networkOf } from './addresses.ts';
import { TryBudgets } from './try-budgets.ts';
import { keyOf } from './users.ts';

const triesPerMinute = 10;
/** Each takes 32 MB and a thread for a third of a second; Node has four. */
const mostAtOnce = 2;
const mostWaiting = 16;
const busyWaitMs = 1_000;
/** Names with the networks they have come in from. */
const mostKnown = 1_000;

/** How often passwords may be tried: for one name (at each network it has come in from by itself), from one address, and at a time. */
export class SignInLimits {
  readonly #byName = new TryBudgets(triesPerMinute, 60_000);
  /** For a name at a network that it has come in from before, so that strangers elsewhere can't use up the tries of its user. */
  readonly #atHome = new TryBudgets(triesPerMinute, 60_000);
  /** Since the station started; who came in last stands last. */
  readonly #homes = new Set<string>();
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
    const home = JSON.stringify([keyOf(name), networkOf(address)]);
    const ofAddress = this.#byAddress.of(networkOf(address));
    const ofName = this.#homes.has(home) ? this.#atHome.of(home) : this.#byName.of(keyOf(name));
    // Before the work is done, so that nobody makes a hundred tries at once. Where an address has none left, the name is not charged:
    // one machine alone must not keep everybody out by trying all their names.
    const waitMs = ofAddress.spend() || ofName.spend();
    if (waitMs > 0) return { waitMs };
    const result = await this.#inTurn(work);
    if (result !== null) {
      for (const budget of [ofAddress, ofName]) budget.giveBack();
      this.#remember(home);
    }
    return result;
  }

  #remember(home: string): void {
    this.#homes.delete(home);
    this.#homes.add(home);
    for (const oldest of this.#homes) if (this.#homes.size > mostKnown) this.#homes.delete(oldest);
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
