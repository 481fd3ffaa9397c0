import type { Logger } from 'pino';
import type { Due, LabStation } from '../../shared/directory.ts';
import { askStatus } from './ask-status.ts';
import type { DirectoryFile } from './directory-file.ts';
import type { Tickets } from './tickets.ts';

const askEachMs = 30_000;
/** So many wait for an answer at a time. */
const maxAtATime = 8;

export interface StatusWatchParts {
  readonly file: Pick<DirectoryFile, 'stations' | 'bookings'>;
  readonly tickets: Pick<Tickets, 'issue'>;
  /** The lab's, for whoever is told who is due. */
  readonly timeZone: string;
  readonly log: Logger;
  readonly ask?: typeof askStatus;
}

/**
 * Keeps the stations' status fresh by asking each of them every half a minute. The question carries a ticket of the directory itself, which
 * opens nothing but the status, and tells the station who is due there.
 */
export class StatusWatch {
  readonly #parts: StatusWatchParts;
  readonly #timer: NodeJS.Timeout;
  #isAsking = false;
  #isWanted = false;
  #isClosed = false;

  constructor(parts: StatusWatchParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.askAll(), askEachMs).unref();
    this.askAll();
  }

  /** Asks all stations anew, at once or as soon as those are done that are being asked. */
  askAll(): void {
    this.#isWanted = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#goOn()
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'The stations cannot be asked how they are.'))
      .finally(() => (this.#isAsking = false));
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  async #goOn(): Promise<void> {
    while (this.#isWanted && !this.#isClosed) {
      this.#isWanted = false;
      const waiting = this.#parts.file.stations.list();
      const askers = Array.from({ length: maxAtATime }, async () => {
        for (let station = waiting.pop(); station && !this.#isClosed; station = waiting.pop()) await this.#ask(station);
      });
      await Promise.all(askers);
    }
  }

  async #ask({ id, status }: LabStation): Promise<void> {
    const { file, tickets, log, ask = askStatus } = this.#parts;
    const place = file.stations.place(id);
    if (!place) return;
    const { token } = await tickets.issue({
      station: id,
      user: null,
      role: 'viewer',
      streams: [],
      due: this.#dueAt(id),
    });
    const asked = await ask(place, token);
    if (this.#isClosed) return;
    file.stations.note(id, place.url, asked);
    if (asked !== status) log.info({ station: id, status: asked }, 'A station of the lab is another way than before.');
  }

  #dueAt(station: string): Due | null {
    const { file, timeZone } = this.#parts;
    const [due] = file.bookings.upcoming(station, 1);
    return due ? { user: due.user, fromMs: due.fromMs, untilMs: due.untilMs, timeZone } : null;
  }
}
