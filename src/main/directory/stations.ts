import type { DatabaseSync } from 'node:sqlite';
import type { LabStation, LabStationChange, StationStatus } from '../../shared/directory.ts';
import { StationError } from '../../shared/errors.ts';
import type { StationPlace } from './ask-station.ts';
import type { KnownCertificate } from './station-certificate.ts';

/** More than any lab has; each costs a question every half a minute. */
const maxStations = 256;

const columns = 'id, name, type, webrtc_url, rtsp_url, access, status, last_seen_ms';

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
      .prepare(`SELECT ${columns} FROM stations ORDER BY name, id`)
      .all()
      .map((row) => ({ ...row }) as unknown as LabStation);
  }

  find(id: string): LabStation | null {
    const row = this.#database.prepare(`SELECT ${columns} FROM stations WHERE id = ?`).get(id);
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

  /** What is known of a station at another address is nothing; so it is where somebody says the same address once more. */
  change(id: string, change: LabStationChange): LabStation | null {
    const before = this.find(id);
    if (!before) return null;
    const { name, type, webrtc_url, rtsp_url, access } = { ...before, ...change };
    this.#database
      .prepare(
        `UPDATE stations SET status = iif(?1, 'unknown', status), certificate = iif(?1, NULL, certificate), name = ?2,
          type = ?3, webrtc_url = ?4, rtsp_url = ?5, access = ?6 WHERE id = ?7`,
      )
      .run(Number(change.webrtc_url !== undefined), name, type, webrtc_url, rtsp_url, access, id);
    return this.find(id);
  }

  /** Its bookings go with it. */
  remove(id: string): boolean {
    return this.#database.prepare('DELETE FROM stations WHERE id = ?').run(id).changes > 0;
  }

  /** Where a station is; null where nobody has said so. */
  place(id: string): StationPlace | null {
    const row = this.#database.prepare('SELECT webrtc_url, certificate FROM stations WHERE id = ?').get(id) as
      { readonly webrtc_url: string | null; readonly certificate: KnownCertificate | null } | undefined;
    if (!row || row.webrtc_url === null) return null;
    const { webrtc_url: url, certificate } = row;
    return { url, certificate, remember: (shown) => this.#remember(id, { url, certificate }, shown) };
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

  /** Two may ask a station for the first time together. */
  #remember(id: string, { url, certificate }: Omit<StationPlace, 'remember'>, shown: KnownCertificate): boolean {
    if (certificate === shown) return true;
    const { changes } = this.#database
      .prepare(
        `UPDATE stations SET certificate = ?1
        WHERE id = ?2 AND webrtc_url = ?3 AND (certificate IS ?4 OR certificate = ?1)`,
      )
      .run(shown, id, url, certificate);
    return changes > 0;
  }

  #require(id: string): LabStation {
    const station = this.find(id);
    if (!station) throw StationError.unknownStation();
    return station;
  }
}
