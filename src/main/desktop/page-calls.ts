import type { CallLeg, CallNotice, CallsApi, CallsState, Signal } from '../../shared/calls.ts';
import { StationError } from '../../shared/errors.ts';

export interface PageCallsOptions {
  readonly calls: CallsApi;
  /** Tells the page each new state. */
  readonly sendCalls: (state: CallsState) => void;
  /** Hands the page what comes over the signaling of a call. */
  readonly sendNotice: (callId: string, notice: CallNotice) => void;
}

/** The kiosk page's part in calls: it can be rung while it is there, and holds the station's end of a call. */
export class PageCalls {
  readonly #options: PageCallsOptions;
  #stopRinging: (() => void) | null = null;
  #leg: { readonly callId: string; readonly leg: CallLeg } | null = null;

  constructor(options: PageCallsOptions) {
    this.#options = options;
  }

  /** From now on the station can be called. */
  attend(): CallsState {
    this.#stopRinging ??= this.#options.calls.onCalls(this.#options.sendCalls);
    return this.#options.calls.calls();
  }

  /** @throws StationError `unknown_call`, `wrong_state`. */
  join(callId: string): void {
    const leg = this.#options.calls.join(callId, (notice) => this.#options.sendNotice(callId, notice));
    this.#leg = { callId, leg };
  }

  /** @throws StationError `wrong_state`, `peer_unavailable`. */
  send(callId: string, signal: Signal): void {
    if (this.#leg?.callId !== callId) throw StationError.wrongState('Join the call first.');
    this.#leg.leg.send(signal);
  }

  /** Idempotent. */
  leave(callId: string): void {
    if (this.#leg?.callId !== callId) return;
    this.#leg.leg.leave();
    this.#leg = null;
  }

  /** The page has gone, or another one stands in its place. */
  pageGone(): void {
    this.#stopRinging?.();
    this.#stopRinging = null;
    this.#leg?.leg.leave();
    this.#leg = null;
  }
}
