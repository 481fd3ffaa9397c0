import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { StationError } from '../../shared/errors.ts';
import { openDatabase } from '../database.ts';
import { Attendance } from './attendance.ts';
import { MachineTokens } from './machine-tokens.ts';
import { migrations } from './migrations.ts';
import { SignIns } from './sign-ins.ts';
import { Users } from './users.ts';

const fileName = 'access.db';

/** Everything that is kept about who may come in and who came: one SQLite file in the data folder. */
export interface AccessFile {
  readonly users: Users;
  readonly signIns: SignIns;
  readonly machineTokens: MachineTokens;
  readonly attendance: Attendance;
  close(): void;
}

/** @throws StationError `cannot_share` that says what is wrong with the file. */
export function openAccessFile(dataDir: string): AccessFile {
  let database: DatabaseSync | null = null;
  try {
    const opened = (database = openDatabase(join(dataDir, fileName), migrations));
    return {
      users: new Users(opened),
      signIns: new SignIns(opened),
      machineTokens: new MachineTokens(opened),
      attendance: new Attendance(opened),
      close: () => opened.close(),
    };
  } catch (error) {
    database?.close();
    const what = error instanceof Error ? error.message : String(error);
    throw StationError.cannotShare(`The file of users and attendance, ${fileName}, cannot be used: ${what}`);
  }
}
