import type { Logger } from 'pino';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { MachineNames } from '../../src/main/access/addresses.ts';
import { GuestAccess } from '../../src/main/access/guest-access.ts';
import { GuestLink } from '../../src/main/access/guest-link.ts';
import { networkStation } from '../../src/main/access/network-station.ts';
import { Tokens } from '../../src/main/access/tokens.ts';
import type { HttpDoor } from '../../src/main/http/server.ts';
import { openHttpDoor } from '../../src/main/http/server.ts';
import type { StationApi } from '../../src/shared/api.ts';
import { fakeStation } from '../contract/fake-station.ts';

/** The signing key and audience of every door that is opened here, so that a test can sign tokens too. */
export const secret = new Uint8Array(32).fill(7);
export const audience = 'run-1';

/** A door that asks who comes, with the link that opens it. */
export interface NetworkDoor {
  readonly door: HttpDoor;
  readonly link: GuestLink;
  readonly access: GuestAccess;
}

/** Opens the door for guests, on loopback where everything that tries to break it stays; closed when the test has finished. */
export async function openNetworkDoor(
  station: StationApi = fakeStation(),
  log: Logger = pino({ level: 'silent' }),
  assetsDir: string | null = null,
): Promise<NetworkDoor> {
  const link = new GuestLink();
  const access = new GuestAccess(link, new Tokens(audience, secret), log);
  const names = new MachineNames();
  const door = await openHttpDoor({
    station: networkStation(station),
    host: '127.0.0.1',
    port: 0,
    assetsDir,
    allowedOrigins: [],
    access,
    answersTo: (name) => names.has(name),
    log,
  });
  onTestFinished(() => door.close());
  return { door, link, access };
}
