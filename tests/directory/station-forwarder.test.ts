import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createPlainServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { selfSigned } from '../../src/main/access/self-signed.ts';
import { boot, type BootedStation } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream } from '../../src/main/config.ts';
import { askStatus } from '../../src/main/directory/ask-status.ts';
import { openDirectoryFile, type DirectoryFile } from '../../src/main/directory/directory-file.ts';
import { StationForwarder, type ForwardedRequest } from '../../src/main/directory/station-forwarder.ts';
import { Tickets } from '../../src/main/directory/tickets.ts';
import { WeriftPlayer } from '../support/werift-player.ts';

const log = pino({ level: 'silent' });
const everywhere = () => true;

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'eyepiece-'));
}

/** A directory's file with its forwarder, which may ask this machine itself. */
function openForwarder(mayAsk: ((address: string) => boolean) | null = everywhere, ownDoor: string | null = null) {
  const folder = newFolder();
  const file = openDirectoryFile(folder);
  const parts = { stations: file.stations, ownDoor: () => ownDoor, log };
  const forwarder = new StationForwarder({ ...parts, ...(mayAsk && { mayAsk }) });
  onTestFinished(() => {
    forwarder.endAll();
    file.close();
    rmSync(folder, { recursive: true });
  });
  return { file, forwarder };
}

function add(file: DirectoryFile, id: string, webrtc_url: string | null): void {
  file.stations.add({ id, name: id, type: 'microscope', webrtc_url, rtsp_url: null, access: 'open' });
}

const get = (path: string, token = 'a-ticket'): ForwardedRequest => ({
  method: 'GET',
  path,
  headers: { authorization: `Bearer ${token}` },
  body: null,
});

async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const serve = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createPlainServer(listener))}`;

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

const certificateOf = (key: KeyObject, name = 'bench'): string => selfSigned(key, name, ['127.0.0.1']);

/** A station's door with this certificate. @param asked Called for each request that gets through. */
async function serveTls(key: KeyObject, cert: string, asked: () => void, port = 0) {
  const pem = key.export({ type: 'pkcs8', format: 'pem' });
  const server = createTlsServer({ key: pem, cert }, (_request, response) => {
    asked();
    response.end(JSON.stringify({ status: 'running' }));
  });
  const taken = await listen(server, port);
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { port: taken, url: `https://127.0.0.1:${taken}`, close };
}

