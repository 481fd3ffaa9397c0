import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { StationPlace } from '../../src/main/directory/ask-station.ts';
import { askStatus } from '../../src/main/directory/ask-status.ts';
import { StatusWatch } from '../../src/main/directory/status-watch.ts';
import { newLabStationSchema } from '../../src/shared/directory.ts';
import { admin, anna, hourMs, openLab } from './lab.ts';

const log = pino({ level: 'silent' });
const bench = {
  name: 'Bench 1',
  type: 'microscope',
  webrtc_url: 'https://192.0.2.7:8081',
  rtsp_url: null,
  access: 'open',
} as const;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const everywhere = () => true;

/** A station there whose certificate nobody has seen. */
const at = (url: string): StationPlace => ({ url, certificate: null, remember: () => true });

describe('The stations of a directory', () => {
  test('have an id that is made of the name, unless it was told, and that nobody else has', async () => {
    const { desk } = await openLab();
    const ofAdmin = desk.of(admin);
    expect(await ofAdmin.addStation(bench)).toEqual({ ...bench, id: 'bench-1', status: 'unknown', last_seen_ms: null });
    expect(await ofAdmin.addStation(bench)).toMatchObject({ id: 'bench-1-2' });
    await expect(ofAdmin.addStation({ ...bench, id: 'bench-1' })).rejects.toThrow(
      'There is a station of that id already.',
    );
  });

  test('are changed by admins only', async () => {
    const { desk } = await openLab();
    await desk.of(admin).addStation(bench);
    const refused = { reason: 'not_allowed' };
    await expect(desk.of(anna).addStation(bench)).rejects.toMatchObject(refused);
    await expect(desk.of(anna).changeStation('bench-1', { name: 'Mine' })).rejects.toMatchObject(refused);
    expect(() => desk.of(anna).removeStation('bench-1')).toThrow(expect.objectContaining(refused));
    await expect(desk.of(anna).found()).rejects.toMatchObject(refused);
    expect(desk.of(anna).stations()).toHaveLength(1);
  });

  test.each([
    ['before the host', 'rtsp://lab:secret@192.0.2.8:8554/one'],
    ['in the path', 'rtsp://192.0.2.8:8554/user=lab_password=secret_channel=1.sdp'],
    ['in the query', 'rtsp://192.0.2.8:8554?user=lab&password=secret'],
  ])('keep the password of a camera from those who only watch, also where it is %s', async (_where, rtsp_url) => {
    const { desk } = await openLab();
    await desk.of(admin).addStation({ ...bench, rtsp_url });
    expect(desk.of(anna).stations()).toMatchObject([{ rtsp_url: 'rtsp://192.0.2.8:8554' }]);
    expect(desk.of(admin).stations()).toMatchObject([{ rtsp_url }]);
  });

  test.each([
    'http://127.0.0.1:8081',
    'http://127.1',
    'http://2130706433',
    'http://localhost:8081',
    'http://[::1]:8081',
    'http://[::ffff:127.0.0.1]',
    'http://0.0.0.0',
    'http://169.254.169.254',
    'http://[fe80::1]',
    'http://224.0.0.251',
  ])('can’t be at %s, which means another machine to everybody', async (webrtc_url) => {
    const { desk } = await openLab();
    await expect(desk.of(admin).addStation({ ...bench, webrtc_url })).rejects.toThrow(
      'That address means another machine to everybody who asks.',
    );
    expect(desk.of(admin).stations()).toEqual([]);
  });

  test('can’t be the directory itself, neither at first nor later', async () => {
    const { desk } = await openLab();
    const own = 'https://192.0.2.1:8081/';
    await expect(desk.of(admin).addStation({ ...bench, webrtc_url: own })).rejects.toThrow(
      'That is this directory itself.',
    );
    const { id } = await desk.of(admin).addStation(bench);
    await expect(desk.of(admin).changeStation(id, { webrtc_url: own })).rejects.toThrow('this directory itself');
    expect(desk.of(admin).stations()).toMatchObject([{ webrtc_url: bench.webrtc_url }]);
  });

  test.each(['ftp://192.0.2.7', 'javascript:alert(1)', 'https://a@192.0.2.7', 'https://192.0.2.7/?x', '192.0.2.7', ''])(
    'can’t have the address “%s”',
    (webrtc_url) => {
      expect(v.is(newLabStationSchema, { ...bench, webrtc_url })).toBe(false);
      expect(v.is(newLabStationSchema, bench)).toBe(true);
    },
  );

  test('that were found on the network are told with whether they are known, but for the directory itself', async () => {
    const { desk } = await openLab();
    expect(await desk.of(admin).found()).toMatchObject([{ name: 'Bench', isListed: false }]);
    await desk.of(admin).addStation(bench);
    expect(await desk.of(admin).found()).toMatchObject([{ name: 'Bench', isListed: true }]);
  });
});

