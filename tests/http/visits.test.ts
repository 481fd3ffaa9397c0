import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { NewUser, Visit } from '../../src/shared/access.ts';
import type { StationState } from '../../src/shared/state.ts';
import { openStation, streamConfig, type World } from '../station/fakes.ts';
import { call, connectTo, problemIn, receiveAll, type Answer } from './door.ts';
import { machineHeader, openNetworkDoor, type NetworkDoor } from './network-door.ts';

const sdp = { 'content-type': 'application/sdp' };
const json = { 'content-type': 'application/json' };
const anna: NewUser = { name: 'Anna', password: 'a quiet microscope', role: 'viewer', streams: 'all' };
type Headers = Record<string, string>;

interface Lab extends NetworkDoor, World {
  readonly watch: (headers: Headers, streamId?: string) => Promise<Answer>;
  readonly present: () => readonly Visit[];
  readonly record: () => readonly Visit[];
}

/** A shared station with two streams behind a door that asks. */
async function openLab(): Promise<Lab> {
  const streams = [streamConfig(), streamConfig({ id: 'two', name: 'Two' })];
  const world = openStation({ streams });
  onTestFinished(() => world.station.close());
  await world.station.setShared(true);
  const opened = await openNetworkDoor(world.station);
  return {
    ...world,
    ...opened,
    watch: (headers, streamId = 'one') =>
      call(opened.door, { method: 'POST', path: `/whep/${streamId}`, headers: { ...headers, ...sdp }, body: 'h264' }),
    present: () => opened.guard.admin.present(),
    record: () => opened.guard.admin.attendance({ fromMs: null, untilMs: null }),
  };
}

async function userHeaders({ guard }: Lab): Promise<Headers> {
  const signedIn = await guard.access.signIn('Anna', anna.password, '127.0.0.1');
  if (!signedIn || 'waitMs' in signedIn) throw new Error('Anna was not let in.');
  return { authorization: `Bearer ${signedIn.token}` };
}

async function guestHeaders({ guard, link }: Lab): Promise<Headers> {
  const exchanged = await guard.access.exchangeKey(link.key, '127.0.0.1');
  if ('waitMs' in exchanged) throw new Error('The guest was not let in.');
  return { authorization: `Bearer ${exchanged.token}` };
}

