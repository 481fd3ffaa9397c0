import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openAccessFile } from '../../src/main/access/access-file.ts';
import { networkHosts } from '../../src/main/access/addresses.ts';
import { contentSecurityPolicy } from '../../src/shared/content-security.ts';
import type { StationState } from '../../src/shared/state.ts';
import { childrenOf } from '../support/station-process.ts';
import { WeriftPlayer } from '../support/werift-player.ts';

const isLinux = process.platform === 'linux';
const isWindows = process.platform === 'win32';

let folder: string;
let stations: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eyepiece-'));
  stations = [];
});
afterEach(async () => {
  for (const child of stations) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});

interface RunningStation {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves with the exit code. */
  readonly exit: Promise<number | null>;
  stdout(): string;
  stderr(): string;
}

/** The headless station straight from its sources. */
function startStation(...args: string[]): RunningStation {
  const child = spawn(process.execPath, ['src/main/headless.ts', '--data-dir', folder, ...args], { stdio: 'pipe' });
  stations.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return { child, pid: child.pid ?? 0, exit, stdout: () => stdout, stderr: () => stderr };
}

/** @returns The address in the ready line. */
async function readyUrl(station: RunningStation): Promise<string> {
  const ended = station.exit.then(() => Promise.reject(new Error(`The station ended:\n${station.stderr()}`)));
  await Promise.race([ended, vi.waitFor(() => expect(station.stdout()).toContain('\n'), { timeout: 20_000 })]);
  return /^Eyepiece station ready at (\S+)\n$/.exec(station.stdout())?.[1] ?? station.stdout();
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await once(server.close(), 'close');
  return port;
}

describe('The headless station', () => {
  test('prints one line on standard output, when it is ready, and answers there', async () => {
    const port = await freePort();
    const station = startStation('--port', String(port));
    expect(await readyUrl(station)).toBe(`http://127.0.0.1:${port}/`);
    const response = await fetch(`http://127.0.0.1:${port}/status`);
    expect(await response.json()).toMatchObject({ streams: [{}, {}, {}, {}] });
    // The kiosk window's door sends the same policy.
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
    expect(station.stdout()).toBe(`Eyepiece station ready at http://127.0.0.1:${port}/\n`);
  });

  test('says in one line that its port is taken, and ends with exit code 1', async () => {
    const server = createServer();
    const port = await listen(server);
    const station = startStation('--port', String(port));
    expect(await station.exit).toBe(1);
    server.close();
    expect(station.stdout()).toBe('');
    expect(station.stderr()).toBe(
      `eyepiece: port ${port} of 127.0.0.1 is taken by another program; choose another with --port\n`,
    );
  });

  test('shows the streams of its flags, and those of its configuration without', async () => {
    const stream = { id: 'mine', name: 'Mine', source: { kind: 'simulated', detector: 'dim' } };
    await writeFile(join(folder, 'station.json'), JSON.stringify({ name: 'Room 2', streams: [stream] }));
    const configured = await readyUrl(startStation('--port', '0'));
    expect(await (await fetch(new URL('/api/state', configured))).json()).toMatchObject({
      station: { name: 'Room 2' },
      streams: [{ id: 'mine' }],
    });
    const flagged = await readyUrl(startStation('--port', '0', '--source', 'simulated:clock'));
    expect(await (await fetch(new URL('/api/state', flagged))).json()).toMatchObject({
      station: { name: 'Room 2' },
      streams: [{ id: 'clock' }],
    });
  });

  test('starts with a broken configuration, says on every screen what is wrong and where, and keeps the file', async () => {
    const file = join(folder, 'station.json');
    await writeFile(file, '{\n  "lingerMs": "long"\n}');
    const station = startStation('--port', '0');
    const url = await readyUrl(station);
    const told =
      'station.json line 2, lingerMs: must be a number. The simulated detectors are shown until that is mended.';
    expect(await (await fetch(new URL('/api/state', url))).json()).toMatchObject({
      notices: [{ code: 'bad_configuration', detail: told }],
      streams: [{ id: 'brightfield' }, { id: 'fluorescence' }, { id: 'dim' }, { id: 'flaky' }],
    });
    expect(station.stderr()).toContain(told);
    expect(await readFile(file, 'utf8')).toBe('{\n  "lingerMs": "long"\n}');
  });
});

describe.skipIf(networkHosts().length === 0)('--share', () => {
  test('opens an encrypted door for users from the start, and leaves the other one as it was', async () => {
    const file = openAccessFile(folder);
    const { token } = file.machineTokens.add({ name: 'watcher', role: 'viewer', streams: ['dim'], expiresInDays: 1 });
    file.close();
    // Only the door's own port is of interest, and only this machine looks for it.
    const sharePort = await freePort();
    await writeFile(join(folder, 'station.json'), JSON.stringify({ http: { sharePort, announce: false } }));
    const station = startStation('--port', '0', '--share', '--host', '0.0.0.0');
    const url = await readyUrl(station);
    expect(await (await fetch(new URL('/api/state', url))).json()).toMatchObject({ station: { isShared: true } });
    const ca = await readFile(join(folder, 'share-cert.pem'));
    const ask = (headers: Record<string, string>): Promise<{ status: number; text: string }> =>
      new Promise((done, fail) => {
        const options = { host: '127.0.0.1', port: sharePort, path: '/api/state', ca, headers, agent: false };
        const asked = request(options, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => done({ status: response.statusCode ?? 0, text }));
        });
        asked.on('error', fail).end();
      });
    expect((await ask({})).status).toBe(401);
    const { status, text } = await ask({ authorization: `Bearer ${token}` });
    expect(status).toBe(200);
    expect((JSON.parse(text) as StationState).streams.map(({ id }) => id)).toEqual(['dim']);
    // What Node or SQLite may have to say is not for the operator.
    expect(station.stderr()).not.toMatch(/warning/i);
  });
});

describe.skipIf(isWindows)('A stop signal', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends the station with exit code 0', async (signal) => {
    const station = startStation('--port', '0');
    await readyUrl(station);
    station.child.kill(signal);
    expect(await station.exit).toBe(0);
  });

  test.skipIf(!isLinux)('leaves no Capture process behind, even while somebody watches', async () => {
    const station = startStation('--port', '0', '--source', 'simulated:clock');
    const url = await readyUrl(station);
    const player = new WeriftPlayer();
    const offer = await player.offer();
    const response = await fetch(new URL('/whep/clock', url), {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: offer,
    });
    expect(response.status).toBe(201);
    await player.accept(await response.text());
    await vi.waitFor(() => expect(player.packets.length).toBeGreaterThan(0), { timeout: 20_000 });
    const captures = await childrenOf(station.pid);
    expect(captures).toHaveLength(1);

    station.child.kill('SIGTERM');
    expect(await station.exit).toBe(0);
    for (const pid of captures) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await player.close();
  });
});
