import type { DatabaseSync } from 'node:sqlite';
import type { TimeSpan } from '../../shared/access.ts';
import { StationError } from '../../shared/errors.ts';

/** Who worked where is nobody's business for ever. */
const keptMs = 366 * 86_400_000;
const mostListed = 10_000;

/** A booking as it is kept. Times are Unix time: from `fromMs` on, and no more at `untilMs`. */
export interface KeptBooking {
  readonly id: number;
  readonly station: string;
  readonly user: string;
  readonly purpose: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

const columns = 'id, station_id AS station, user, purpose, from_ms AS fromMs, until_ms AS untilMs';

/** Who has booked which station. No two bookings of a station overlap. */
export class Bookings {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.prepare('DELETE FROM bookings WHERE until_ms < ?').run(Date.now() - keptMs);
  }

  /** Those that overlap the span, in their order. */
  list({ fromMs, untilMs }: TimeSpan): KeptBooking[] {
    return this.#all(
      'until_ms > ? AND from_ms < ? ORDER BY from_ms, station_id LIMIT ?',
      fromMs ?? 0,
      untilMs ?? Number.MAX_SAFE_INTEGER,
      mostListed,
    );
  }

  find(id: number): KeptBooking | null {
    return this.#all('id = ?', id)[0] ?? null;
  }

  /** The bookings of a station that have not ended, in their order. */
  upcoming(station: string, count: number): KeptBooking[] {
    return this.#all('station_id = ? AND until_ms > ? ORDER BY from_ms LIMIT ?', station, Date.now(), count);
  }

  /** The next booking of a station by this user that has not ended. */
  nextOf(user: string, station: string): KeptBooking | null {
    const found = this.#all(
      'station_id = ? AND user = ? AND until_ms > ? ORDER BY from_ms LIMIT 1',
      station,
      user,
      Date.now(),
    );
    return found[0] ?? null;
  }

  /** How many of a user's bookings have not ended. */
  openOf(user: string): number {
    const row = this.#database
      .prepare('SELECT count(*) AS count FROM bookings WHERE user = ? AND until_ms > ?')
      .get(user, Date.now());
    return Number(row?.['count']);
  }

  /** @throws StationError `booked_already`. */
  add({ station, user, purpose, fromMs, untilMs }: Omit<KeptBooking, 'id'>): KeptBooking {
    // One statement is one transaction, so that nobody comes in between.
    const { changes, lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO bookings (station_id, user, purpose, from_ms, until_ms) SELECT ?1, ?2, ?3, ?4, ?5
        WHERE NOT EXISTS (SELECT 1 FROM bookings WHERE station_id = ?1 AND from_ms < ?5 AND until_ms > ?4)`,
      )
      .run(station, user, purpose, fromMs, untilMs);
    const added = changes === 0 ? null : this.find(Number(lastInsertRowid));
    if (!added) throw StationError.bookedAlready();
    return added;
  }

  /** @throws StationError `booked_already`. */
  change({ id, station, purpose, fromMs, untilMs }: KeptBooking): KeptBooking {
    const { changes } = this.#database
      .prepare(
        `UPDATE bookings SET purpose = ?1, from_ms = ?2, until_ms = ?3 WHERE id = ?4 AND NOT EXISTS
          (SELECT 1 FROM bookings WHERE station_id = ?5 AND id <> ?4 AND from_ms < ?3 AND until_ms > ?2)`,
      )
      .run(purpose, fromMs, untilMs, id, station);
    const changed = changes === 0 ? null : this.find(id);
    if (!changed) throw StationError.bookedAlready();
    return changed;
  }

  remove(id: number): boolean {
    return this.#database.prepare('DELETE FROM bookings WHERE id = ?').run(id).changes > 0;
  }

  #all(condition: string, ...values: (string | number)[]): KeptBooking[] {
    return this.#database
      .prepare(`SELECT ${columns} FROM bookings WHERE ${condition}`)
      .all(...values)
      .map((row) => ({ ...row }) as unknown as KeptBooking);
  }
}
