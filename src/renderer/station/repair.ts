import { backoff, type RetryPolicy } from '../../shared/retry.ts';
import { Refusal } from './client.ts';
import { debug } from './debug.ts';
import type { PlayerFault } from './player-session.ts';

/** How patient a repair is. */
export interface RepairLimits {
  /** ICE may heal by itself for so long (Wi-Fi roaming, a cable that is replugged). */
  readonly disconnectedMs: number;
  /** ICE restarts that have not connected by then have failed. */
  readonly restartMs: number;
  /** The wait after a restart that did not reach the station: nor would a new session, and this one keeps its state. */
  readonly restartEachMs: number;
  /** The wait before the first, second, … try for a new session; the last one repeats. */
  readonly stepsMs: readonly number[];
  /** Each wait is spread by this share in both directions, so that many Players do not return at once. */
  readonly jitterShare: number;
  /** Gives up after so many failed tries; null is never. */
  readonly maxTries: number | null;
  /** Pictures for so long mean that the trouble is over, and the next one starts with short waits again. */
  readonly steadyMs: number;
}

export const repairLimits: RepairLimits = {
  disconnectedMs: 2_000,
  restartMs: 10_000,
  restartEachMs: 500,
  stepsMs: [1_000, 2_000, 4_000, 8_000, 10_000],
  jitterShare: 0.2,
  maxTries: 5,
  steadyMs: 30_000,
};

/** One try for a new session, in a row of failed ones. */
export interface Retry {
  /** What the one before failed of. */
  readonly reason: PlayerFault;
  /** From 1. */
  readonly number: number;
  /** How many there will be; null where it never gives up. */
  readonly of: number | null;
}

/** Where on the ladder a repair is. */
export type Rung =
  /** A session is being opened; `retry` is null for the first one, and once the station has answered. */
  | { readonly kind: 'connecting'; readonly retry: Retry | null }
  /** Nothing is wrong. */
  | { readonly kind: 'steady' }
  /** The path is silent and may heal by itself. */
  | { readonly kind: 'doubtful' }
  /** Another path is looked for within the session. */
  | { readonly kind: 'restarting' }
  /** A new session is tried for at `retryAtMs` (Unix time). */
  | { readonly kind: 'waiting'; readonly retry: Retry; readonly retryAtMs: number }
  /** Only a person, or news of the network, begins again. */
  | { readonly kind: 'gave_up'; readonly reason: PlayerFault }
  | { readonly kind: 'closed' };

/** What makes a try worth it at once: another network, a machine that has slept, or somebody who looks at the page again. */
export type Hope = 'network' | 'wake' | 'seen';

/** What a ladder repairs. */
export interface Repairable {
  /** How long the session has shown pictures. */
  playedMs(): number;
  /** Pictures come at this moment, whatever is said of the connection. */
  isFed(): boolean;
  /** Opens a session; the one before it has ended. */
  connect(): void;
  /** Ends the session. */
  disconnect(): void;
  /** Looks for another path within the session. Rejects where the station refuses it or does not answer. */
  restartIce(): Promise<void>;
  /** Called on every change. */
  onRung(rung: Rung): void;
}

export interface RepairClock {
  /** Unix time. */
  nowMs(): number;
  /** @returns A function that cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

const pageClock: RepairClock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** SCTP repeats what was lost after ever longer waits. */
const resendMs = 10_000;
/** News of the network come in twos and threes. */
const sameNewsMs = 1_000;

/**
 * Decides how a Player's connection is repaired: first it may heal by itself, then ICE is restarted within the session, then new
 * sessions are tried for with growing waits, and at last it is left to a person. It moves nothing by itself but its Repairable.
 */
export class RepairLadder {
  readonly #subject: Repairable;
  readonly #limits: RepairLimits;
  readonly #clock: RepairClock;
  readonly #retry: RetryPolicy;
  #rung: Rung = { kind: 'closed' };
  #failures = 0;
  /** What the session says of its connection; it may be wrong for seconds. */
  #isConnected = false;
  /** Another path was looked for because nobody answered, and no picture has come since. */
  #wasUnanswered = false;
  #begunAtMs = Number.NEGATIVE_INFINITY;
  #connectedAtMs = Number.NEGATIVE_INFINITY;
  #newsAtMs = Number.NEGATIVE_INFINITY;
  #cancelTimer = (): void => undefined;

  constructor(subject: Repairable, limits = repairLimits, clock = pageClock) {
    this.#subject = subject;
    this.#limits = limits;
    this.#clock = clock;
    const { stepsMs, jitterShare, maxTries } = limits;
    this.#retry = backoff({ stepsMs, jitterShare, ...(maxTries !== null && { maxAttempts: maxTries }) });
  }

  get rung(): Rung {
    return this.#rung;
  }

  /** Opens a session with all tries before it, because there was none or its station is another one now. */
  start(): void {
    this.#connectAnew(null);
  }

  /** Ends a wait and counts anew, because there is reason to believe that the next try succeeds. */
  tryNow(): void {
    const rung = this.#rung;
    if (rung.kind === 'waiting') this.#connectAnew(rung.retry.reason);
    else if (rung.kind === 'gave_up') this.#connectAnew(rung.reason);
    // A request may hang on the path of before.
    else if (rung.kind === 'connecting' && !this.#isSameNews(this.#begunAtMs)) {
      this.#connectAnew(rung.retry?.reason ?? null);
    }
  }

