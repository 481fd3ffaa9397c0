import type { CallsState, Party } from '../../shared/calls.ts';

/** A page of somebody who can be called. */
export interface PresentPage {
  readonly party: Party;
  readonly seesPeople: boolean;
  readonly listener: (state: CallsState) => void;
}

/** Who has a page open. */
export class Presence {
  readonly #pages = new Set<PresentPage>();

  /** @returns A function that takes the page away again. Idempotent. */
  add(page: PresentPage): () => void {
    this.#pages.add(page);
    return () => void this.#pages.delete(page);
  }

  get pages(): readonly PresentPage[] {
    return [...this.#pages];
  }

  /** Everybody once, however many pages. */
  get parties(): readonly Party[] {
    return [...new Map([...this.#pages].map(({ party }) => [party.id, party])).values()];
  }

  find(partyId: string): Party | undefined {
    return [...this.#pages].find(({ party }) => party.id === partyId)?.party;
  }
}
