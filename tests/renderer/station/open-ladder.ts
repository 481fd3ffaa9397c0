import { beforeEach } from 'vitest';
import { Refusal } from '../../../src/renderer/station/client.ts';
import {
  RepairLadder,
  repairLimits,
  type Repairable,
  type RepairClock,
  type RepairLimits,
  type Rung,
} from '../../../src/renderer/station/repair.ts';

/** A clock that moves when it is told to. */
class FakeClock implements RepairClock {
  #nowMs = 1_000_000;
  readonly #timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (!next) break;
      this.#timers.delete(next);
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = untilMs;
  }

  get pending(): number {
    return this.#timers.size;
  }
}

class FakePlayer implements Repairable {
  played = 0;
  fed = false;
  /** What was ordered, in its order. */
  readonly done: string[] = [];
  readonly rungs: Rung[] = [];
  readonly #restarts: { resolve(): void; reject(error: Error): void }[] = [];

  playedMs = (): number => this.played;
  isFed = (): boolean => this.fed;
  connect = (): void => void this.done.push('connect');
  disconnect = (): void => void this.done.push('disconnect');
  onRung = (rung: Rung): void => void this.rungs.push(rung);
  restartIce = (): Promise<void> => {
    this.done.push('restart');
    return new Promise((resolve, reject) => this.#restarts.push({ resolve, reject }));
  };

  async takeRestart(): Promise<void> {
    this.#restarts.at(-1)?.resolve();
    await turn();
  }

  /** @param which From 0; the newest where left out. */
  async refuseRestart(which = -1, error: Error = new Refusal('unknown_viewer', 'gone')): Promise<void> {
    this.#restarts.at(which)?.reject(error);
    await turn();
  }

  /** The restart does not reach the station. */
  missRestart(): Promise<void> {
    return this.refuseRestart(-1, new Refusal('unreachable', 'no network'));
  }

  count(what: string): number {
    return this.done.filter((done) => done === what).length;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Made anew before each test of the file that imports this. */
export let clock: FakeClock;
export let player: FakePlayer;

beforeEach(() => {
  clock = new FakeClock();
  player = new FakePlayer();
});

export function start(limits: Partial<RepairLimits> = {}): RepairLadder {
  const ladder = new RepairLadder(player, { ...repairLimits, jitterShare: 0, ...limits }, clock);
  ladder.start();
  return ladder;
}

export function startSteady(limits: Partial<RepairLimits> = {}): RepairLadder {
  const ladder = start(limits);
  ladder.connected();
  return ladder;
}

/** How long it waits, and which try that is; null where it does not wait. */
export function wait({ rung }: RepairLadder): [waitMs: number, number: number, of: number | null] | null {
  return rung.kind === 'waiting' ? [rung.retryAtMs - clock.nowMs(), rung.retry.number, rung.retry.of] : null;
}
