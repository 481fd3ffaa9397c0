import type { Bridge } from '../../../shared/bridge.ts';
import type { CallsState } from '../../../shared/calls.ts';
import { debug } from '../debug.ts';
import { unwrap } from '../unwrap.ts';
import { CallsFeed } from './calls-feed.ts';
import type { Signaling, SignalingNotices, StationCalls } from './station-calls.ts';

/** Calls at the station's own screen, over the Bridge. */
export class BridgeCalls implements StationCalls {
  readonly #bridge: Bridge['calls'];
  readonly #feed = new CallsFeed();
  #isAttending = false;

  constructor(bridge: Bridge['calls']) {
    this.#bridge = bridge;
  }

  onCalls(listener: (state: CallsState) => void): () => void {
    if (!this.#isAttending) this.#attend();
    return this.#feed.listen(listener);
  }

  async initiate(calleeId: string): Promise<{ readonly callId: string }> {
    return unwrap(await this.#bridge.initiate(calleeId));
  }

  async accept(callId: string): Promise<void> {
    unwrap(await this.#bridge.accept(callId));
  }

  async decline(callId: string): Promise<void> {
    unwrap(await this.#bridge.decline(callId));
  }

  async end(callId: string, why?: 'hung_up' | 'lost'): Promise<void> {
    unwrap(await this.#bridge.end(callId, why));
  }

  /** Within one program there is nothing that could be cut. */
  openSignaling(callId: string, notices: SignalingNotices): Signaling {
    let isOpen = true;
    const stop = this.#bridge.onNotice((ofCall, notice) => {
      if (isOpen && ofCall === callId) notices.notice(notice);
    });
    const close = (): void => {
      if (!isOpen) return;
      isOpen = false;
      stop();
      notices.state({ kind: 'closed' });
      this.#bridge.leave(callId).catch((error: unknown) => debug('The station was not told of leaving a call.', error));
    };
    this.#bridge
      .join(callId)
      .then(unwrap)
      .then(
        () => isOpen && notices.state({ kind: 'open' }),
        (error: unknown) => {
          debug('The call could not be joined.', error);
          close();
        },
      );
    return {
      send: (signal) => {
        if (!isOpen) return false;
        this.#bridge
          .send(callId, signal)
          .then(unwrap)
          .catch((error: unknown) => debug('A signal was not passed on.', error));
        return true;
      },
      close,
    };
  }

  #attend(): void {
    this.#isAttending = true;
    this.#bridge.onCalls((state) => this.#feed.tell(state));
    this.#bridge
      .attend()
      .then(unwrap)
      .then(
        (state) => this.#feed.tell(state),
        (error: unknown) => debug('The station tells nothing of calls.', error),
      );
  }
}
