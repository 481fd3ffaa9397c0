import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessLoad } from '../../shared/state.ts';

const resolutionMs = 10;
const windowMs = 10_000;

/** Measures what this process costs from its making to `close()`. */
export class ProcessMeter {
  readonly #delays = monitorEventLoopDelay({ resolution: resolutionMs });
  #windowBeganMs = performance.now();
  /** Of the last whole window. */
  #lagMs: number | null = null;

  constructor() {
    this.#delays.enable();
  }

  load(): ProcessLoad {
    const nowMs = performance.now();
    const lagMs = this.#measuredMs();
    if (nowMs - this.#windowBeganMs >= windowMs) {
      this.#lagMs = lagMs;
      this.#windowBeganMs = nowMs;
      this.#delays.reset();
    }
    return { memoryBytes: process.memoryUsage.rss(), eventLoopLagMs: this.#lagMs ?? lagMs };
  }

  close(): void {
    this.#delays.disable();
  }

  /** Node counts the time between two ticks, of which only what goes beyond their distance is a delay. */
  #measuredMs(): number {
    if (this.#delays.count === 0) return 0;
    return Math.max(0, Math.round((this.#delays.percentile(99) / 1e6 - resolutionMs) * 10) / 10);
  }
}
