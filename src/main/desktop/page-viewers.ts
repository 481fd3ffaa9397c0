import type { Logger } from 'pino';
import type { IceCandidate, StationApi } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';

export interface PageViewersOptions {
  readonly station: StationApi;
  /** Hands one of the station's candidates to the page. */
  readonly sendCandidate: (viewerId: string, candidate: IceCandidate | null) => void;
  readonly log: Logger;
}

/** The viewers that the kiosk page has opened. They end with the page, however it goes. */
export class PageViewers {
  readonly #options: PageViewersOptions;
  /** What ends the candidates of each. A new map for each page that is loaded. */
  #open = new Map<string, () => void>();

  constructor(options: PageViewersOptions) {
    this.#options = options;
  }

  /** Keeps a viewer in mind that is being opened; one that comes when its page has gone is left at once. */
  async opened<T extends { readonly viewerId: string }>(opening: Promise<T>): Promise<T> {
    const page = this.#open;
    const session = await opening;
    if (page === this.#open) page.set(session.viewerId, () => undefined);
    else this.#leave(session.viewerId);
    return session;
  }

  /** As opened, for a session that the station offers: from now on the page is told its candidates. */
  async offered<T extends { readonly viewerId: string }>(opening: Promise<T>): Promise<T> {
    const session = await this.opened(opening);
    const { viewerId } = session;
    const { station, sendCandidate } = this.#options;
    if (this.#open.has(viewerId)) {
      this.#open.set(
        viewerId,
        station.onCandidate(viewerId, (candidate) => sendCandidate(viewerId, candidate)),
      );
    }
    return session;
  }

  /** The page has left it by itself. */
  forget(viewerId: string): void {
    this.#open.get(viewerId)?.();
    this.#open.delete(viewerId);
  }

  /** The page has gone, or another one stands in its place. */
  leaveAll(): void {
    const gone = this.#open;
    this.#open = new Map();
    for (const [viewerId, endCandidates] of gone) {
      endCandidates();
      this.#leave(viewerId);
    }
  }

  #leave(viewerId: string): void {
    const { station, log } = this.#options;
    station.leave(viewerId).catch((error: unknown) => {
      // It had ended before its page: that is what was wanted.
      if (error instanceof StationError && error.reason === 'unknown_viewer') return;
      log.error({ err: error }, 'A viewer of a page that has gone could not be ended.');
    });
  }
}
