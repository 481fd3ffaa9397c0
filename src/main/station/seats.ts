import type { Logger } from 'pino';
import type {
  IceServer,
  PictureListener,
  PictureWish,
  Reach,
  Session,
  SessionDescription,
  ViewerOffer,
} from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { ViewerEnd } from '../../shared/stream-event.ts';
import type { AcceptViewer, OfferViewer, ViewerSession } from './ports.ts';
import { refusalAfter, Seat } from './seat.ts';
import type { Stream } from './stream.ts';

/** A quarter of all seats is kept for this machine, up to so many: more Tiles than that are on no wall at a time. */
const mostSeatsKept = 16;

export interface SeatsParts {
  readonly acceptViewer: AcceptViewer;
  readonly offerViewer: OfferViewer;
  readonly maxViewers: number;
  readonly logger: Logger;
}

/** Who watches and who is about to: opens, finds, counts and ends the sessions of a station. */
export class Seats {
  readonly #parts: SeatsParts;
  /** Those too whose session is still being made. */
  readonly #all = new Set<Seat>();
  /** By the ids of their sessions. */
  readonly #taken = new Map<string, Seat>();

  constructor(parts: SeatsParts) {
    this.#parts = parts;
  }

  /** Makes a Viewer from the offer and gives it to the Stream; only then, because a refused offer must not start a detector. */
  async watch(stream: Stream, offerSdp: string, reach: Reach): Promise<Session> {
    return this.#open(stream, reach, async (seat) => {
      const { viewer, answerSdp } = await this.#parts.acceptViewer(offerSdp, reach, seat, stream.preferredCodec);
      if (seat.end) return refuse(viewer, seat.end);
      seat.watch(viewer);
      this.#taken.set(viewer.id, seat);
      return { viewerId: viewer.id, answerSdp, iceTag: viewer.iceTag };
    });
  }

  /** Makes an offer. The Stream gets its Viewer with the answer: what can be sent is not known before. */
  async offer(stream: Stream, iceServers: readonly IceServer[] | undefined, reach: Reach): Promise<ViewerOffer> {
    return this.#open(stream, reach, async (seat) => {
      const session = await this.#parts.offerViewer(iceServers, reach, seat);
      if (seat.end) return refuse(session, seat.end);
      seat.offer(session);
      this.#taken.set(session.id, seat);
      return { viewerId: session.id, type: 'offer', sdp: session.offerSdp };
    });
  }

  /** Hands out whole pictures, for which nobody needs a session. @returns What gives the seat back; idempotent. */
  watchPictures(stream: Stream, wish: PictureWish, listener: PictureListener, reach: Reach): () => void {
    const seat = this.#take(stream, reach);
    seat.watchPictures(wish, listener);
    return () => seat.gone('left');
  }

  answer(viewerId: string, answer: SessionDescription): void {
    this.#seat(viewerId).answer(answer);
  }

  /** @throws StationError `unknown_viewer`. */
  session(viewerId: string): ViewerSession {
    const { session } = this.#seat(viewerId);
    if (session === null) throw StationError.unknownViewer();
    return session;
  }

  async leave(viewerId: string): Promise<void> {
    const session = this.session(viewerId);
    this.#seat(viewerId).gone('left');
    await session.close('left');
  }

  /** Ends the sessions of some seats, those in the making too; resolves when they are closed. */
  async end(which: (seat: Seat) => boolean, reason: ViewerEnd): Promise<void> {
    const ended = [...this.#all].filter(which);
    for (const seat of ended) seat.gone(reason);
    const closings = ended.map(async ({ session }) => session?.close(reason));
    for (const closing of await Promise.allSettled(closings)) {
      // One that fails must not keep the others open.
      if (closing.status === 'rejected') {
        this.#parts.logger.error({ err: closing.reason }, 'a viewer could not be closed');
      }
    }
  }

  #seat(viewerId: string): Seat {
    const seat = this.#taken.get(viewerId);
    if (seat === undefined) throw StationError.unknownViewer();
    return seat;
  }

  /** Keeps a seat free while its session is made. */
  async #open<T>(stream: Stream, reach: Reach, make: (seat: Seat) => Promise<T>): Promise<T> {
    const seat = this.#take(stream, reach);
    try {
      return await make(seat);
    } catch (error) {
      this.#free(seat);
      throw error;
    }
  }

  #take(stream: Stream, reach: Reach): Seat {
    stream.admit();
    this.#refuseExcess(reach);
    const seat = new Seat(stream, reach, this.#parts.logger, (freed) => this.#free(freed));
    this.#all.add(seat);
    return seat;
  }

  /** Whoever comes over the network can't take the last seats, so that the kiosk itself always finds one. */
  #refuseExcess(reach: Reach): void {
    const { maxViewers } = this.#parts;
    if (this.#all.size >= maxViewers) throw StationError.stationFull(maxViewers);
    if (reach === 'loopback') return;
    const maxGuests = maxViewers - seatsKept(maxViewers);
    const guests = [...this.#all].filter((seat) => seat.reach === 'network').length;
    if (guests >= maxGuests) throw StationError.stationFull(maxGuests);
  }

  #free(seat: Seat): void {
    this.#all.delete(seat);
    if (seat.session) this.#taken.delete(seat.session.id);
  }
}

/** How many seats only sessions on this machine can have: at least one. */
function seatsKept(maxViewers: number): number {
  return Math.min(mostSeatsKept, Math.ceil(maxViewers / 4));
}

/** Closes a session whose end was decided while it was made. */
async function refuse(session: ViewerSession, end: ViewerEnd): Promise<never> {
  await session.close(end);
  throw refusalAfter(end);
}
