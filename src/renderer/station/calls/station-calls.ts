import type { CallNotice, CallsState, Signal } from '../../../shared/calls.ts';

/** How the page and the station speak about one call. */
export type SignalingState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** It was cut, and is tried again. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'closed' };

export interface SignalingNotices {
  notice(notice: CallNotice): void;
  state(state: SignalingState): void;
}

/** This page's end of the signaling of a call. It comes back by itself after a cut, until the call or the page ends it. */
export interface Signaling {
  /** @returns False where it was not sent, because there is no connection at the moment. */
  send(signal: Signal): boolean;
  /** Idempotent. Nothing is said after it. */
  close(): void;
}

/** The station's calls, as the page sees them; the same over HTTP and over the Bridge. Calls that fail throw a Refusal. */
export interface StationCalls {
  /**
   * Called with each new state, and at once where one is known, until the returned function is called. Nobody is told anything where
   * whoever is here can't call.
   */
  onCalls(listener: (state: CallsState) => void): () => void;
  initiate(calleeId: string): Promise<{ readonly callId: string }>;
  accept(callId: string): Promise<void>;
  decline(callId: string): Promise<void>;
  end(callId: string, why?: 'hung_up' | 'lost'): Promise<void>;
  openSignaling(callId: string, notices: SignalingNotices): Signaling;
}
