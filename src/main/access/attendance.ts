import type { DatabaseSync } from 'node:sqlite';
import type { CallerKind, TimeSpan, Visit } from '../../shared/access.ts';

/** Who watched when is nobody's business for ever. */
const keptMs = 366 * 86_400_000;
const mostListed = 10_000;
/** Whoever comes back within this time has not been away: Players are repaired, and programs fetch one picture after another. */
const sameVisitMs = 60_000;

interface VisitRow {
  readonly id: number;
  readonly kind: CallerKind;
  readonly name: string;
  readonly stream_id: string;
  readonly address: string;
  readonly from_ms: number;
  readonly until_ms: number;
  readonly is_present: number;
}

/** The record of who watched what over the network, from when to when and from where. Kept for a year. */
export class Attendance {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.prepare('DELETE FROM visits WHERE until_ms < ?').run(Date.now() - keptMs);
  }

  /** Nobody is there when a door opens. What a killed station left behind ends with the last time that was written down. */
  nobodyPresent(): void {
    this.#database.exec('UPDATE visits SET is_present = 0 WHERE is_present');
  }

  /** Goes on with the visit that the same one ended just now, where there is one. @returns The id of the visit. */
  begin({ kind, name, streamId, address }: Pick<Visit, 'kind' | 'name' | 'streamId' | 'address'>): number {
    const nowMs = Date.now();
    const resumed = this.#database
      .prepare(
        `UPDATE visits SET is_present = 1 WHERE id = (
          SELECT id FROM visits WHERE until_ms > ? AND NOT is_present
            AND kind = ? AND name = ? AND stream_id = ? AND address = ? ORDER BY until_ms DESC LIMIT 1
        ) RETURNING id`,
      )
      .get(nowMs - sameVisitMs, kind, name, streamId, address);
    if (resumed) return Number(resumed['id']);
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO visits (kind, name, stream_id, address, from_ms, until_ms, is_present)
        VALUES (?, ?, ?, ?, ?, ?, 1)`,
      )
      .run(kind, name, streamId, address, nowMs, nowMs);
    return Number(lastInsertRowid);
  }

  /** All that are present are still there. */
  seen(): void {
    this.#database.prepare('UPDATE visits SET until_ms = max(until_ms, ?) WHERE is_present').run(Date.now());
  }

  end(id: number): void {
    this.#database
      .prepare('UPDATE visits SET until_ms = max(until_ms, ?), is_present = 0 WHERE id = ?')
      .run(Date.now(), id);
  }

  present(): Visit[] {
    return this.#database
      .prepare('SELECT * FROM visits WHERE is_present ORDER BY id DESC')
      .all()
      .map((row) => visitOf(row as unknown as VisitRow));
  }

  /** Visits that overlap the span, newest first; at most 10,000. */
  list({ fromMs, untilMs }: TimeSpan): Visit[] {
    return this.#database
      .prepare('SELECT * FROM visits WHERE until_ms >= ? AND from_ms <= ? ORDER BY from_ms DESC, id DESC LIMIT ?')
      .all(fromMs ?? 0, untilMs ?? Number.MAX_SAFE_INTEGER, mostListed)
      .map((row) => visitOf(row as unknown as VisitRow));
  }
}

function visitOf({ id, kind, name, stream_id, address, from_ms, until_ms, is_present }: VisitRow): Visit {
  return {
    id,
    kind,
    name,
    streamId: stream_id,
    address,
    fromMs: from_ms,
    untilMs: until_ms,
    isPresent: is_present !== 0,
  };
}