describe('Connecting', () => {
  test('by type prefers a station that is online', async () => {
    const { desk, file } = await openLab();
    await desk.of(admin).addStation({ ...bench, name: 'A' });
    await desk.of(admin).addStation({ ...bench, name: 'B', webrtc_url: 'https://192.0.2.8:8081' });
    file.stations.note('b', 'https://192.0.2.8:8081', 'online');
    expect(await desk.of(anna).connect({ robot_type: 'microscope' })).toMatchObject({ robot_id: 'b' });
    expect(await desk.of(anna).connect({ robot_id: 'a' })).toMatchObject({ webrtc_url: bench.webrtc_url });
    await expect(desk.of(anna).connect({ robot_type: 'robot' })).rejects.toMatchObject({ reason: 'unknown_station' });
  });

  test('to a station without an address says what an admin has to do', async () => {
    const { desk } = await openLab();
    await desk.of(admin).addStation({ ...bench, webrtc_url: null });
    await expect(desk.of(anna).connect({ robot_id: 'bench-1' })).rejects.toThrow('An admin sets its webrtc_url');
  });
});

describe('Asking a station how it is', () => {
  const running = JSON.stringify({ status: 'running' });

  test('shows it the directory’s ticket, and takes its own answer only for online', async () => {
    let shown: string | undefined;
    const url = await serve((request, response) => {
      shown = request.headers.authorization;
      response.end(request.url === '/status' ? running : '');
    });
    expect(await askStatus(at(url), 'a-ticket', everywhere)).toBe('online');
    expect(shown).toBe('Bearer a-ticket');
  });

  test.each<[string, RequestListener]>([
    ['asks for more', (_request, response) => response.writeHead(401).end()],
    [
      'sends elsewhere',
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1/' }).end(running),
    ],
    ['is no station', (_request, response) => response.end('<html>')],
    [
      'says too much',
      (_request, response) => void response.end(JSON.stringify({ status: 'running', x: 'x'.repeat(70_000) })),
    ],
  ])('says “refused” of one that %s', async (_what, listener) => {
    expect(await askStatus(at(await serve(listener)), 'a-ticket', everywhere)).toBe('refused');
  });

  test('says “offline” where nobody answers', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await askStatus(at(`http://127.0.0.1:${port}`), 'a-ticket', everywhere)).toBe('offline');
  });

  test('never asks this machine itself, whatever name leads there', async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked++;
      response.end(running);
    });
    expect(await askStatus(at(url), 'a-ticket')).not.toBe('online');
    expect(await askStatus(at(url.replace('127.0.0.1', 'localhost')), 'a-ticket')).not.toBe('online');
    expect(asked).toBe(0);
  });

  test('keeps the directory’s list fresh, and tells each who is due there', async () => {
    const { desk, file, tickets } = await openLab();
    await desk.of(admin).addStation(bench);
    await desk.of(admin).addStation({ ...bench, name: 'No address', webrtc_url: null });
    const fromMs = Date.now() + hourMs;
    desk.of(anna).book({ station: 'bench-1', fromMs, untilMs: fromMs + hourMs, purpose: '' });
    let told = '';
    const ask = (_place: StationPlace, ticket: string) => {
      told += Buffer.from(ticket.split('.')[1] ?? '', 'base64url').toString();
      return Promise.resolve('online' as const);
    };
    const watch = new StatusWatch({ file, tickets, timeZone: 'Europe/Berlin', log, ask });
    await vi.waitFor(() => expect(file.stations.find('bench-1')).toMatchObject({ status: 'online' }));
    watch.close();
    expect(file.stations.find('bench-1')?.last_seen_ms).toBeGreaterThan(fromMs - 2 * hourMs);
    expect(file.stations.find('no-address')).toMatchObject({ status: 'unknown', last_seen_ms: null });
    const due = { user: 'Anna', time_zone: 'Europe/Berlin' };
    expect(JSON.parse(told)).toMatchObject({ aud: 'bench-1', role: 'viewer', streams: [], due });
  });
});
