import type { IceCandidate, IceServer, Reach, SessionDescription } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { ViewerEnd } from '../../shared/stream-event.ts';
import type { OfferedViewer, Viewer, ViewerNotices } from '../station/ports.ts';
import { maxCandidates, readCandidate, type RemoteCandidate } from './candidate.ts';
import { readIceFragment } from './ice-fragment.ts';
import { ownMid, writeOffer } from './own-offer.ts';
import { readAnswer } from './player-answer.ts';
import { openStationEnd, ownFacts, tellCandidates, type SessionSettings, type StationEnd } from './station-end.ts';
import { PeerViewer } from './viewer.ts';

const place = { mid: ownMid, index: 0 };

/** A session that waits for the Player's answer; nothing is sent before it. */
export class PeerOfferedViewer implements OfferedViewer {
  readonly id: string;
  readonly offerSdp: string;
  readonly #end: StationEnd;
  readonly #settings: SessionSettings;
  readonly #notices: ViewerNotices;
  /** Candidates may overtake the answer. */
  readonly #early: RemoteCandidate[] = [];
  readonly #timer: NodeJS.Timeout;
  #closing: Promise<void> | null = null;

  /** Opens the sockets; the session is given up by itself if no answer comes. */
  static async open(
    iceServers: readonly IceServer[] | undefined,
    reach: Reach,
    settings: SessionSettings,
    notices: ViewerNotices,
  ): Promise<PeerOfferedViewer> {
    const end = await openStationEnd({ reach, iceServers, isOfferer: true }, settings);
    return new PeerOfferedViewer(end, settings, notices);
  }

  private constructor(end: StationEnd, settings: SessionSettings, notices: ViewerNotices) {
    this.id = end.id;
    this.offerSdp = writeOffer(ownFacts(end));
    this.#end = end;
    this.#settings = settings;
    this.#notices = notices;
    this.#timer = setTimeout(() => this.#giveUp(), settings.connectTimeoutMs);
  }

  answer(answer: SessionDescription): Viewer {
    if (this.#closing) throw StationError.unknownViewer();
    const { video, ...remote } = readAnswer(answer, this.#end.reach);
    const candidates = [...remote.candidates, ...this.#early].slice(0, maxCandidates);
    const player = { video, sectionIndex: place.index, remote: { ...remote, candidates } };
    const viewer = new PeerViewer(this.#end, player, this.#settings, this.#notices);
    clearTimeout(this.#timer);
    return viewer;
  }

  /** There is nothing to restart yet, so only the candidates count. */
  updateIce(sdpFragment: string): Promise<null> {
    this.#keep(readIceFragment(sdpFragment, this.#end.reach).candidates);
    return Promise.resolve(null);
  }

  addIceCandidate({ candidate }: IceCandidate): Promise<void> {
    const usable = readCandidate(candidate, this.#end.reach);
    if (usable) this.#keep([usable]);
    return Promise.resolve();
  }

  onCandidate(listener: (candidate: IceCandidate | null) => void): () => void {
    return tellCandidates(this.#end, place, listener);
  }

  close(reason: ViewerEnd): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  #keep(candidates: readonly RemoteCandidate[]): void {
    this.#early.push(...candidates.slice(0, maxCandidates - this.#early.length));
  }

  #giveUp(): void {
    const { log } = this.#end;
    this.close('connect_timeout').catch((error: unknown) =>
      log.warn({ err: error }, 'an offer was not closed cleanly'),
    );
  }

  async #close(reason: ViewerEnd): Promise<void> {
    clearTimeout(this.#timer);
    this.#end.log.debug({ reason }, 'offer withdrawn');
    try {
      await this.#end.peer.close();
    } finally {
      this.#notices.gone(reason);
    }
  }
}