describe('Who watches over the network', () => {
  it('is written down: who, what, from where, from when to when', async () => {
    const lab = await openLab();
    await lab.file.users.add(anna);
    const beforeMs = Date.now();
    const session = await lab.watch(await userHeaders(lab), 'two');
    expect(session.status).toBe(201);
    const [visit] = lab.present();
    expect(visit).toMatchObject({ kind: 'user', name: 'Anna', streamId: 'two', address: '127.0.0.1', isPresent: true });
    expect(visit?.fromMs).toBeGreaterThanOrEqual(beforeMs);
    await lab.viewers[0]?.close('left');
    await vi.waitFor(() => expect(lab.present()).toEqual([]));
    expect(lab.record()).toMatchObject([{ id: visit?.id, isPresent: false }]);
    expect(lab.record()[0]?.untilMs).toBeGreaterThanOrEqual(visit?.fromMs ?? Infinity);
  });

  it('is written down of guests and machines too, and of nobody on this machine', async () => {
    const lab = await openLab();
    await lab.join();
    await lab.watch(await guestHeaders(lab));
    await lab.watch(machineHeader(lab, 'viewer'));
    expect(lab.present().map(({ kind, name }) => [kind, name])).toEqual([
      ['machine', 'a viewer'],
      ['guest', 'Guest'],
    ]);
  });

  it('is written down when a session that the station offers is answered, not before', async () => {
    const lab = await openLab();
    const headers = { ...machineHeader(lab, 'viewer'), ...json };
    const offer = await call(lab.door, { method: 'POST', path: '/api/streams/one/viewers', headers, body: '{}' });
    const { viewerId } = JSON.parse(offer.text) as { viewerId: string };
    expect(lab.record()).toEqual([]);
    const body = JSON.stringify({ type: 'answer', sdp: 'h264' });
    await call(lab.door, { method: 'PUT', path: `/api/viewers/${viewerId}/answer`, headers, body });
    await vi.waitFor(() => expect(lab.present()).toMatchObject([{ streamId: 'one', kind: 'machine' }]));
  });

  it('is written down of those who watch whole pictures, for as long as they do', async () => {
    const lab = await openLab();
    const stop = vi.fn();
    // The first picture is on its way.
    vi.spyOn(lab.station, 'watchPictures').mockReturnValue(stop);
    const headers = machineHeader(lab, 'viewer');
    const socket = await connectTo(lab.door);
    const lines = [`Host: ${new URL(lab.door.url).host}`, `Authorization: ${headers['authorization'] ?? ''}`];
    socket.write(['GET /mjpeg/one HTTP/1.1', ...lines, '', ''].join('\r\n'));
    await vi.waitFor(() => expect(lab.present()).toMatchObject([{ streamId: 'one', name: 'a viewer' }]));
    expect(stop).not.toHaveBeenCalled();
    socket.destroy();
    await vi.waitFor(() => expect(lab.present()).toEqual([]));
    expect(stop).toHaveBeenCalled();
  });

  it('counts once who is away for a moment only', async () => {
    const lab = await openLab();
    const headers = machineHeader(lab, 'viewer');
    for (let times = 0; times < 3; times++) {
      await lab.watch(headers);
      expect(lab.present()).toHaveLength(1);
      await lab.viewers[times]?.close('left');
      await vi.waitFor(() => expect(lab.present()).toEqual([]));
    }
    expect(lab.record()).toHaveLength(1);
    await Promise.all([lab.watch(headers), lab.watch(headers)]);
    expect(lab.present()).toHaveLength(2);
  });

  it('is seen by operators, and nobody but an admin sends somebody away', async () => {
    const lab = await openLab();
    await lab.watch(await guestHeaders(lab));
    const path = '/api/attendance/present';
    const asked = await call(lab.door, { path, headers: machineHeader(lab, 'operator') });
    const [visit] = JSON.parse(asked.text) as Visit[];
    expect(visit).toMatchObject({ kind: 'guest', streamId: 'one', address: '127.0.0.1' });
    const elsewhere = await call(lab.door, { path, headers: machineHeader(lab, 'operator', ['two']) });
    expect(JSON.parse(elsewhere.text)).toEqual([]);
    const dismissal = { method: 'DELETE', path: `${path}/${visit?.id}` };
    expect((await call(lab.door, { ...dismissal, headers: machineHeader(lab, 'operator') })).status).toBe(403);
    expect(lab.viewers[0]?.end).toBeNull();
    expect((await call(lab.door, { ...dismissal, headers: machineHeader(lab, 'admin') })).status).toBe(204);
    expect(lab.viewers[0]?.end).toBe('left');
    expect(lab.present()).toEqual([]);
    expect((await call(lab.door, { ...dismissal, headers: machineHeader(lab, 'admin') })).status).toBe(404);
  });
});

it('Nobody watches whom the record can not hold', async () => {
  const lab = await openLab();
  const headers = machineHeader(lab, 'viewer');
  vi.spyOn(lab.file.attendance, 'begin').mockImplementation(() => {
    throw new Error('database or disk is full');
  });
  await lab.watch(headers);
  await vi.waitFor(() => expect(lab.viewers.map(({ end }) => end)).toEqual(['left']));
});

describe('Whoever is sent away', () => {
  const dismissFirst = (lab: Lab): Promise<boolean> => lab.guard.admin.dismiss(lab.present()[0]?.id ?? 0);

  it('as a user has to sign in again, on all screens', async () => {
    const lab = await openLab();
    await lab.file.users.add(anna);
    const headers = await userHeaders(lab);
    await lab.watch(headers, 'one');
    await lab.watch(headers, 'two');
    expect(await dismissFirst(lab)).toBe(true);
    expect((await lab.watch(headers)).status).toBe(401);
    // The other session was opened by the same sign-in.
    await vi.waitFor(() => expect(lab.viewers.map(({ end }) => end)).toEqual(['left', 'left']), 5_000);
    expect((await lab.watch(await userHeaders(lab))).status).toBe(201);
  });

  it('as a guest can’t use the link any more, and others can', async () => {
    const lab = await openLab();
    const headers = await guestHeaders(lab);
    await lab.watch(headers);
    await dismissFirst(lab);
    expect((await lab.watch(headers)).status).toBe(401);
    await expect(guestHeaders(lab)).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(await lab.guard.access.exchangeKey(lab.link.key, '192.0.2.9')).toHaveProperty('token');
  });
});

