import { randomBytes } from 'node:crypto';
import type { IceCandidate, IceRestart } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import { maxCandidates, readCandidate, type RemoteCandidate } from './candidate.ts';
import { readIceFragment, writeIceFragment } from './ice-fragment.ts';
import type { IceCredentials, RemoteTransport } from './remote-description.ts';
import type { StationEnd } from './station-end.ts';

/** What the other end says of its addresses after its description: later candidates, and ICE restarts (RFC 9725 §4.3). */
export class RemoteIce {
  readonly #end: StationEnd;
  readonly #mid: string;
  /** The other end's ufrags, oldest first; the last one is in use. */
  readonly #ufrags: string[];
  #tag = newTag();
  #candidateCount: number;
  #restart: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(end: StationEnd, mid: string, { ice, candidates }: RemoteTransport) {
    this.#end = end;
    this.#mid = mid;
    this.#ufrags = [ice.ufrag];
    this.#candidateCount = candidates.length;
  }

  /** Names the ICE credentials that are in use; a new one after each restart. */
  get tag(): string {
    return this.#tag;
  }

  /** From now on nothing is taken. */
  close(): void {
    this.#isClosed = true;
  }

  /** @returns The restart's answer, or null where the fragment held candidates only. */
  async update(sdpFragment: string, expectedTag?: string): Promise<IceRestart | null> {
    const { ice, candidates } = readIceFragment(sdpFragment, this.#end.reach);
    // One after the other: a restart that begins while another gathers would mix their credentials.
    const update = this.#restart.then(() => this.#update(ice, candidates, expectedTag));
    this.#restart = update.catch(() => null);
    return update;
  }

  /** Takes one candidate in the form browsers serialise. */
  add({ candidate }: IceCandidate): Promise<void> {
    if (this.#isClosed) return Promise.reject(StationError.unknownViewer());
    const usable = readCandidate(candidate, this.#end.reach);
    if (usable) this.#add([usable]);
    return Promise.resolve();
  }

  async #update(
    ice: IceCredentials | null,
    candidates: readonly RemoteCandidate[],
    expectedTag?: string,
  ): Promise<IceRestart | null> {
    if (this.#isClosed) throw StationError.unknownViewer();
    const { log } = this.#end;
    const { path } = this.#end.peer;
    // Late candidates of before a restart are not a wish to go back to it.
    const isRestart = ice !== null && !this.#ufrags.includes(ice.ufrag);
    const isLate = ice !== null && !isRestart && ice.ufrag !== this.#ufrags.at(-1);
    if (isLate) return null;
    if (expectedTag !== undefined && expectedTag !== '*' && expectedTag !== this.#tag) {
      throw StationError.staleSession();
    }
    if (!isRestart) {
      this.#add(candidates);
      return null;
    }
    this.#candidateCount = candidates.length;
    this.#ufrags.push(ice.ufrag);
    if (this.#ufrags.length > 4) this.#ufrags.shift();
    await path.restart(ice, candidates);
    this.#tag = newTag();
    log.info('viewer moves to another path (ICE restart)');
    return {
      iceTag: this.#tag,
      sdpFragment: writeIceFragment(this.#mid, path.credentials, path.candidates.lines),
    };
  }

  #add(candidates: readonly RemoteCandidate[]): void {
    const taken = candidates.slice(0, maxCandidates - this.#candidateCount);
    this.#candidateCount += taken.length;
    this.#end.peer.path.addCandidates(taken);
  }
}

/** Unguessable is not asked for, only that it never comes twice in a session. */
function newTag(): string {
  return randomBytes(9).toString('base64url');
}
