import type { Reach } from '../../shared/api.ts';
import type { Publisher, PublisherNotices, WatchSession } from '../station/ports.ts';
import { PeerPublisher } from './publisher.ts';
import { openStationEnd, ownFacts, type SessionSettings, type StationEnd } from './station-end.ts';
import { readWatchAnswer, writeWatchOffer } from './watch-offer.ts';

/** A session in which this station watches another one; nothing is sent before its answer. */
export class PeerWatchSession implements WatchSession {
  readonly offerSdp: string;
  readonly #end: StationEnd;
  readonly #settings: SessionSettings;
  readonly #notices: PublisherNotices;
  #publisher: Publisher | null = null;

  /** Opens the sockets. */
  static async open(reach: Reach, settings: SessionSettings, notices: PublisherNotices): Promise<PeerWatchSession> {
    // Everything goes with the offer: what the other station needs of us comes with our first connectivity check.
    const end = await openStationEnd({ reach, isOfferer: true, trickles: false }, settings);
    return new PeerWatchSession(end, settings, notices);
  }

  private constructor(end: StationEnd, settings: SessionSettings, notices: PublisherNotices) {
    this.offerSdp = writeWatchOffer(ownFacts(end));
    this.#end = end;
    this.#settings = settings;
    this.#notices = notices;
  }

  answer(answerSdp: string, clockAheadMs: () => number): Publisher {
    const side = readWatchAnswer(answerSdp, this.#end.reach, clockAheadMs);
    this.#publisher = new PeerPublisher(this.#end, side, this.#settings, this.#notices);
    return this.#publisher;
  }

  async close(): Promise<void> {
    await (this.#publisher?.close('left') ?? this.#end.peer.close());
  }
}
