import type { Logger } from 'pino';
import type { PublishedBy, Publishing } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { PublisherEnd } from '../../shared/stream-event.ts';
import type { AcceptPublisher, Publisher, PublisherNotices } from './ports.ts';
import type { Stream } from './stream.ts';

export interface PublishersParts {
  readonly acceptPublisher: AcceptPublisher;
  readonly logger: Logger;
}

/** Who publishes and who is about to: one for each Stream. */
export class Publishers {
  readonly #parts: PublishersParts;
  /** By the ids of their Streams; those too whose session is still being made. */
  readonly #places = new Map<string, Place>();

  constructor(parts: PublishersParts) {
    this.#parts = parts;
  }

  /** Whether somebody has the place before a Stream. */
  has(streamId: string): boolean {
    return this.#places.has(streamId);
  }

  /**
   * Makes a Publisher from the offer and gives it to its Stream.
   * @param streamOf Called when the offer is known to be good; makes the Stream where there is none yet.
   * @throws StationError `publisher_there`, or what is wrong with the offer.
   */
  async publish(streamId: string, offerSdp: string, by: PublishedBy, streamOf: () => Stream): Promise<Publishing> {
    const before = this.#places.get(streamId);
    if (before && !before.yieldsTo(by)) throw StationError.publisherThere();
    const place = new Place(by, this.#parts.logger.child({ stream: streamId }), () => this.#free(streamId, place));
    this.#places.set(streamId, place);
    try {
      const { publisher, answerSdp } = await this.#parts.acceptPublisher(offerSdp, by.reach, place);
      try {
        if (place.end) throw StationError.closing();
        // Only now: a refused offer must not throw out who publishes.
        await before?.close('replaced');
        place.take(publisher, streamOf());
      } catch (error) {
        await publisher.close(place.end ?? 'left');
        throw error;
      }
      return { publisherId: publisher.id, answerSdp, iceTag: publisher.iceTag };
    } catch (error) {
      if (this.#places.get(streamId) === place) this.#restore(streamId, before);
      throw error;
    }
  }

  /** The session of this id, or undefined. */
  session(publisherId: string): Publisher | undefined {
    return [...this.#places.values()].find(({ publisher }) => publisher?.id === publisherId)?.publisher ?? undefined;
  }

  /** Ends some sessions, those in the making too; resolves when they are closed. */
  async end(
    which: (streamId: string, place: Pick<PublishedBy, 'reach'>) => boolean,
    reason: PublisherEnd,
  ): Promise<void> {
    const ended = [...this.#places].filter(([streamId, { by }]) => which(streamId, by));
    for (const closing of await Promise.allSettled(ended.map(([, place]) => place.close(reason)))) {
      // One that fails must not keep the others open.
      if (closing.status === 'rejected') {
        this.#parts.logger.error({ err: closing.reason }, 'a publisher could not be closed');
      }
    }
  }

  #restore(streamId: string, before: Place | undefined): void {
    if (before && !before.end) this.#places.set(streamId, before);
    else this.#places.delete(streamId);
  }

  #free(streamId: string, place: Place): void {
    if (this.#places.get(streamId) === place) this.#places.delete(streamId);
  }
}

/** The place of who publishes to one Stream, from the wish for it to its end. */
class Place implements PublisherNotices {
  readonly by: PublishedBy;
  readonly #logger: Logger;
  readonly #freed: () => void;
  #publisher: Publisher | null = null;
  #stream: Stream | null = null;
  #end: PublisherEnd | null = null;

  constructor(by: PublishedBy, logger: Logger, freed: () => void) {
    this.by = by;
    this.#logger = logger;
    this.#freed = freed;
  }

  get publisher(): Publisher | null {
    return this.#publisher;
  }

  get end(): PublisherEnd | null {
    return this.#end;
  }

  /** A program that was restarted takes its own place over at once, and anybody the place of one that sends nothing any more. */
  yieldsTo({ name }: PublishedBy): boolean {
    if (!this.#publisher) return false;
    return (name !== null && name === this.by.name) || !this.#publisher.isSending;
  }

  take(publisher: Publisher, stream: Stream): void {
    this.#publisher = publisher;
    this.#stream = stream;
    stream.publisher = publisher;
  }

  connected(): void {
    this.#logger.info({ codec: this.#publisher?.codec }, 'publisher connected');
  }

  frame(frame: Parameters<PublisherNotices['frame']>[0]): void {
    if (this.#end === null) this.#stream?.takePublished(frame);
  }

  gone(reason: PublisherEnd): void {
    if (this.#end !== null) return;
    this.#end = reason;
    this.#freed();
    if (this.#stream && this.#stream.publisher === this.#publisher) this.#stream.publisher = null;
    if (this.#publisher) this.#logger.info({ reason }, 'publisher gone');
    this.by.gone?.();
  }

  /** Idempotent. */
  async close(reason: PublisherEnd): Promise<void> {
    this.gone(reason);
    await this.#publisher?.close(reason);
  }
}
