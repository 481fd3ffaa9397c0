import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Such files say who may come in, who came, and who is expected. */
const fileMode = 0o600;
const folderMode = 0o700;

/** Another program (a backup, a command on the station) may hold the file for a moment. Pictures wait as long, so it is short. */
const busyTimeoutMs = 250;

/**
 * Opens an SQLite file, which is made where there is none, and brings it up to date.
 * @param migrations Each makes of a file of the version before one of its own (from 1). What has been released is never changed again.
 * @throws The system's or SQLite's error, and one that says so where a newer Eyepiece wrote the file; it is left as it is then.
 */
export function openDatabase(path: string, migrations: readonly string[]): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: folderMode });
  // SQLite gives its files beside this one the same mode.
  closeSync(openSync(path, 'a', fileMode));
  chmodSync(path, fileMode);
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    // A commit that is in the log outlives the process, and does not make the pictures wait for the disk.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    migrate(database, migrations);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync, migrations: readonly string[]): void {
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
