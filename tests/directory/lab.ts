import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { Directory } from '../../src/main/directory/directory.ts';
import { openDirectoryFile, type DirectoryFile } from '../../src/main/directory/directory-file.ts';
import { Tickets } from '../../src/main/directory/tickets.ts';
import type { DirectoryAsker } from '../../src/shared/directory.ts';

export const hourMs = 3_600_000;

export const anna: DirectoryAsker = { name: 'Anna', user: 'Anna', mayManage: false, role: 'viewer', streams: 'all' };
export const ben: DirectoryAsker = { ...anna, name: 'Ben', user: 'Ben' };
export const admin: DirectoryAsker = { ...anna, name: 'Ada', user: 'Ada', role: 'admin', mayManage: true };
export const program: DirectoryAsker = { ...anna, name: 'recorder', user: null, role: 'operator' };

/** A directory in a folder of its own, with everything real but the network. */
export interface Lab {
  readonly desk: Directory;
  readonly file: DirectoryFile;
  readonly tickets: Tickets;
}

export async function openLab(): Promise<Lab> {
  const dataDir = mkdtempSync(join(tmpdir(), 'eyepiece-'));
  const file = openDirectoryFile(dataDir);
  const tickets = await Tickets.open(dataDir);
  const desk = new Directory({
    file,
    tickets,
    timeZone: 'Europe/Berlin',
    userNames: () => ['Anna', 'Ben', 'Ada'],
    isSelf: ({ host }) => host === '192.0.2.1:8081',
    findStations: () => Promise.resolve([{ name: 'Bench', webrtc_url: 'https://192.0.2.7:8081' }]),
    stationsChanged: () => undefined,
    log: pino({ level: 'silent' }),
  });
  onTestFinished(() => {
    file.close();
    rmSync(dataDir, { recursive: true });
  });
  return { desk, file, tickets };
}
