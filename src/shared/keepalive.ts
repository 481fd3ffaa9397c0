/** The five-byte words of the keepalive: whoever hears the first on `commands` answers with the second. */
export const ping = '\0PING';
export const pong = '\0PONG';

/** How often one may ask to be pinged: seldom enough to cost nothing, often enough to notice something. */
export const keepaliveBoundsMs = { min: 1_000, max: 30_000 } as const;

/** What a keepalive has measured. */
export interface KeepaliveFacts {
  /** Of the last ping that was answered; null before the first. */
  readonly roundTripMs: number | null;
  /** How long ago the other side was heard last. */
  readonly ageMs: number;
}

/** After so many pings in a row without a word, the other side is dead. */
const maxMissed = 3;
/** The last of them is waited for by this share of the interval; the ones before it have had longer. */
const lastPatience = 1 / 4;
/** A turn that comes later than this share of the interval says that this side stood still. */
const lateness = 1 / 2;
const maxUnanswered = 8;

/**
 * One side of a keepalive; both sides of a connection have one. It sends nothing and has no clock: its owner calls `turn` at
 * `dueAtMs` and does what it says. All times are of one clock that never goes back, such as `performance.now()`.
 */
export class Keepalive {
  #intervalMs: number;
  #dueAtMs: number;
  #heardAtMs: number;
  #roundTripMs: number | null = null;
  /** When the pings were sent that have no answer yet, the oldest first: the channel keeps the order. */
  readonly #unansweredAtMs: number[] = [];
  #missed = 0;

  constructor(intervalMs: number, nowMs: number) {
    this.#intervalMs = intervalMs;
    this.#dueAtMs = nowMs;
    this.#heardAtMs = nowMs;
  }

  /** When `turn` wants to be called. */
  get dueAtMs(): number {
    return this.#dueAtMs;
  }

  facts(nowMs: number): KeepaliveFacts {
    return { roundTripMs: this.#roundTripMs, ageMs: nowMs - this.#heardAtMs };
  }

  /** Pings at another pace from now on. */
  setInterval(intervalMs: number, nowMs: number): void {
    this.#intervalMs = intervalMs;
    this.#dueAtMs = Math.min(this.#dueAtMs, nowMs + intervalMs);
  }

  /** The other side has said something. */
  heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
    this.#missed = 0;
  }

  /** The other side has answered the oldest open ping. */
  answered(nowMs: number): void {
    this.heard(nowMs);
    const sentAtMs = this.#unansweredAtMs.shift();
    if (sentAtMs !== undefined) this.#roundTripMs = nowMs - sentAtMs;
  }

  /** What is to be done now: send a ping, or give the other side up. Whoever goes on asking begins anew. */
  turn(nowMs: number): 'ping' | 'dead' {
    // What the other side said meanwhile (the machine slept, the process was stopped) is not read yet.
    if (nowMs - this.#dueAtMs > this.#intervalMs * lateness) this.#missed = 0;
    if (this.#missed === maxMissed) {
      this.#missed = 0;
      return 'dead';
    }
    this.#missed++;
    this.#unansweredAtMs.push(nowMs);
    if (this.#unansweredAtMs.length > maxUnanswered) this.#unansweredAtMs.shift();
    this.#dueAtMs = nowMs + this.#intervalMs * (this.#missed === maxMissed ? lastPatience : 1);
    return 'ping';
  }
}