describe('A session ends within moments', () => {
  it.each<[string, (lab: Lab) => unknown]>([
    ['when its user is disabled', (lab) => lab.file.users.change(1, { isDisabled: true })],
    ['when its user is removed', (lab) => lab.file.users.remove(1)],
    ['when its user may no longer see the stream', (lab) => lab.file.users.change(1, { streams: ['two'] })],
  ])('%s', async (_when, change) => {
    const lab = await openLab();
    await lab.file.users.add(anna);
    await lab.watch(await userHeaders(lab));
    expect(lab.viewers[0]?.end).toBeNull();
    await change(lab);
    await vi.waitFor(() => expect(lab.viewers[0]?.end).toBe('left'), 5_000);
    expect(lab.present()).toEqual([]);
  });
});

describe('Whoever may see one stream', () => {
  const ids = ({ streams }: StationState): string[] => streams.map(({ id }) => id);

  it('is told of no other', async () => {
    const lab = await openLab();
    await lab.join('one');
    const headers = machineHeader(lab, 'operator', ['two']);
    await lab.watch(headers, 'two');
    const state = JSON.parse((await call(lab.door, { path: '/api/state', headers })).text) as StationState;
    expect(ids(state)).toEqual(['two']);
    expect(state.viewers.map(({ streamId }) => streamId)).toEqual(['two']);
    const status = JSON.parse((await call(lab.door, { path: '/status', headers })).text) as {
      active_connections: number;
    };
    expect(status.active_connections).toBe(1);
    expect((await call(lab.door, { path: '/metrics', headers })).text).not.toContain('"one"');
  });

  it('hears of no other', async () => {
    const lab = await openLab();
    const { authorization = '' } = machineHeader(lab, 'viewer', ['two']);
    const socket = await connectTo(lab.door);
    const { host } = new URL(lab.door.url);
    socket.write(`GET /api/events HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\n\r\n`);
    const all = receiveAll(socket);
    await new Promise((resolve) => socket.once('data', resolve));
    await lab.join('one');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    const states = [...(await all).matchAll(/^data: (.+)$/gm)].map(([, text = '']) => JSON.parse(text) as StationState);
    expect(states.length).toBeGreaterThanOrEqual(2);
    for (const state of states) expect(ids(state)).toEqual(['two']);
  });

  it('watches it where none is named, and is refused every other alike, there or not', async () => {
    const lab = await openLab();
    const headers = machineHeader(lab, 'operator', ['two']);
    const offer = JSON.stringify({ sdp: 'h264', type: 'offer' });
    const opened = await call(lab.door, {
      method: 'POST',
      path: '/offer',
      headers: { ...headers, ...json },
      body: offer,
    });
    expect(opened.status).toBe(200);
    expect(lab.present()).toMatchObject([{ streamId: 'two' }]);
    const refusals = await Promise.all([
      lab.watch(headers, 'one'),
      lab.watch(headers, 'missing'),
      call(lab.door, { path: '/api/streams/one/log', headers }),
      call(lab.door, { path: '/api/streams/missing/log', headers }),
      call(lab.door, { path: '/mjpeg/one', headers }),
      call(lab.door, { path: '/frame/missing.jpg', headers }),
      call(lab.door, {
        method: 'POST',
        path: '/api/streams/one/viewers',
        headers: { ...headers, ...json },
        body: '{}',
      }),
    ]);
    expect(new Set(refusals.map((refusal) => JSON.stringify(problemIn(refusal))))).toEqual(
      new Set([JSON.stringify({ status: 403, code: 'not_allowed', title: 'That is more than your access allows.' })]),
    );
    expect(lab.viewers).toHaveLength(1);
  });
});
