import type { StreamConfig } from '../../shared/source.ts';

/** A publisher that was restarted, or whose link was cut, is back by then. */
const defaultPatienceMs = 30_000;

/** The Streams that are there only because somebody publishes to them, and go some time after he has. */
export class PassingStreams {
  readonly #patienceMs: number;
  readonly #over: (streamId: string) => void;
  /** Null while somebody publishes. */
  readonly #timers = new Map<string, NodeJS.Timeout | null>();

  /** @param over Called when nobody has come back. */
  constructor(over: (streamId: string) => void, patienceMs = defaultPatienceMs) {
    this.#over = over;
    this.#patienceMs = patienceMs;
  }

  has(streamId: string): boolean {
    return this.#timers.has(streamId);
  }

  /** Somebody publishes to a Stream that nobody has configured. */
  came(streamId: string): void {
    this.forget(streamId);
    this.#timers.set(streamId, null);
  }

  /** Nobody does any more. */
  left(streamId: string): void {
    if (this.#timers.get(streamId) === null) this.keep(streamId);
  }

  /** It stays as long as if he had just left. */
  keep(streamId: string): void {
    const timer = setTimeout(() => {
      this.forget(streamId);
      this.#over(streamId);
    }, this.#patienceMs);
    this.#timers.set(streamId, timer);
  }

  /** It is configured by now, or gone. */
  forget(streamId: string): void {
    clearTimeout(this.#timers.get(streamId) ?? undefined);
    this.#timers.delete(streamId);
  }

  close(): void {
    for (const streamId of [...this.#timers.keys()]) this.forget(streamId);
  }
}

/** A Stream that nobody has configured: it has nothing but its id, and a name that is made from that. */
export function publishedStream(id: string): StreamConfig {
  const words = id.replaceAll('-', ' ').trim();
  const name = words.charAt(0).toUpperCase() + words.slice(1);
  return { id, name, source: { kind: 'published' }, quality: 'standard' };
}
