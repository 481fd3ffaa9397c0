import type { StreamStatus } from '../../shared/state.ts';
import type { StreamEvent, StreamHappening } from '../../shared/stream-event.ts';

const maxEvents = 200;
/** Skipped pictures are told at most so often, all together: a Viewer on a weak link skips some every second. */
const skipsEveryMs = 10_000;

/** What happened to one Stream: the last events, oldest first. */
export class EventLog {
  #events: readonly StreamEvent[] = [];
  #status: StreamStatus = { kind: 'idle' };
  #skipsTold = 0;
  #skipsToldMs = -Infinity;

  get events(): readonly StreamEvent[] {
    return this.#events;
  }

  add(happening: StreamHappening): void {
    // A new list each time, so that one which was handed out never changes.
    this.#events = [...this.#events.slice(1 - maxEvents), { ...happening, timeMs: Date.now() }];
  }

  /** Takes each status, and notes what is new: a Source that stays away for the same reason is not. */
  observeStatus(status: StreamStatus): void {
    const last = this.#status;
    this.#status = status;
    if (status.kind === 'offline') {
      const { reason, detail } = status.fault;
      const isNews = last.kind !== 'offline' || last.fault.reason !== reason;
      if (isNews) this.add({ kind: 'offline', reason, detail });
    } else if (status.kind === 'starting') {
      this.add({ kind: 'started' });
    } else if (status.kind === last.kind) {
      return;
    } else if (status.kind === 'live' && last.kind === 'offline') {
      this.add({ kind: 'live_again', outageMs: Date.now() - last.sinceMs });
    } else {
      this.add({ kind: status.kind });
    }
  }

  /** Takes how many pictures were skipped since the Stream was made, as often as one likes. */
  observeSkips(total: number): void {
    const nowMs = performance.now();
    if (total <= this.#skipsTold || nowMs - this.#skipsToldMs < skipsEveryMs) return;
    this.add({ kind: 'frames_skipped', frames: total - this.#skipsTold });
    this.#skipsTold = total;
    this.#skipsToldMs = nowMs;
  }
}
