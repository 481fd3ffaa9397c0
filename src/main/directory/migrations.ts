/** What `directory.db` has become, step by step (`openDatabase`). */
export const migrations: readonly string[] = [
  `CREATE TABLE stations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    webrtc_url TEXT,
    rtsp_url TEXT,
    status TEXT NOT NULL DEFAULT 'unknown',
    last_seen_ms INTEGER
  ) STRICT;`,

  `ALTER TABLE stations ADD COLUMN access TEXT NOT NULL DEFAULT 'open';
  CREATE TABLE bookings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    station_id TEXT NOT NULL REFERENCES stations ON DELETE CASCADE,
    user TEXT NOT NULL,
    purpose TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    CHECK (from_ms < until_ms)
  ) STRICT;
  CREATE INDEX bookings_by_station ON bookings (station_id, until_ms);
  CREATE INDEX bookings_by_end ON bookings (until_ms);`,

  `ALTER TABLE stations ADD COLUMN certificate TEXT;`,
];
