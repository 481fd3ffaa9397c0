import type { CallsState } from '../../../shared/calls.ts';

/** The newest state of the calls, for whoever listens. */
export class CallsFeed {
  readonly #listeners = new Set<(state: CallsState) => void>();
  #state: CallsState | null = null;

  tell(state: CallsState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  listen(listener: (state: CallsState) => void): () => void {
    this.#listeners.add(listener);
    if (this.#state) listener(this.#state);
    return () => this.#listeners.delete(listener);
  }
}