describe('Two stations of a lab', () => {
  const folders = [newFolder(), newFolder(), newFolder()] as const;
  const stations = new Map<'bench' | 'other', BootedStation>();
  let tickets: Tickets;

  beforeAll(async () => {
    tickets = await Tickets.open(folders[2]);
    const trusts = (station: string) => [
      { name: 'Lab', url: 'https://lab.example', publicKey: tickets.publicKey, station },
    ];
    for (const [at, id] of (['bench', 'other'] as const).entries()) {
      const dataDir = folders[at] ?? '';
      const http = { ...defaultConfig().http, port: 0, sharePort: 0, announce: false };
      const config = { ...defaultConfig(), http, name: id, trusts: trusts(id), streams: [simulatedStream('dim')] };
      const configFile = join(dataDir, 'station.json');
      const booted = await boot({ config, notices: [], configFile, dataDir, fixedBy: null }, log);
      stations.set(id, booted);
    }
  });
  afterAll(async () => {
    await Promise.all([...stations.values()].map((station) => station.close()));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const at = (id: 'bench' | 'other'): BootedStation => {
    const station = stations.get(id);
    if (!station) throw new Error('The station was not started.');
    return station;
  };
  const ticketFor = async (station: string): Promise<string> =>
    (await tickets.issue({ station, user: 'Anna', role: 'viewer', streams: 'all' })).token;

  /** Both in a directory, as they are shared: encrypted, with a certificate of their own. */
  async function openLab() {
    const opened = openForwarder();
    for (const id of ['bench', 'other'] as const) {
      const { sharing } = await at(id).settings.share();
      const port = sharing.kind === 'on' ? new URL(sharing.links[0] ?? '').port : '';
      add(opened.file, id, `https://127.0.0.1:${port}`);
    }
    return opened;
  }

  test('each answer for themselves, and to a ticket for them only', async () => {
    const { forwarder } = await openLab();
    for (const id of ['bench', 'other'] as const) {
      const answer = await forwarder.forward(id, get('/api/state', await ticketFor(id)));
      expect(answer.headers.get('content-type')).toContain('application/json');
      expect(await answer.json()).toMatchObject({ station: { name: id } });
    }
    const wrong = await forwarder.forward('bench', get('/api/state', await ticketFor('other')));
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { code: 'sign_in_needed' }]);
  });

  test('tell their state as it changes', async () => {
    const { forwarder } = await openLab();
    const { body } = await forwarder.forward('bench', get('/api/events', await ticketFor('bench')));
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    let told = '';
    while (told.split('event: state').length <= 2) told += (await reader?.read())?.value ?? '';
    await reader?.cancel();
  });

  test('are left by whoever gives up, and by all when the kiosk is locked', async () => {
    const { forwarder } = await openLab();
    const watching = async () => {
      const { body } = await forwarder.forward('bench', get('/mjpeg/dim', await ticketFor('bench')));
      const reader = body?.getReader();
      expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
      return reader;
    };
    const viewers = () => at('bench').station.state().streams[0]?.viewers;
    const first = await watching();
    expect(viewers()).toBe(1);
    await first?.cancel();
    await vi.waitFor(() => expect(viewers()).toBe(0));
    const second = await watching();
    forwarder.endAll();
    const drain = async () => {
      while (!(await second?.read())?.done);
    };
    await expect(drain()).rejects.toThrow();
    await vi.waitFor(() => expect(viewers()).toBe(0));
  });

  test('open and end sessions at addresses that lead back through here', async () => {
    const { forwarder } = await openLab();
    const player = new WeriftPlayer();
    onTestFinished(() => player.close());
    const token = await ticketFor('bench');
    const opened = await forwarder.forward('bench', {
      method: 'POST',
      path: '/whep/dim',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' },
      body: Buffer.from(await player.offer()),
    });
    expect(opened.status).toBe(201);
    const location = opened.headers.get('location') ?? '';
    expect(location).toMatch(/^\/whep\/sessions\/[\w-]+$/);
    await player.accept(await opened.text());
    await player.connected;
    await vi.waitFor(() => expect(player.packets.length).toBeGreaterThan(0));
    const left = await forwarder.forward('bench', { ...get(location, token), method: 'DELETE' });
    expect(left.status).toBe(200);
    expect(at('bench').station.state().viewers).toEqual([]);
  });
});

describe('What is asked of other stations', () => {
  test('goes to stations of the directory only, where they have an address', async () => {
    const { file, forwarder } = openForwarder();
    add(file, 'nowhere', null);
    await expect(forwarder.forward('unknown', get('/status'))).rejects.toMatchObject({ reason: 'unknown_station' });
    await expect(forwarder.forward('nowhere', get('/status'))).rejects.toMatchObject({ reason: 'no_station_address' });
  });

  test('goes to the own network door of this station where that shows a camera', async () => {
    const url = await serve(({ url: path }, response) => void response.end(path));
    const { file, forwarder } = openForwarder(everywhere, url);
    const camera = { name: 'Camera', type: 'camera', rtsp_url: 'rtsp://192.0.2.8/one', access: 'open' } as const;
    file.stations.add({ id: 'camera', ...camera, webrtc_url: null });
    expect(await (await forwarder.forward('camera', get('/api/state'))).text()).toBe('/api/state');
  });

  test.each(['127.0.0.1', 'localhost'])('never goes to this machine itself: %s', async (name) => {
    let asked = 0;
    const url = await serve((_request, response) => void response.end(String(++asked)));
    const { file, forwarder } = openForwarder(null);
    add(file, 'self', url.replace('127.0.0.1', name));
    expect((await forwarder.forward('self', get('/status'))).status).toBe(504);
    expect(asked).toBe(0);
  });

  test('stays below the address of the station, and carries nothing but what it was given', async () => {
    const seen: { url: string | undefined; headers: object }[] = [];
    const url = await serve(({ url: path, headers }, response) => {
      seen.push({ url: path, headers });
      response.writeHead(200, { 'set-cookie': 'a=b', 'x-secret': '1', location: 'https://elsewhere.example/' }).end();
    });
    const { file, forwarder } = openForwarder();
    add(file, 'bench', `${url}/behind/a/proxy`);
    const answer = await forwarder.forward('bench', get('/api/state?x=1'));
    expect([...answer.headers]).toEqual([]);
    expect(seen).toEqual([
      {
        url: '/behind/a/proxy/api/state?x=1',
        headers: { authorization: 'Bearer a-ticket', host: new URL(url).host, connection: 'close' },
      },
    ]);
    for (const path of ['/../secret', '/%2e%2e/secret', '/..\\secret', '/x/../../../secret']) {
      expect((await forwarder.forward('bench', get(path))).status, path).toBe(504);
    }
    expect(seen).toHaveLength(1);
  });

  test('follows no redirection', async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const { file, forwarder } = openForwarder();
    add(file, 'bench', url);
    const answer = await forwarder.forward('bench', get('/api/state'));
    expect([answer.status, answer.headers.get('location'), asked]).toEqual([502, null, 1]);
  });

  test('is bounded: so many at a time, and there is room again when they have ended', async () => {
    const url = await serve((_request, response) => response.writeHead(200).flushHeaders());
    const { file, forwarder } = openForwarder();
    add(file, 'bench', url);
    const open = await Promise.all(Array.from({ length: 64 }, () => forwarder.forward('bench', get('/endless'))));
    expect((await forwarder.forward('bench', get('/endless'))).status).toBe(503);
    await open[0]?.body?.cancel();
    await vi.waitFor(async () => expect((await forwarder.forward('bench', get('/endless'))).status).toBe(200));
  });

  test('says so where nobody answers', async () => {
    const server = createPlainServer();
    const port = await listen(server);
    server.close();
    await once(server, 'close');
    const { file, forwarder } = openForwarder();
    add(file, 'bench', `http://127.0.0.1:${port}`);
    const answer = await forwarder.forward('bench', get('/api/state'));
    expect([answer.status, await answer.json()]).toMatchObject([504, { code: 'unreachable' }]);
  });
});

