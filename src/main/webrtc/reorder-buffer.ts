/** What can be put into its order. */
export interface Numbered {
  readonly number: number;
}

/** The next packet in order, or the place of those that will not come any more. */
export type Ordered<T> = T | 'gap';

/** How long a packet that is missing is waited for: two round trips on a long way. */
const patienceMs = 250;
const maxWaiting = 1_024;
/** A jump that is longer is not a loss but another beginning. */
const maxJump = 4_096;
/** How often the same packet is asked for, and how many times. */
const [askEveryMs, maxAsks] = [40, 5] as const;
/** In one go: more is not repaired by asking for it. */
const maxAsked = 128;

interface Missing {
  readonly sinceMs: number;
  askedMs: number;
  asks: number;
}

/**
 * Puts packets into the order of their numbers, and knows which are to be asked for again. Nothing waits for longer than a quarter
 * of a second, and no more than a thousand packets do. All times are of a monotonic clock.
 */
export class ReorderBuffer<T extends Numbered> {
  readonly #waiting = new Map<number, T>();
  readonly #missing = new Map<number, Missing>();
  #next: number | null = null;
  #newest = -1;
  #lost = 0;

  /** How many were given up. */
  get lostPackets(): number {
    return this.#lost;
  }

  /** The highest number that has come. */
  get newest(): number {
    return this.#newest;
  }

  /** Takes a packet. @returns Those that are in order now. */
  add(packet: T, nowMs: number): Ordered<T>[] {
    const { number } = packet;
    this.#next ??= number;
    if (number < this.#next) return [];
    if (number - this.#newest > maxJump && this.#newest >= 0) return this.#beginAnew(packet);
    this.#noteMissing(number, nowMs);
    this.#missing.delete(number);
    this.#waiting.set(number, packet);
    this.#newest = Math.max(this.#newest, number);
    return this.#release(nowMs);
  }

  /** @returns What need not wait any more, because it has waited too long for something before it. */
  tick(nowMs: number): Ordered<T>[] {
    return this.#release(nowMs);
  }

  /** The numbers to ask for at this moment; each call counts as asking. */
  toAskFor(nowMs: number): number[] {
    const numbers: number[] = [];
    for (const [number, missing] of this.#missing) {
      if (numbers.length >= maxAsked) break;
      if (missing.asks >= maxAsks || nowMs - missing.askedMs < askEveryMs) continue;
      missing.asks++;
      missing.askedMs = nowMs;
      numbers.push(number);
    }
    return numbers;
  }

  #noteMissing(number: number, nowMs: number): void {
    const first = Math.max(this.#newest + 1, this.#next ?? 0);
    for (let each = first; each < number; each++) {
      this.#missing.set(each, { sinceMs: nowMs, askedMs: -Infinity, asks: 0 });
    }
  }

  #release(nowMs: number): Ordered<T>[] {
    const ordered: Ordered<T>[] = [];
    while (this.#next !== null && this.#next <= this.#newest) {
      const packet = this.#waiting.get(this.#next);
      if (packet) {
        this.#waiting.delete(this.#next);
        ordered.push(packet);
      } else {
        const missing = this.#missing.get(this.#next);
        const isPatient = missing !== undefined && nowMs - missing.sinceMs < patienceMs;
        if (isPatient && this.#waiting.size <= maxWaiting) break;
        this.#missing.delete(this.#next);
        this.#lost++;
        if (ordered.at(-1) !== 'gap') ordered.push('gap');
      }
      this.#next++;
    }
    return ordered;
  }

  #beginAnew(packet: T): Ordered<T>[] {
    this.#waiting.clear();
    this.#missing.clear();
    this.#lost++;
    this.#newest = packet.number;
    this.#next = packet.number + 1;
    return ['gap', packet];
  }
}
