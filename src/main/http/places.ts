import { networkOf } from '../access/addresses.ts';
import { remoteAddress } from './access.ts';

/** Gives a place back. Idempotent. */
export type Leave = () => void;

/**
 * Places at a door, such as its connections. One machine gets another one only while it holds fewer than are free: alone it gets half
 * of all, the next that comes half of the rest, and so on, so that none can shut out the others. Where many come from one address (a lab
 * behind a proxy), half of all is what they share.
 */
export class Places {
  readonly #count: number;
  #taken = 0;
  /** By what a machine is known by. */
  readonly #held = new Map<string, number>();

  constructor(count: number) {
    this.#count = count;
  }

  /** @param address As a socket tells it. @returns Null where there is no place for this machine. */
  take(address: string): Leave | null {
    const machine = networkOf(remoteAddress({ ip: address }));
    const held = this.#held.get(machine) ?? 0;
    if (held >= this.#count - this.#taken) return null;
    this.#taken += 1;
    this.#held.set(machine, held + 1);
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#giveBack(machine);
    };
  }

  #giveBack(machine: string): void {
    this.#taken -= 1;
    const held = (this.#held.get(machine) ?? 0) - 1;
    if (held > 0) this.#held.set(machine, held);
    else this.#held.delete(machine);
  }
}
