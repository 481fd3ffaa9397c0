import { spawn, type ChildProcess } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openAccessFile } from '../../src/main/access/access-file.ts';
import { boot, type BootedStation } from '../../src/main/boot.ts';
import { checkConfig } from '../../src/main/config.ts';
import type { StationState, StreamState } from '../../src/shared/state.ts';
import { nalUnits } from '../support/h264.ts';
import { WeriftPlayer, type ReceivedPicture } from '../support/werift-player.ts';

/** The other station's clock is an hour behind, as if nobody had set it. */
const aheadMs = -3_600_000;
const aheadClock = `--import="data:text/javascript,const now = Date.now; Date.now = () => now() + (${aheadMs})"`;

const folders: string[] = [];
let there: ChildProcess;
let thereUrl: string;
let token: string;
let here: BootedStation;
const log: string[] = [];
let [herePort, sharePort] = [0, 0];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'eyepiece-'));
  folders.push(folder);
  return folder;
}

/** The station that has the detectors, shared with a certificate of its own. */
async function startThere(): Promise<void> {
  const args = ['src/main/headless.ts', '--data-dir', folders[0] ?? '', '--port', '0', '--share'];
  const env = { ...process.env, NODE_OPTIONS: aheadClock };
  there = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let [output, errors] = ['', ''];
  there.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  there.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(there, 'exit').then(() => Promise.reject(new Error(`The other station ended:\n${errors}`)));
  ended.catch(() => undefined);
  const url = () => /station ready at (\S+)/.exec(output)?.[1] ?? '';
  await Promise.race([ended, vi.waitFor(() => expect(url()).not.toBe(''), 20_000)]);
  thereUrl = url();
}

async function killThere(): Promise<void> {
  const gone = once(there, 'exit');
  there.kill('SIGKILL');
  await gone;
}

const source = (changes: object = {}) => ({
  kind: 'station',
  url: `https://127.0.0.1:${sharePort}`,
  token,
  ...changes,
});

/** The station whose wall shows them. */
async function startHere(fingerprint: string): Promise<void> {
  const dataDir = await newFolder();
  const stream = (id: string, changes: object = {}) => ({ id, name: id, source: source({ fingerprint, ...changes }) });
  const text = JSON.stringify({
    name: 'Wall',
    http: { port: herePort },
    lingerMs: 0,
    streams: [
      stream('clock', { stream: 'clock' }),
      stream('first', { fingerprint: fingerprint.replaceAll(':', '').toLowerCase() }),
      stream('wrong-token', { token: 'eyp_wrong' }),
      { id: 'no-token', name: 'No', source: { kind: 'station', url: source().url, fingerprint } },
      stream('wrong-fingerprint', { fingerprint: 'AB'.repeat(32) }),
      { id: 'no-fingerprint', name: 'No', source: source() },
      stream('nowhere', { stream: 'nowhere' }),
      stream('away', { stream: 'away' }),
      stream('circle', { stream: 'back' }),
      { id: 'self', name: 'Self', source: { kind: 'station', url: `http://localhost:${herePort}`, stream: 'clock' } },
    ],
  });
  const configFile = join(dataDir, 'station.json');
  await writeFile(configFile, text);
  const checked = checkConfig(configFile, text);
  if ('problems' in checked) throw new Error(checked.problems.join('\n'));
  const options = { config: checked.config, notices: [], configFile, dataDir, fixedBy: null };
  here = await boot(options, pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }));
}

function stream(id: string): StreamState {
  const found = here.station.state().streams.find((each) => each.id === id);
  if (!found) throw new Error(`There is no stream ${id}.`);
  return found;
}

async function stateThere(): Promise<StationState> {
  return (await (await fetch(new URL('/api/state', thereUrl))).json()) as StationState;
}

interface Watching {
  readonly player: WeriftPlayer;
  /** When a picture was taken, on the clock of the station that it came from. */
  captureTimeMs(picture: ReceivedPicture): number;
}

async function watch(join: (offer: string) => Promise<string>): Promise<Watching> {
  const player = new WeriftPlayer();
  onTestFinished(async () => {
    player.sayGoodbye();
    await player.close();
  });
  const answer = await join(await player.offer());
  await player.accept(answer);
  const offset = Number(/^a=mediaclk:direct=(\d+)/m.exec(answer)?.[1]);
  const captureTimeMs = ({ timestamp }: ReceivedPicture) => ((timestamp - offset + 2 ** 32) % 2 ** 32) / 90;
  return { player, captureTimeMs };
}

const watchHere = (id: string) => watch(async (offer) => (await here.station.watch(id, offer)).answerSdp);

const watchThere = (id: string) =>
  watch(async (offer) => {
    const headers = { 'content-type': 'application/sdp' };
    const answer = await fetch(new URL(`/whep/${id}`, thereUrl), { method: 'POST', headers, body: offer });
    expect(answer.status).toBe(201);
    return answer.text();
  });

/** What the Tile says of a Stream that does not come. */
async function faultOf(id: string): Promise<{ reason: string; detail: string }> {
  const leave = here.station.watchPictures(
    id,
    { scale: 4, maxFps: 1 },
    { picture: () => undefined, ended: () => undefined },
  );
  onTestFinished(leave);
  return vi.waitFor(() => {
    const { status } = stream(id);
    if (status.kind !== 'offline') throw new Error(`The stream is ${status.kind}.`);
    return status.fault;
  }, 15_000);
}