  /** Tries at once what is next, also where nothing is known to be wrong: it would be noticed seconds later. */
  hope(hope: Hope): void {
    const { kind } = this.#rung;
    // Who only looks at another tab for a moment has a path that is as good as before.
    const isNews = hope !== 'seen' && !this.#isSameNews(this.#newsAtMs);
    if (isNews) this.#newsAtMs = this.#clock.nowMs();
    const isInSession = kind === 'steady' || kind === 'doubtful' || kind === 'restarting';
    if (!isInSession) this.tryNow();
    else if (kind === 'doubtful' || isNews) this.#restart();
  }

  /** The station has answered something: this try does not hang on a path of before. */
  reached(): void {
    this.#begunAtMs = this.#clock.nowMs();
  }

  /** The station has taken the session. */
  answered(): void {
    if (this.#rung.kind === 'connecting' && this.#rung.retry) this.#step({ kind: 'connecting', retry: null });
  }

  connected(): void {
    this.#isConnected = true;
    this.#connectedAtMs = this.#clock.nowMs();
    const { kind } = this.#rung;
    // While an ICE restart is under way, it has healed by itself: what the station says to the restart does not matter any more.
    if (kind === 'connecting' || kind === 'doubtful' || kind === 'restarting') this.#step({ kind: 'steady' });
  }

  disconnected(): void {
    this.#isConnected = false;
    if (this.#rung.kind === 'steady') this.#doubt();
  }

  /** Nobody answers over the session although the browser thinks well of its path. Pictures are an answer too. */
  unanswered(): void {
    // Where the browser doubts the path as well, that is being seen to.
    if (this.#rung.kind !== 'steady' || !this.#isConnected) return;
    if (this.#subject.isFed()) this.#wasUnanswered = false;
    else if (this.#wasUnanswered) {
      // What a cut has held up is said again only seconds after the path is back.
      if (this.#clock.nowMs() - this.#connectedAtMs > resendMs) this.lost('connection_lost');
    } else {
      this.#wasUnanswered = true;
      this.#restart();
    }
  }

  /** The session is over. @param retryAfterMs How long the station asks to be left alone. */
  lost(reason: PlayerFault, retryAfterMs = 0): void {
    if (['waiting', 'gave_up', 'closed'].includes(this.#rung.kind)) return;
    this.#failures = this.#subject.playedMs() >= this.#limits.steadyMs ? 1 : this.#failures + 1;
    this.#subject.disconnect();
    const delayMs = this.#retry.delayMs(this.#failures);
    if (delayMs === null) {
      this.#step({ kind: 'gave_up', reason });
      return;
    }
    const waitMs = Math.max(delayMs, retryAfterMs);
    const retry = this.#retryNumber(this.#failures, reason);
    const rung = { kind: 'waiting', retry, retryAtMs: this.#clock.nowMs() + waitMs } as const;
    this.#step(rung, waitMs, () => this.#connect(retry));
  }

  close(): void {
    this.#step({ kind: 'closed' });
  }

  #isSameNews(asAtMs: number): boolean {
    return this.#clock.nowMs() - asAtMs < sameNewsMs;
  }

  #retryNumber(number: number, reason: PlayerFault): Retry {
    return { reason, number, of: this.#limits.maxTries };
  }

  /** @param reason What the try before failed of, where there was one. */
  #connectAnew(reason: PlayerFault | null): void {
    this.#failures = 0;
    this.#connect(reason && this.#retryNumber(1, reason));
  }

  #connect(retry: Retry | null): void {
    this.#isConnected = false;
    this.#wasUnanswered = false;
    this.#begunAtMs = this.#clock.nowMs();
    this.#subject.disconnect();
    if (this.#step({ kind: 'connecting', retry })) this.#subject.connect();
  }

  #doubt(): void {
    this.#step({ kind: 'doubtful' }, this.#limits.disconnectedMs, () => this.#restart());
  }

  #restart(untilMs = this.#clock.nowMs() + this.#limits.restartMs): void {
    const rung = { kind: 'restarting' } as const;
    if (!this.#step(rung, untilMs - this.#clock.nowMs(), () => this.#endRestart())) return;
    this.#subject.restartIce().then(
      () => {
        if (this.#rung === rung && this.#isConnected) this.#step({ kind: 'steady' });
      },
      (error: unknown) => {
        debug('The connection could not be moved to another path.', error);
        if (this.#rung === rung) this.#afterRestart(error, untilMs);
      },
    );
  }

  #afterRestart(error: unknown, untilMs: number): void {
    const { restartEachMs } = this.#limits;
    const isUnheard = error instanceof Refusal && error.reason === 'unreachable';
    const isInTime = this.#clock.nowMs() + restartEachMs < untilMs;
    if (!isUnheard || !isInTime || this.#isConnected) {
      return this.#endRestart(error instanceof Refusal ? error.retryAfterMs : undefined);
    }
    this.#step({ kind: 'restarting' }, restartEachMs, () => this.#restart(untilMs));
  }

  /** The restart has failed. That is no reason to end what works. */
  #endRestart(retryAfterMs?: number): void {
    if (this.#isConnected) this.#step({ kind: 'steady' });
    else if (this.#subject.isFed()) this.#doubt();
    else this.lost('connection_lost', retryAfterMs);
  }

  /** @returns False where whoever heard of it has moved the ladder on. */
  #step(rung: Rung, afterMs?: number, next: () => void = () => undefined): boolean {
    this.#cancelTimer();
    this.#rung = rung;
    this.#cancelTimer = afterMs === undefined ? () => undefined : this.#clock.after(afterMs, next);
    this.#subject.onRung(rung);
    return this.#rung === rung;
  }
}
