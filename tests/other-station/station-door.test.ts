import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../../src/main/access/self-signed.ts';
import { faultOf, refusal } from '../../src/main/other-station/faults.ts';
import { StationDoor } from '../../src/main/other-station/station-door.ts';
import { readStation } from '../../src/main/other-station/station-facts.ts';

const token = 'a-machine-token';

/** A server that is no station, and a door to it. */
async function open(listener: RequestListener, fingerprint?: (own: string) => string | undefined) {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const cert = selfSigned(key, 'bench', ['127.0.0.1']);
  const seen: string[] = [];
  const server = createServer({ cert, key: key.export({ type: 'pkcs8', format: 'pem' }) }, (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    listener(request, response);
  });
  let connections = 0;
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pin = (fingerprint ?? ((own) => own))(new X509Certificate(cert).fingerprint256);
  const door = new StationDoor({ kind: 'station', url, token, ...(pin !== undefined && { fingerprint: pin }) });
  onTestFinished(() => {
    door.close();
    server.closeAllConnections();
    server.close();
  });
  return { door, url, seen, connections: () => connections };
}

const get = { method: 'GET', path: '/api/state' } as const;

test('A door whose certificate was told is asked over one connection, with the token', async () => {
  const { door, seen, connections } = await open((_request, response) => void response.end('hello'));
  expect(await door.ask(get)).toMatchObject({ status: 200, body: 'hello', location: null });
  const { askedAtMs, answeredAtMs } = await door.ask(get);
  expect(answeredAtMs).toBeGreaterThanOrEqual(askedAtMs);
  expect(seen).toEqual(Array(2).fill(`GET /api/state Bearer ${token}`));
  expect(connections()).toBe(1);
});

test.each([
  ['another certificate', () => '00'.repeat(32), 'not_trusted'],
  ['a certificate that this machine does not trust', () => undefined, 'not_trusted'],
])('Nothing is said to who shows %s, the token least of all', async (_what, fingerprint, reason) => {
  const { door, url, seen, connections } = await open((_request, response) => void response.end(), fingerprint);
  const error: unknown = await door.ask(get).catch((error: unknown) => error);
  expect(faultOf(error, url)).toMatchObject({ reason });
  expect(connections()).toBe(1);
  expect(seen).toEqual([]);
});

test('A redirection is not followed', async () => {
  const { door, url, seen } = await open((_request, response) => {
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  const { status } = await door.ask(get);
  expect(refusal(status, { url, hasToken: true }).fault).toMatchObject({ reason: 'bad_output' });
  expect(seen).toHaveLength(1);
});

test('An answer without end is cut off', async () => {
  const { door, url } = await open((_request, response) => {
    const write = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
    };
    response.on('drain', write);
    write();
  });
  const error: unknown = await door.ask(get).catch((error: unknown) => error);
  expect(error).toEqual(new Error('The answer is too long.'));
  expect(faultOf(error, url)).toMatchObject({ reason: 'unreachable' });
});

test('An answer that does not come is not waited for', async () => {
  const { door, url } = await open(() => undefined);
  const error: unknown = await door.ask({ ...get, timeoutMs: 200 }).catch((error: unknown) => error);
  expect(faultOf(error, url)).toMatchObject({ reason: 'unreachable' });
});

test('A handshake that does not end is not waited for', async () => {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const door = new StationDoor({ kind: 'station', url, token, fingerprint: 'AB'.repeat(32) });
  const connection = once(server, 'connection') as Promise<[Socket]>;
  const error: unknown = await door.ask({ ...get, timeoutMs: 200 }).catch((error: unknown) => error);
  expect(faultOf(error, url)).toMatchObject({ reason: 'unreachable' });
  const [socket] = await connection;
  const closed = once(
    socket.resume().on('error', () => undefined),
    'close',
  );
  door.close();
  await closed;
  server.close();
});

test.each(['', 'null', '{"timeMs":1}', '<html>', JSON.stringify({ timeMs: 'x', station: {}, streams: [] })])(
  'The state %s is no station’s',
  (body) => {
    expect(readStation({ status: 200, body, location: null, askedAtMs: 0, answeredAtMs: 1 })).toBeNull();
  },
);

test('A station says how far its clock is ahead, and its words are cut short', () => {
  const fault = { detail: `broken\n${'!'.repeat(500)}` };
  const stream = { id: 'a', sourceKind: 'url', pixelSizeUm: null, detector: null, status: { kind: 'offline', fault } };
  const body = JSON.stringify({ timeMs: 5_000, station: { name: 'Room 2', runId: 'r' }, streams: [stream] });
  const station = readStation({ status: 200, body, location: null, askedAtMs: 1_000, answeredAtMs: 1_200 });
  expect(station).toMatchObject({ name: 'Room 2', clockAheadMs: 3_900, clockDoubtMs: 100 });
  expect(station?.streams[0]?.awayBecause).toMatch(/^broken !{193}$/);
});
