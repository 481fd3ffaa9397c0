import { join } from 'node:path';
import { openDatabase } from '../database.ts';
import { Bookings } from './bookings.ts';
import { migrations } from './migrations.ts';
import { Stations } from './stations.ts';

/** Which stations the lab has, and who has booked them: one SQLite file in the data folder. */
export interface DirectoryFile {
  readonly stations: Stations;
  readonly bookings: Bookings;
  close(): void;
}

/** @throws The system's or SQLite's error; the file is left as it is. */
export function openDirectoryFile(dataDir: string): DirectoryFile {
  const database = openDatabase(join(dataDir, 'directory.db'), migrations);
  return {
    stations: new Stations(database),
    bookings: new Bookings(database),
    close: () => database.close(),
  };
}
