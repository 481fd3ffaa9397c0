import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { allowedUrl, systemPlaces } from '../../src/main/access/network-source.ts';
import { Directory, type DirectoryParts } from '../../src/main/directory/directory.ts';
import { openDirectoryFile, type DirectoryFile } from '../../src/main/directory/directory-file.ts';
import { Lending } from '../../src/main/directory/lending.ts';
import { Tickets } from '../../src/main/directory/tickets.ts';
import type { DirectoryAsker } from '../../src/shared/directory.ts';
import type { StreamConfig } from '../../src/shared/source.ts';

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
  readonly lending: Lending;
}

export interface LabOptions {
  readonly showLent?: (streams: readonly StreamConfig[]) => void;
  readonly checkedCamera?: DirectoryParts['checkedCamera'];
}

export async function openLab({
  showLent = () => undefined,
  checkedCamera = (url) => allowedUrl(url, systemPlaces),
}: LabOptions = {}): Promise<Lab> {
  const dataDir = mkdtempSync(join(tmpdir(), 'eyepiece-'));
  const file = openDirectoryFile(dataDir);
  const tickets = await Tickets.open(dataDir);
  const lending = new Lending(showLent);
  const desk = new Directory({
    file,
    tickets,
    lending,
    checkedCamera,
    networkDoor: () => null,
    timeZone: 'Europe/Berlin',
    userNames: () => ['Anna', 'Ben', 'Ada'],
    isSelf: ({ host }) => host === '192.0.2.1:8081',
    findStations: () =>
      Promise.resolve([
        { name: 'Bench', webrtc_url: 'https://192.0.2.7:8081' },
        { name: 'This one', webrtc_url: 'https://192.0.2.1:8081' },
      ]),
    stationsChanged: () => undefined,
    log: pino({ level: 'silent' }),
  });
  onTestFinished(() => {
    lending.close();
    file.close();
    rmSync(dataDir, { recursive: true });
  });
  return { desk, file, tickets, lending };
}
