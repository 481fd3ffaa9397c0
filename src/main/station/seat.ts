import type { Logger } from 'pino';
import type { PictureListener, PictureWish, Reach, SessionDescription } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { ViewerEnd } from '../../shared/stream-event.ts';
import type { OfferedViewer, Viewer, ViewerNotices, ViewerSession } from './ports.ts';
import { PictureWatcher } from './picture-watcher.ts';
import type { Stream } from './stream.ts';

/**
 * Who has the seat: nobody while the session is made, then a Viewer to be where the station offers, then a Viewer; or somebody who
 * needs no session.
 */
type Occupant =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'offered'; readonly session: OfferedViewer }
  | { readonly kind: 'watching'; readonly session: Viewer }
  | { readonly kind: 'pictures'; readonly watcher: PictureWatcher; readonly listener: PictureListener };

/** One place before one Stream, from the wish for it to its end. */
export class Seat implements ViewerNotices {
  readonly stream: Stream;
  readonly reach: Reach;
  readonly #freed: (seat: Seat) => void;
  #logger: Logger;
  #occupant: Occupant = { kind: 'nobody' };
  #end: ViewerEnd | null = null;

  /** @param freed Called once, when nobody has the seat any more or will. */
  constructor(stream: Stream, reach: Reach, logger: Logger, freed: (seat: Seat) => void) {
    this.stream = stream;
    this.reach = reach;
    this.#freed = freed;
    this.#logger = logger.child({ stream: stream.id });
  }

  /** Why it ended, or null. */
  get end(): ViewerEnd | null {
    return this.#end;
  }

  get session(): ViewerSession | null {
    return 'session' in this.#occupant ? this.#occupant.session : null;
  }

  /** The Player must answer before it can watch. */
  offer(session: OfferedViewer): void {
    this.#name(session);
    this.#occupant = { kind: 'offered', session };
  }

  /** @throws StationError `already_answered`, or what is wrong with the answer. */
  answer(answer: SessionDescription): void {
    if (this.#occupant.kind !== 'offered') throw StationError.alreadyAnswered();
    this.#watch(this.#occupant.session.answer(answer));
  }

  watch(viewer: Viewer): void {
    this.#name(viewer);
    this.#watch(viewer);
  }

  /** Somebody watches whole pictures. */
  watchPictures(wish: PictureWish, listener: PictureListener): void {
    const watcher = new PictureWatcher(wish, listener, (reason) => this.gone(reason));
    this.#occupant = { kind: 'pictures', watcher, listener };
    this.stream.addPictures(watcher);
  }

  connected(): void {
    if (this.#occupant.kind !== 'watching') return;
    this.#logger.info('viewer connected');
    this.keyframeWanted();
  }

  keyframeWanted(): void {
    if (this.#occupant.kind === 'watching') this.stream.keyframeWanted(this.#occupant.session);
  }

  wishChanged(): void {
    if (this.#occupant.kind === 'watching') this.stream.wishChanged(this.#occupant.session);
  }

  /** Idempotent: the first reason is told. */
  gone(reason: ViewerEnd): void {
    if (this.#end !== null) return;
    this.#end = reason;
    this.#freed(this);
    const occupant = this.#occupant;
    if (occupant.kind === 'pictures') {
      this.stream.removePictures(occupant.watcher);
      if (reason !== 'left') occupant.listener.ended(refusalAfter(reason));
    } else if (occupant.kind !== 'nobody') {
      const viewer = occupant.kind === 'watching' ? occupant.session : null;
      if (viewer) this.stream.remove(viewer, reason);
      this.#logger.info({ reason, skippedFrames: viewer?.skippedFrames ?? 0 }, 'viewer gone');
    }
  }

  #watch(viewer: Viewer): void {
    this.#occupant = { kind: 'watching', session: viewer };
    this.stream.add(viewer);
  }

  /** The id is a secret: who knows it may steer the session. Its beginning is enough to tell viewers apart. */
  #name({ id }: ViewerSession): void {
    this.#logger = this.#logger.child({ viewer: id.slice(0, 8) });
  }
}

/** What somebody is told who can't watch any more, or whose session ended before it was made. */
export function refusalAfter(end: ViewerEnd): StationError {
  switch (end) {
    case 'station_closing':
      return StationError.closing();
    case 'stream_removed':
      return StationError.unknownStream();
    case 'no_longer_shared':
      return StationError.signInNeeded();
    default:
      return StationError.unknownViewer();
  }
}
