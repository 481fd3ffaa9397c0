import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { openAccessFile, type AccessFile } from '../../src/main/access/access-file.ts';
import { MachineNames } from '../../src/main/access/addresses.ts';
import { accessAdmin } from '../../src/main/access/administration.ts';
import { Callers } from '../../src/main/access/callers.ts';
import type { Colleagues } from '../../src/main/access/colleagues.ts';
import { DoorAccess } from '../../src/main/access/door-access.ts';
import { GuestAccess } from '../../src/main/access/guest-access.ts';
import { GuestLink } from '../../src/main/access/guest-link.ts';
import { networkStation } from '../../src/main/access/network-station.ts';
import { Tokens } from '../../src/main/access/tokens.ts';
import { Visits } from '../../src/main/access/visits.ts';
import { Calls } from '../../src/main/calls/calls.ts';
import type { Guard } from '../../src/main/http/routes.ts';
import type { HttpDoor } from '../../src/main/http/server.ts';
import { openHttpDoor } from '../../src/main/http/server.ts';
import type { GuestWish, Role } from '../../src/shared/access.ts';
import type { StationApi } from '../../src/shared/api.ts';
import type { DirectoryDesk } from '../../src/shared/directory.ts';
import { StationError } from '../../src/shared/errors.ts';
import type { RemoteSettingsApi } from '../../src/shared/settings.ts';

/** The signing key and audience of every door that is opened here, so that a test can sign tokens too. */
export const secret = new Uint8Array(32).fill(7);
export const audience = 'run-1';

/** What a guest link is where nobody wishes for anything. */
export const usualWish: GuestWish = { streams: 'all', lastsHours: 12 };

const refuse = () => Promise.reject(StationError.settingsFixed());

/** Settings that nobody can change, for tests of other things. */
export const fixedSettings: RemoteSettingsApi = {
  settings: () => ({ stationName: 'Test station', streams: [], fixedBy: 'command_line' }),
  renameStation: refuse,
  addStream: refuse,
  changeStream: refuse,
  moveStream: refuse,
  removeStream: refuse,
};

/** A door that asks who comes, with what opens it. */
export interface GuardedDoor {
  readonly door: HttpDoor;
  readonly link: GuestLink;
  readonly guard: Guard;
  readonly file: AccessFile;
  readonly calls: Calls;
  close(): Promise<void>;
}

/** What joins a door to a lab. */
export interface LabParts {
  readonly directory?: DirectoryDesk;
  readonly colleagues?: Colleagues;
  /** Has the Streams that the directory lends. */
  readonly lent?: StationApi | null;
  readonly allowedOrigins?: readonly string[];
}

/** Opens the door for the network, on loopback where everything that tries to break it stays. */
export async function openGuardedDoor(
  station: StationApi,
  log: Logger,
  assetsDir: string | null = null,
  wish: Partial<GuestWish> = {},
  settings: RemoteSettingsApi = fixedSettings,
  { directory, colleagues, lent = null, allowedOrigins = [] }: LabParts = {},
): Promise<GuardedDoor> {
  const dataDir = mkdtempSync(join(tmpdir(), 'eyepiece-'));
  const file = openAccessFile(dataDir);
  const link = new GuestLink({ ...usualWish, ...wish });
  const tokens = new Tokens(audience, secret);
  const visits = new Visits({ station, lent }, file.attendance, log);
  const callers = new Callers();
  const guests = new GuestAccess(link, tokens, log);
  const guard = {
    access: new DoorAccess({ guests, file, tokens, callers, ...(colleagues && { colleagues }), log }),
    admin: accessAdmin({ file: () => file, visits: () => visits }, log),
    settings,
    ...(directory && { directory }),
  };
  const calls = new Calls({ stationName: () => station.state().station.name, log });
  const names = new MachineNames();
  const door = await openHttpDoor({
    station: networkStation({ station, lent }, callers, visits),
    host: '127.0.0.1',
    port: 0,
    assetsDir,
    allowedOrigins,
    guard,
    calls,
    due: () => colleagues?.due() ?? null,
    answersTo: (name) => names.has(name),
    log,
  });
  const close = async () => {
    await door.close();
    await calls.close();
    visits.close();
    file.close();
    rmSync(dataDir, { recursive: true });
  };
  return { door, link, guard, file, calls, close };
}

/** The header with which a program comes in that has a new token of this role. */
export function machineHeader(
  { file }: Pick<GuardedDoor, 'file'>,
  role: Role,
  streams: 'all' | string[] = 'all',
): Record<string, string> {
  const { token } = file.machineTokens.add({ name: `a ${role}`, role, streams, expiresInDays: 1 });
  return { authorization: `Bearer ${token}` };
}
