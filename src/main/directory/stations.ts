import type { DatabaseSync } from 'node:sqlite';
import type { LabStation, LabStationChange, StationStatus } from '../../shared/directory.ts';
import { StationError } from '../../shared/errors.ts';

/** More than any lab has; each costs a question every half a minute. */
const maxStations = 256;

/** What is told of a station when it is added. */
export type AddedStation = Omit<LabStation, 'status' | 'last_seen_ms'>;

/** The stations of the lab. */
export class Stations {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  list(): LabStation[] {
    return this.#database
      .prepare('SELECT * FROM stations ORDER BY name, id')
      .all()
      .map((row) => ({ ...row }) as unknown as LabStation);
  }

  find(id: string): LabStation | null {
    const row = this.#database.prepare('SELECT * FROM stations WHERE id = ?').get(id);
    return row ? ({ ...row } as unknown as LabStation) : null;
  }

  /** @throws StationError `bad_setting` where the id is taken, or there are too many. */
  add({ id, name, type, webrtc_url, rtsp_url, access }: AddedStation): LabStation {
    const { changes } = this.#database
      .prepare(
        `INSERT INTO stations (id, name, type, webrtc_url, rtsp_url, access)
        SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM stations) < ? ON CONFLICT (id) DO NOTHING`,
      )
      .run(id, name, type, webrtc_url, rtsp_url, access, maxStations);
    if (changes === 0) {
      throw StationError.badSetting(
        this.find(id)
          ? 'There is a station of that id already.'
          : `The directory has ${maxStations} stations, and takes no more.`,
      );
    }
    return this.#require(id);
  }

  /** What is known of a station at another address is nothing. */
  change(id: string, change: LabStationChange): LabStation | null {
    const before = this.find(id);
    if (!before) return null;
    const { name, type, webrtc_url, rtsp_url, access } = { ...before, ...change };
    this.#database
      .prepare(
        `UPDATE stations SET status = iif(webrtc_url IS ?, status, 'unknown'), name = ?, type = ?, webrtc_url = ?,
          rtsp_url = ?, access = ? WHERE id = ?`,
      )
      .run(webrtc_url, name, type, webrtc_url, rtsp_url, access, id);
    return this.find(id);
  }

  /** Its bookings go with it. */
  remove(id: string): boolean {
    return this.#database.prepare('DELETE FROM stations WHERE id = ?').run(id).changes > 0;
  }

  /** @param webrtcUrl The address that answered so; nothing is noted where the station has another one by now. */
  note(id: string, webrtcUrl: string, status: StationStatus): void {
    this.#database
      .prepare(
        `UPDATE stations SET status = ?1, last_seen_ms = iif(?1 = 'online', ?2, last_seen_ms)
        WHERE id = ?3 AND webrtc_url = ?4`,
      )
      .run(status, Date.now(), id, webrtcUrl);
  }

  #require(id: string): LabStation {
    const station = this.find(id);
    if (!station) throw StationError.unknownStation();
    return station;
  }
}