describe('The certificate of a station', () => {
  test('that nobody vouches for is taken the first time, and from then on its key only, whoever asks', async () => {
    let asked = 0;
    const count = (): void => void asked++;
    const key = newKey();
    const first = await serveTls(key, certificateOf(key), count);
    const { file, forwarder } = openForwarder();
    add(file, 'bench', first.url);
    expect((await forwarder.forward('bench', get('/status'))).status).toBe(200);
    await first.close();

    // A station makes a new certificate in time, with the same key.
    const renewed = await serveTls(key, certificateOf(key), count, first.port);
    expect((await forwarder.forward('bench', get('/status'))).status).toBe(200);
    await renewed.close();

    const otherKey = newKey();
    const stranger = await serveTls(otherKey, certificateOf(otherKey), count, first.port);
    asked = 0;
    const refused = { reason: 'untrusted_station', message: expect.stringContaining('another certificate') as string };
    await expect(forwarder.forward('bench', get('/status'))).rejects.toMatchObject(refused);
    const ask = async () => {
      const place = file.stations.place('bench');
      return place && askStatus(place, 'a-ticket', everywhere);
    };
    expect(await ask()).toBe('untrusted');
    expect(asked).toBe(0);

    // Another name is no word on the certificate; the same address once more is.
    file.stations.change('bench', { name: 'Bench' });
    expect(await ask()).toBe('untrusted');
    file.stations.change('bench', { webrtc_url: stranger.url });
    expect(await ask()).toBe('online');
    expect((await forwarder.forward('bench', get('/status'))).status).toBe(200);
  });

  test('that an authority vouches for may be renewed with another key, and nothing less is taken after it', async () => {
    const [key, nextKey, strangeKey] = [newKey(), newKey(), newKey()];
    // Authorities are told apart by their names.
    const [cert, nextCert] = [certificateOf(key), certificateOf(nextKey, 'bench of this year')];
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, cert, nextCert]);
    onTestFinished(() => setDefaultCACertificates(before));
    const { file, forwarder } = openForwarder();
    const asked = (): void => undefined;
    const first = await serveTls(key, cert, asked);
    add(file, 'bench', first.url);
    const status = async () => (await forwarder.forward('bench', get('/status'))).status;
    expect(await status()).toBe(200);
    await first.close();
    const renewed = await serveTls(nextKey, nextCert, asked, first.port);
    expect(await status()).toBe(200);
    await renewed.close();
    await serveTls(strangeKey, certificateOf(strangeKey), asked, first.port);
    await expect(status()).rejects.toMatchObject({ reason: 'untrusted_station' });
  });
});
