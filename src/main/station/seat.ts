import type { Logger } from 'pino';
import type { Reach, SessionDescription } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { ViewerEnd } from '../../shared/stream-event.ts';
import type { OfferedViewer, Viewer, ViewerNotices, ViewerSession } from './ports.ts';
import type { Stream } from './stream.ts';

/** Who has the seat: nobody while the session is made, then a Viewer to be where the station offers, then a Viewer. */
type Occupant =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'offered'; readonly session: OfferedViewer }
  | { readonly kind: 'watching'; readonly session: Viewer };

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
    return this.#occupant.kind === 'nobody' ? null : this.#occupant.session;
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
    if (this.#occupant.kind === 'nobody') return;
    const viewer = this.#occupant.kind === 'watching' ? this.#occupant.session : null;
    if (viewer) this.stream.remove(viewer, reason);
    this.#logger.info({ reason, skippedFrames: viewer?.skippedFrames ?? 0 }, 'viewer gone');
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
