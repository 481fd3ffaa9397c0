import { StationError } from '../../shared/errors.ts';
import { isStreamId, maxStreams, type StreamConfig } from '../../shared/source.ts';
import { PassingStreams, publishedStream } from './passing-streams.ts';
import type { Publishers } from './publishers.ts';
import type { Seats } from './seats.ts';
import type { Stream } from './stream.ts';

export interface StreamsParts {
  readonly configs: readonly StreamConfig[];
  readonly make: (config: StreamConfig) => Stream;
  /** Who watches and who publishes ends with the Stream. */
  readonly seats: Seats;
  readonly publishers: Publishers;
  /** How long a Stream that nobody has configured stays when its publisher has gone; 30 s without it. */
  readonly passingMs: number | undefined;
  /** Called when there are others than before, or in another order. */
  readonly changed: () => void;
}

/** Which Streams a station has, as they come and go: those that are configured, and those that somebody publishes for a while. */
export class Streams {
  readonly #parts: StreamsParts;
  readonly #passing: PassingStreams;
  /** In the order of the wall. */
  #streams: ReadonlyMap<string, Stream>;
  /** No longer part of the station, but not at rest yet. */
  readonly #leaving = new Set<Stream>();
  #isClosed = false;

  constructor(parts: StreamsParts) {
    this.#parts = parts;
    this.#passing = new PassingStreams((streamId) => void this.#endPassing(streamId), parts.passingMs);
    this.#streams = new Map(parts.configs.map((config) => [config.id, parts.make(config)]));
  }

  /** In the order of the wall. */
  get all(): readonly Stream[] {
    return [...this.#streams.values()];
  }

  /** @param streamId The first one without it. @throws StationError `unknown_stream`, `closing`. */
  named(streamId: string | undefined): Stream {
    if (this.#isClosed) throw StationError.closing();
    const stream = streamId === undefined ? this.#streams.values().next().value : this.#streams.get(streamId);
    if (stream === undefined) throw StationError.unknownStream();
    return stream;
  }

  /**
   * Makes these the Streams of the station, in this order. Those that are configured as before are not touched. Resolves when
   * the Viewers and Captures of those that are not among them have gone.
   */
  async configure(configs: readonly StreamConfig[]): Promise<void> {
    if (this.#isClosed) throw StationError.closing();
    const last = this.#streams;
    for (const { id } of configs) this.#passing.forget(id);
    const passing = [...last].filter(([id]) => this.#passing.has(id));
    const streams = configs.map((config) => [config.id, last.get(config.id) ?? this.#parts.make(config)] as const);
    this.#streams = new Map([...streams, ...passing]);
    for (const config of configs) this.#streams.get(config.id)?.configure(config);
    this.#parts.changed();
    await Promise.all([
      this.#parts.publishers.end((id) => this.#streams.get(id)?.isPublished === false, 'stream_removed'),
      this.#remove([...last.values()].filter((stream) => !this.#streams.has(stream.id))),
    ]);
  }

  /**
   * Whether this id can be published to; who else does so is another question.
   * @throws StationError `not_published`, `bad_setting`, `station_full`, `closing`.
   */
  admitPublisher(streamId: string): void {
    if (this.#isClosed) throw StationError.closing();
    const stream = this.#streams.get(streamId);
    if (stream && !stream.isPublished) throw StationError.notPublished();
    if (stream) return;
    if (!isStreamId(streamId)) throw StationError.badStreamId();
    if (this.#streams.size >= maxStreams) throw StationError.tooManyStreams(maxStreams);
  }

  /** The Stream of a Publisher who comes now, made where there is none. @throws StationError as `admitPublisher`. */
  toPublish(streamId: string): Stream {
    // The Streams may be others than before the offer was looked at.
    this.admitPublisher(streamId);
    const known = this.#streams.get(streamId);
    if (this.#passing.has(streamId) || !known) this.#passing.came(streamId);
    if (known) return known;
    const stream = this.#parts.make(publishedStream(streamId));
    this.#streams = new Map([...this.#streams, [streamId, stream]]);
    this.#parts.changed();
    return stream;
  }

  /** Nobody publishes to this one any more. */
  publisherLeft(streamId: string): void {
    this.#passing.left(streamId);
  }

  /** Ends all Viewers and Publishers, then all Captures; resolves when they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#passing.close();
    const reason = 'station_closing';
    const streams = new Set([...this.#streams.values(), ...this.#leaving]);
    await Promise.all([
      this.#parts.publishers.end(() => true, reason),
      this.#parts.seats.end(({ stream }) => streams.has(stream), reason),
    ]);
    await Promise.all([...streams].map((stream) => stream.close()));
  }

  async #remove(removed: readonly Stream[]): Promise<void> {
    for (const stream of removed) this.#leaving.add(stream);
    await Promise.all([
      this.#parts.publishers.end((id) => removed.some((stream) => stream.id === id), 'stream_removed'),
      this.#parts.seats.end(({ stream }) => this.#leaving.has(stream), 'stream_removed'),
    ]);
    await Promise.all(removed.map((stream) => stream.close()));
    for (const stream of removed) this.#leaving.delete(stream);
  }

  async #endPassing(streamId: string): Promise<void> {
    const stream = this.#streams.get(streamId);
    if (!stream) return;
    // Somebody's offer is being read at this moment.
    if (this.#parts.publishers.has(streamId)) return this.#passing.keep(streamId);
    this.#streams = new Map([...this.#streams].filter(([id]) => id !== streamId));
    this.#parts.changed();
    await this.#remove([stream]);
  }
}
