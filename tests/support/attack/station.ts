import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { boot } from '../../../src/main/boot.ts';
import { defaultConfig, simulatedStream } from '../../../src/main/config.ts';
import { Station } from '../../../src/main/station/station.ts';
import { openStateEvents } from '../../../src/main/http/events.ts';
import { routesOf } from '../../../src/main/http/routes.ts';
import { machineHeader, openGuardedDoor } from '../guarded-door.ts';
import type { AttackedStation } from './attacked.ts';

// A process of its own: a station with the clock detector and both doors on loopback, until its parent lets go of it.
const log = pino({ level: 'error' }, { write: (line: string) => process.send?.({ kind: 'mistake', line }) });
const dataDir = await mkdtemp(join(tmpdir(), 'eyepiece-'));
const http = { ...defaultConfig().http, port: 0 } as const;
const config = { ...defaultConfig(), http, streams: [simulatedStream('clock')] };
const configFile = join(dataDir, 'station.json');
const booted = await boot({ config, notices: [], configFile, dataDir, fixedBy: null }, log);
const { station } = booted;
// Where there is nothing but loopback, nobody can share it in the usual way.
if (station instanceof Station) await station.setShared(true);
const guarded = await openGuardedDoor(station, log);
const events = openStateEvents(station, log);
const routes = routesOf(station, events, guarded.guard).map(({ method, url, right, accepts }) => ({
  method,
  url,
  right,
  ...(accepts !== undefined && { accepts }),
}));
const ready: AttackedStation = {
  kind: 'ready',
  ports: { open: Number(new URL(booted.url).port), guarded: guarded.door.port },
  admin: machineHeader(guarded, 'admin').authorization ?? '',
  routes,
};
process.send?.(ready);
process.on('message', () => process.send?.({ kind: 'memory', bytes: process.memoryUsage().rss }));
process.once('disconnect', () => {
  events.close();
  void guarded
    .close()
    .then(() => booted.close())
    .then(() => rm(dataDir, { recursive: true, force: true }))
    .then(() => process.exit());
});
