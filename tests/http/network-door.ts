import type { Logger } from 'pino';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { GuestWish } from '../../src/shared/access.ts';
import type { StationApi } from '../../src/shared/api.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { openGuardedDoor, type GuardedDoor } from '../support/guarded-door.ts';

export { audience, machineHeader, secret, usualWish } from '../support/guarded-door.ts';

/** A door that asks who comes, with what opens it. */
export type NetworkDoor = Omit<GuardedDoor, 'close'>;

/** Opens the door for the network; closed when the test has finished. */
export async function openNetworkDoor(
  station: StationApi = fakeStation(),
  log: Logger = pino({ level: 'silent' }),
  assetsDir: string | null = null,
  wish: Partial<GuestWish> = {},
): Promise<NetworkDoor> {
  const opened = await openGuardedDoor(station, log, assetsDir, wish);
  onTestFinished(() => opened.close());
  return opened;
}