const sliceOf = ({ data }: ReceivedPicture) => Buffer.from(nalUnits(data).at(-1) ?? []).toString('base64');

describe('A station that shows the streams of another one', () => {
  beforeAll(async () => {
    const folder = await newFolder();
    const file = openAccessFile(folder);
    ({ token } = file.machineTokens.add({ name: 'wall', role: 'viewer', streams: 'all', expiresInDays: 1 }));
    file.close();
    [herePort, sharePort] = [await freePort(), await freePort()];
    const streams = [
      { id: 'clock', name: 'Clock', pixelSizeUm: 0.5, source: { kind: 'simulated', detector: 'clock' } },
      { id: 'away', name: 'Away', source: { kind: 'file', path: 'not-there.mp4' } },
      { id: 'back', name: 'Back', source: { kind: 'station', url: `http://127.0.0.1:${herePort}`, stream: 'circle' } },
    ];
    const config = { name: 'Bench', http: { sharePort, announce: false }, lingerMs: 0, streams };
    await writeFile(join(folder, 'station.json'), JSON.stringify(config));
    await startThere();
    const { fingerprint256 } = new X509Certificate(await readFile(join(folder, 'share-cert.pem')));
    await startHere(fingerprint256);
  });

  afterAll(async () => {
    await here?.close();
    await killThere();
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  test('passes the very pictures on, with the time of their capture on its own clock, while somebody watches', async () => {
    const original = await watchThere('clock');
    const copy = await watchHere('clock');
    await vi.waitFor(() => expect(copy.player.pictures.length).toBeGreaterThan(20), 20_000);
    const originals = new Map(original.player.pictures.map((picture) => [sliceOf(picture), picture]));
    const pictures = copy.player.pictures.slice(0, 20);
    for (const picture of pictures) {
      const same = originals.get(sliceOf(picture));
      if (!same) throw new Error('The picture was encoded again.');
      const behindMs = original.captureTimeMs(same) - copy.captureTimeMs(picture);
      expect(Math.abs(behindMs - aheadMs)).toBeLessThan(1_000);
    }
    await vi.waitFor(() => expect(stream('clock').reading?.max).toBeGreaterThan(100), 10_000);
    expect(stream('clock')).toMatchObject({
      status: { kind: 'live' },
      sourceKind: 'station',
      pixelSizeUm: 0.5,
      detector: { stationName: 'Bench' },
      renditions: [{ codec: 'h264', scale: 1, isPassedOn: true }],
    });
    copy.player.sayGoodbye();
    await vi.waitFor(async () => expect((await stateThere()).viewers).toHaveLength(1), 10_000);
    expect(stream('clock').status).toEqual({ kind: 'idle' });
  });

  test('shows the first one where none is named', async () => {
    const { player } = await watchHere('first');
    await vi.waitFor(() => expect(player.pictures.length).toBeGreaterThan(2), 20_000);
  });

  test.each([
    ['wrong-token', 'refused', /takes this token no longer, or never did/],
    ['no-token', 'refused', /asks for a token/],
    ['wrong-fingerprint', 'not_trusted', /certificate with another fingerprint: (?:[\dA-F]{2}:){31}/],
    ['no-fingerprint', 'not_trusted', /does not trust the certificate .*Give its fingerprint/],
    ['nowhere', 'not_found', /has no such stream/],
    ['circle', 'bad_output', /Bench has that stream from another station itself/],
    ['self', 'bad_output', /is this very station/],
  ])('says of %s what is wrong with it', async (id, reason, detail) => {
    const fault = await faultOf(id);
    expect(fault.reason).toBe(reason);
    expect(fault.detail).toMatch(detail);
  });

  test('says what the other station says of a detector that is away there', async () => {
    // Somebody watches it there, so that the other station has found out already.
    await watchThere('away');
    const fault = () => stateThere().then(({ streams }) => streams.find(({ id }) => id === 'away')?.status.kind);
    await vi.waitFor(async () => expect(await fault()).toBe('offline'), 10_000);
    expect(await faultOf('away')).toMatchObject({
      reason: 'away_there',
      detail: expect.stringMatching(/^Bench says: /) as string,
    });
  });

  test('says that the other one is gone, and goes on by itself when it is back', async () => {
    const { player } = await watchHere('clock');
    await vi.waitFor(() => expect(player.pictures.length).toBeGreaterThan(2), 20_000);
    await killThere();
    await vi.waitFor(() => {
      expect(stream('clock').status).toMatchObject({
        kind: 'offline',
        fault: {
          reason: 'unreachable',
          detail: expect.stringMatching(/^No station answers at .* \(ECONNREFUSED\)\.$/) as string,
        },
      });
    }, 20_000);
    expect(stream('clock').detector?.stationName).toBe('Bench');
    await startThere();
    await vi.waitFor(() => expect(stream('clock').status).toEqual({ kind: 'live' }), 20_000);
    const before = player.pictures.length;
    await vi.waitFor(() => expect(player.pictures.length).toBeGreaterThan(before + 5), 10_000);
  });

  test('keeps its token to itself', () => {
    expect(token.length).toBeGreaterThan(10);
    const told = [...log, JSON.stringify(here.station.state()), JSON.stringify(here.settings.settings())].join('\n');
    expect(told).toContain(`https://127.0.0.1:${sharePort}`);
    expect(told).not.toContain(token);
    expect(told).not.toContain('eyp_wrong');
  });
});
