import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openAccessFile } from '../../src/main/access/access-file.ts';
import { networkHosts } from '../../src/main/access/addresses.ts';
import { Tickets } from '../../src/main/directory/tickets.ts';
import type { SignedIn } from '../../src/main/access/rights.ts';
import type { Booking, Connection, LabStation } from '../../src/shared/directory.ts';
import type { StationState } from '../../src/shared/state.ts';
import { childrenOf } from '../support/station-process.ts';
import { WeriftPlayer } from '../support/werift-player.ts';

/** An address of this machine on a network; what the tests send to it stays on the machine. */
const [host = ''] = networkHosts();
const password = 'a quiet microscope';
/** What is waited for comes at once, but for a machine on which everything else runs at the same time. */
const patienceMs = 60_000;

interface LabProcess {
  readonly child: ChildProcess;
  /** What the addresses of its network door begin with. */
  readonly url: string;
  readonly folder: string;
  /** Lets a program in that may do everything. */
  readonly adminToken: string;
}

let directory: LabProcess;
let bench: LabProcess;
let other: LabProcess;
let anna: SignedIn;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A station in a process of its own that is shared from its start. */
async function startStation(folder: string, config: object): Promise<LabProcess> {
  const file = openAccessFile(folder);
  const { token } = file.machineTokens.add({ name: 'test', role: 'admin', streams: 'all', expiresInDays: 1 });
  file.close();
  const sharePort = await freePort();
  const streams = [{ id: 'dim', name: 'Dim', source: { kind: 'simulated', detector: 'dim' } }];
  const http = { sharePort, shareTls: 'off', announce: false };
  await writeFile(join(folder, 'station.json'), JSON.stringify({ http, streams, ...config }));
  const args = ['src/main/headless.ts', '--data-dir', folder, '--port', '0', '--share', '--host', '0.0.0.0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`The station ended:\n${log}`)));
  ended.catch(() => undefined);
  await Promise.race([ended, once(child.stdout, 'data')]);
  return { child, url: `http://${host}:${sharePort}`, folder, adminToken: token };
}

async function ask<T>(
  url: string,
  token: string,
  method = 'GET',
  body?: unknown,
): Promise<{ status: number; json: T }> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, json: (text === '' ? null : JSON.parse(text)) as T };
}

const connectTo = (robot_id: string) =>
  ask<Connection>(`${directory.url}/webrtc/offer`, anna.token, 'POST', { robot_id, type: 'offer', sdp: 'v=0' });

/** Opens a WHEP session directly at a station. */
async function watch({ webrtc_url, ticket }: Connection): Promise<WeriftPlayer> {
  const player = new WeriftPlayer();
  onTestFinished(() => player.close());
  const headers = { authorization: `Bearer ${ticket}`, 'content-type': 'application/sdp' };
  const answer = await fetch(`${webrtc_url}/whep/dim`, { method: 'POST', headers, body: await player.offer() });
  expect(answer.status).toBe(201);
  await player.accept(await answer.text());
  await player.connected;
  await vi.waitFor(() => expect(player.packets.length).toBeGreaterThan(0), { timeout: patienceMs });
  return player;
}

const viewersAt = async ({ url, adminToken }: LabProcess): Promise<number> =>
  (await ask<StationState>(`${url}/api/state`, adminToken)).json.viewers.length;

