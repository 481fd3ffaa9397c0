import { pino } from 'pino';
import { vi } from 'vitest';
import { openStateEvents } from '../../../src/main/http/events.ts';
import { routesOf } from '../../../src/main/http/routes.ts';
import { openHttpDoor } from '../../../src/main/http/server.ts';
import { webrtcSessions } from '../../../src/main/webrtc/sessions.ts';
import { openStation, streamConfig } from '../../station/fakes.ts';
import { machineHeader, openGuardedDoor, type GuardedDoor } from '../../support/guarded-door.ts';
import { RawHttp, type RawAnswer } from '../../support/raw-http.ts';
import { WeriftPlayer } from '../../support/werift-player.ts';
import { picture } from '../../webrtc/session.ts';
import { bytesOf, type RawRequest, type Target } from './request.ts';

export type Door = 'open' | 'guarded';

/** Both doors of one station, and somebody who watches while others try to do harm. */
export interface Lab {
  readonly guarded: GuardedDoor;
  /** Every method of every URL of a door, HEAD among them. */
  readonly routes: Readonly<Record<Door, readonly Target[]>>;
  readonly hosts: Readonly<Record<Door, string>>;
  /** What the guarded door takes from an admin. */
  readonly admin: string;
  /** All that was logged. */
  readonly log: () => string;
  /** Asks over connections from an address that nobody has used before. */
  readonly stranger: (door: Door) => (request: RawRequest) => Promise<RawAnswer>;
  /** Sessions and seats that were given away, users and tokens that were made, visits that last. */
  readonly leftBehind: () => Promise<readonly unknown[]>;
  /** Waits for the watcher's next picture. */
  readonly nextPicture: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openLab(): Promise<Lab> {
  let logged = '';
  const log = pino({ level: 'trace' }, { write: (line: string) => (logged += line) });
  const world = openStation({
    logger: log,
    streams: [streamConfig({ id: 'one' }), streamConfig({ id: 'two' })],
    ...webrtcSessions({ loopbackHost: '127.0.0.1', log }),
  });
  const { station } = world;
  await station.setShared(true);
  const options = { station, host: '127.0.0.1', port: 0, assetsDir: null, allowedOrigins: [], log };
  const open = await openHttpDoor(options);
  const guarded = await openGuardedDoor(station, log);
  const events = openStateEvents(station, log);
  const hosts = { open: `127.0.0.1:${open.port}`, guarded: `127.0.0.1:${guarded.door.port}` };
  const ports = { open: open.port, guarded: guarded.door.port };
  const admin = machineHeader(guarded, 'admin').authorization!;

  const player = new WeriftPlayer();
  const session = await station.watch('one', await player.offer());
  await player.accept(session.answerSdp);
  await player.connected;
  let taken = 0;
  const camera = setInterval(() => {
    taken += 1;
    const { open, notices } = world.capture();
    // Whoever watches gets a keyframe each second without asking for it.
    for (const id of open.keys()) notices.frame(id, picture(taken, { isKeyframe: taken % 30 === 1, bytes: 400 }));
  }, 33);

  const given = (['watch', 'offerViewer', 'watchPictures'] as const).map((name) => vi.spyOn(station, name));
  const accounts = () => [...guarded.guard.admin.users(), ...guarded.guard.admin.machineTokens()].length;
  let accountsBefore = accounts();
  let strangers = 0;
  const connections: RawHttp[] = [];
  return {
    guarded,
    routes: {
      open: withHeads(routesOf(station, events, null)),
      guarded: withHeads(routesOf(station, events, guarded.guard)),
    },
    hosts,
    admin,
    log: () => logged,
    stranger: (door) => {
      strangers += 1;
      const connection = new RawHttp(ports[door], `127.0.${1 + (strangers >> 7)}.${1 + (strangers & 127)}`);
      connections.push(connection);
      return (request) => connection.ask(bytesOf(request), request.method !== 'HEAD');
    },
    leftBehind: async () => {
      for (const connection of connections.splice(0)) connection.close();
      const returned = given.flatMap(({ mock }) => mock.results.filter(({ type }) => type === 'return'));
      const settled = await Promise.allSettled(returned.map(({ value }) => Promise.resolve(value as unknown)));
      const taken = settled.filter(({ status }) => status === 'fulfilled');
      for (const spy of given) spy.mockClear();
      const made = accounts() - accountsBefore;
      accountsBefore = accounts();
      return [...taken, ...guarded.guard.admin.present(), ...Array.from({ length: made }, () => 'an account')];
    },
    nextPicture: async () => {
      const before = player.pictures.length;
      await vi.waitFor(() => {
        if (player.pictures.length <= before) throw new Error('No new picture has come.');
      });
    },
    close: async () => {
      clearInterval(camera);
      await player.close();
      events.close();
      await guarded.close();
      await open.close();
      await station.close();
    },
  };
}

function withHeads(routes: ReturnType<typeof routesOf>): readonly Target[] {
  const heads = routes.filter(({ method, hasHead }) => method === 'GET' && hasHead !== false);
  return [...routes, ...heads.map((route) => ({ ...route, method: 'HEAD' }))];
}
