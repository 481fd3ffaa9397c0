import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** It holds hashes of passwords, and who watched when. */
const fileMode = 0o600;
const folderMode = 0o700;

/** Another program (a backup, a command on the station) may hold the file for a moment. Pictures wait as long, so it is short. */
const busyTimeoutMs = 250;

/** Each makes of a file of the version before one of its own (from 1). What has been released is never changed again. */
export const migrations: readonly string[] = [
  `CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    password_json TEXT NOT NULL,
    role TEXT NOT NULL,
    streams_json TEXT NOT NULL,
    is_disabled INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE sign_ins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    refresh_hash BLOB NOT NULL UNIQUE,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sign_ins_by_user ON sign_ins (user_id);`,

  `CREATE TABLE machine_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL,
    streams_json TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;`,

  `CREATE TABLE visits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    stream_id TEXT NOT NULL,
    address TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    is_present INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX visits_by_end ON visits (until_ms);
  CREATE INDEX visits_present ON visits (id) WHERE is_present;`,
];

/**
 * Opens the file, which is made where there is none, and brings it up to date.
 * @throws The system's or SQLite's error, and one that says so where a newer Eyepiece wrote the file; it is left as it is then.
 */
export function openDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: folderMode });
  // SQLite gives its files beside this one the same mode.
  closeSync(openSync(path, 'a', fileMode));
  chmodSync(path, fileMode);
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    // A commit that is in the log outlives the process, and does not make the pictures wait for the disk.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version > migrations.length) throw new Error(`It was written by a newer Eyepiece (version ${version}).`);
    for (const step of migrations.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