describe.skipIf(host === '')('A lab of a directory and two stations, each in a process of its own', () => {
  beforeAll(async () => {
    const folders = await Promise.all([1, 2, 3].map(() => mkdtemp(join(tmpdir(), 'eyepiece-'))));
    const [ofDirectory = '', ofBench = '', ofOther = ''] = folders;
    const { publicKey } = await Tickets.open(ofDirectory);
    const users = openAccessFile(ofDirectory);
    await users.users.add({ name: 'Anna', password, role: 'viewer', streams: 'all' });
    users.close();
    const trusting = (station: string) => ({
      trusts: [{ name: 'Lab', url: 'https://lab.example', publicKey, station }],
    });
    [directory, bench, other] = await Promise.all([
      startStation(ofDirectory, { directory: { timeZone: 'Europe/Berlin' } }),
      startStation(ofBench, trusting('bench')),
      startStation(ofOther, trusting('other')),
    ]);
    for (const [id, { url }, access] of [
      ['bench', bench, 'open'],
      ['other', other, 'booking'],
    ] as const) {
      const station = { id, name: id, type: 'microscope', webrtc_url: url, access };
      expect((await ask(`${directory.url}/api/stations`, directory.adminToken, 'POST', station)).status).toBe(201);
    }
    const signIn = { name: 'Anna', password };
    anna = (await ask<SignedIn>(`${directory.url}/api/sign-in`, '', 'POST', signIn)).json;
  }, 60_000);

  afterAll(async () => {
    for (const { child, folder } of [directory, bench, other]) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true });
    }
  });

  test('knows by itself that its stations are online', async () => {
    await vi.waitFor(
      async () => {
        const { json } = await ask<readonly LabStation[]>(`${directory.url}/api/stations`, anna.token);
        expect(json.map(({ id, status }) => [id, status])).toEqual([
          ['bench', 'online'],
          ['other', 'online'],
        ]);
      },
      { timeout: patienceMs },
    );
  });

  test('refuses its own address for a station', async () => {
    const station = { name: 'Self', type: 'microscope', webrtc_url: directory.url };
    const { status, json } = await ask(`${directory.url}/api/stations`, directory.adminToken, 'POST', station);
    expect([status, json]).toMatchObject([400, { title: expect.stringContaining('this directory itself') as string }]);
  });

  test(
    'opens a booked station when the booking begins, and ends what is watched with it',
    async () => {
      const refused = await connectTo('other');
      expect(refused).toMatchObject({ status: 403, json: { code: 'not_booked' } });
      const fromMs = Date.now();
      const wish = { station: 'other', fromMs, untilMs: fromMs + 600_000 };
      const booked = await ask<Booking>(`${directory.url}/api/bookings`, anna.token, 'POST', wish);
      expect(booked.status).toBe(201);
      const askedAtMs = performance.now();
      const first = (await connectTo('other')).json;
      expect(first.booking_until_ms).toBe(wish.untilMs);
      expect((await ask(`${other.url}/api/state`, first.ticket)).status).toBe(200);
      // On a machine that is busy the very same takes as long again, and has to be done before the booking ends.
      const usualMs = performance.now() - askedAtMs;
      await watch(first);
      expect(await viewersAt(other)).toBe(1);
      // However long this took, the booking ends soon from here on, and with it the ticket that takes the place of the first.
      const booking = { untilMs: Date.now() + 4_000 + Math.ceil(10 * usualMs) };
      await ask(`${directory.url}/api/bookings/${booked.json.id}`, anna.token, 'PATCH', booking);
      const connection = (await connectTo('other')).json;
      expect(connection.booking_until_ms).toBe(booking.untilMs);
      expect((await ask(`${other.url}/api/state`, connection.ticket)).status).toBe(200);
      await vi.waitFor(async () => expect(await viewersAt(other)).toBe(0), { timeout: patienceMs });
      expect(Date.now()).toBeGreaterThanOrEqual(booking.untilMs - 1_000);
      expect((await ask(`${other.url}/api/state`, connection.ticket)).status).toBe(401);
      // Tickets end with a whole second, and so up to one before the booking.
      await vi.waitFor(async () => expect((await connectTo('other')).status).toBe(403), { timeout: patienceMs });
    },
    4 * patienceMs,
  );

  test('shows a camera through its own door to whoever has a ticket, and on no wall', async () => {
    const camera = { id: 'door', name: 'Door', type: 'camera', rtsp_url: 'rtsp://lab:opensesame@192.0.2.8/live' };
    const add = (body: object) => ask(`${directory.url}/api/stations`, directory.adminToken, 'POST', body);
    // What only this machine reaches is nothing to be set over the network.
    expect((await add({ ...camera, rtsp_url: `rtsp://${host}/live` })).status).toBe(400);
    expect((await add(camera)).status).toBe(201);
    const { json: connection } = await connectTo('door');
    expect(connection.webrtc_url).toBe(directory.url);
    const seenWith = async (token: string) =>
      (await ask<StationState>(`${connection.webrtc_url}/api/state`, token)).json.streams.map(({ id }) => id);
    expect(await seenWith(connection.ticket)).toEqual(['door']);
    expect(await seenWith(directory.adminToken)).toEqual(['dim']);
    // Refused for what it says, and not because nobody on the network may watch.
    const headers = { authorization: `Bearer ${connection.ticket}`, 'content-type': 'application/sdp' };
    const offer = { method: 'POST', headers, body: 'v=0' };
    expect((await fetch(`${connection.webrtc_url}/whep/door`, offer)).status).toBe(400);
    for (const { url } of [bench, other]) {
      expect((await ask(`${url}/api/state`, connection.ticket)).status).toBe(401);
    }
    expect((await ask(`${directory.url}/api/stations/door`, directory.adminToken, 'DELETE')).status).toBe(204);
    expect((await ask(`${directory.url}/api/state`, connection.ticket)).status).toBe(401);
  });

  test('sends a user to a station, carries none of the pictures, and may die without ending them', async () => {
    const { json: connection } = await connectTo('bench');
    expect(connection.webrtc_url).toBe(bench.url);
    expect((await ask(`${other.url}/api/state`, connection.ticket)).status).toBe(401);
    const player = await watch(connection);
    expect(await viewersAt(bench)).toBe(1);
    expect(await viewersAt(directory)).toBe(0);
    if (process.platform === 'linux') expect(await childrenOf(directory.child.pid ?? 0)).toEqual([]);

    directory.child.kill('SIGKILL');
    await once(directory.child, 'exit');
    const seen = player.packets.length;
    await vi.waitFor(() => expect(player.packets.length).toBeGreaterThan(seen + 30), { timeout: patienceMs });
    // The station checks the ticket by itself.
    expect((await ask(`${bench.url}/api/state`, connection.ticket)).status).toBe(200);
    await watch(connection);
    expect(await viewersAt(bench)).toBe(2);
  });
});
