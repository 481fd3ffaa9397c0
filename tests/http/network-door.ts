import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { openAccessFile, type AccessFile } from '../../src/main/access/access-file.ts';
import { MachineNames } from '../../src/main/access/addresses.ts';
import { accessAdmin } from '../../src/main/access/administration.ts';
import { Callers } from '../../src/main/access/callers.ts';
import { DoorAccess } from '../../src/main/access/door-access.ts';
import { GuestAccess } from '../../src/main/access/guest-access.ts';
import { GuestLink } from '../../src/main/access/guest-link.ts';
import { networkStation } from '../../src/main/access/network-station.ts';
import { Tokens } from '../../src/main/access/tokens.ts';
import { Visits } from '../../src/main/access/visits.ts';
import type { Guard } from '../../src/main/http/routes.ts';
import type { HttpDoor } from '../../src/main/http/server.ts';
import { openHttpDoor } from '../../src/main/http/server.ts';
import type { Role } from '../../src/shared/access.ts';
import type { StationApi } from '../../src/shared/api.ts';
import { fakeStation } from '../contract/fake-station.ts';

/** The signing key and audience of every door that is opened here, so that a test can sign tokens too. */
export const secret = new Uint8Array(32).fill(7);
export const audience = 'run-1';

/** A door that asks who comes, with what opens it. */
export interface NetworkDoor {
  readonly door: HttpDoor;
  readonly link: GuestLink;
  readonly guard: Guard;
  readonly file: AccessFile;
}

/** Opens the door for the network, on loopback where everything that tries to break it stays; closed when the test has finished. */
export async function openNetworkDoor(
  station: StationApi = fakeStation(),
  log: Logger = pino({ level: 'silent' }),
  assetsDir: string | null = null,
): Promise<NetworkDoor> {
  const dataDir = mkdtempSync(join(tmpdir(), 'eyepiece-'));
  const file = openAccessFile(dataDir);
  const link = new GuestLink();
  const tokens = new Tokens(audience, secret);
  const visits = new Visits(station, file.attendance, log);
  const callers = new Callers();
  const guests = new GuestAccess(link, tokens, log);
  const guard = {
    access: new DoorAccess({ guests, file, tokens, callers, log }),
    admin: accessAdmin(file, visits, log),
  };
  const names = new MachineNames();
  const door = await openHttpDoor({
    station: networkStation(station, callers, visits),
    host: '127.0.0.1',
    port: 0,
    assetsDir,
    allowedOrigins: [],
    guard,
    answersTo: (name) => names.has(name),
    log,
  });
  onTestFinished(async () => {
    await door.close();
    visits.close();
    file.close();
    rmSync(dataDir, { recursive: true });
  });
  return { door, link, guard, file };
}

/** The header with which a program comes in that has a new token of this role. */
export function machineHeader(
  { file }: NetworkDoor,
  role: Role,
  streams: 'all' | string[] = 'all',
): Record<string, string> {
  const { token } = file.machineTokens.add({ name: `a ${role}`, role, streams, expiresInDays: 1 });
  return { authorization: `Bearer ${token}` };
}
