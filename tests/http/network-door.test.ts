import { hostname } from 'node:os';
import Fastify from 'fastify';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { networkHosts } from '../../src/main/access/addresses.ts';
import { GuestLink } from '../../src/main/access/guest-link.ts';
import { checkRights } from '../../src/main/http/access.ts';
import { openStateEvents } from '../../src/main/http/events.ts';
import { routesOf } from '../../src/main/http/routes.ts';
import type { StationApi } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import type { StationState } from '../../src/shared/state.ts';
import { fakeStation, sampleSession, sampleState } from '../contract/fake-station.ts';
import { call, connectTo, problemIn, receiveAll, type Answer } from './door.ts';
import { audience, machineHeader, openNetworkDoor, secret, usualWish, type NetworkDoor } from './network-door.ts';

const exchange = (key: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) => ({
  method: 'POST',
  path: '/api/access/guest',
  headers,
  body: JSON.stringify({ key }),
});

async function tokenOf({ door, link }: NetworkDoor): Promise<string> {
  const answer = await call(door, exchange(link.key));
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.text) as { token: string }).token;
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** Every method of every URL, with a body and type that the door takes. */
async function everyRoute(): Promise<readonly { method: string; url: string; right: string; accepts?: string }[]> {
  const station = fakeStation();
  const { guard } = await openNetworkDoor();
  const routes = routesOf(station, openStateEvents(station, pino({ level: 'silent' })), guard);
  const heads = routes.filter(({ method, hasHead }) => method === 'GET' && hasHead !== false);
  return [...routes, ...heads.map((route) => ({ ...route, method: 'HEAD' }))];
}

const requestOf = ({ method, url, accepts }: { method: string; url: string; accepts?: string }) => ({
  method,
  path: url.replace(/:\w+/g, 'some-id'),
  headers: accepts === undefined ? {} : { 'content-type': accepts },
  ...(accepts !== undefined && { body: '{}' }),
});

const sign = (payload: Record<string, unknown>, alg = 'HS256', key = secret): Promise<string> =>
  new SignJWT(payload).setProtectedHeader({ alg }).sign(key);

const ofOperators = ['set_up', 'read_log', 'see_present', 'publish'];
const ofAdmins = ['change_settings', 'manage_access'];

describe('the door for guests', () => {
  it('takes no token from an address or a cookie', async () => {
    const opened = await openNetworkDoor();
    const token = await tokenOf(opened);
    for (const name of ['token', 'access_token', 'jwt', 'authorization', 'key']) {
      expect((await call(opened.door, { path: `/api/state?${name}=${token}` })).status).toBe(401);
    }
    expect((await call(opened.door, { path: '/api/state', headers: { cookie: `token=${token}` } })).status).toBe(401);
  });

  it('tells what is wrong with the station to whoever may read its log, and to nobody else', async () => {
    const notices = [{ code: 'bad_configuration', detail: 'station.json:3: "port" must be a number' }] as const;
    const opened = await openNetworkDoor(fakeStation({ state: () => ({ ...sampleState(), notices }) }));
    const told = async (headers: Record<string, string>): Promise<unknown> => {
      const { text } = await call(opened.door, { path: '/api/state', headers });
      return (JSON.parse(text) as StationState).notices;
    };
    expect(await told(bearer(await tokenOf(opened)))).toEqual([]);
    expect(await told(machineHeader(opened, 'viewer'))).toEqual([]);
    expect(await told(machineHeader(opened, 'operator'))).toEqual(notices);
    expect(await told(machineHeader(opened, 'operator', ['bench']))).toEqual(notices);
  });

  it('tells strangers the same of what is there, what is not, and what can not be asked so', async () => {
    const { door } = await openNetworkDoor(fakeStation());
    const whep = { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: 'v=0' };
    const answers = await Promise.all([
      call(door, { ...whep, path: '/whep/bench' }),
      call(door, { ...whep, path: '/whep/missing' }),
      call(door, { ...whep, path: '/whep/bench', headers: {} }),
      call(door, { ...whep, path: '/whep/bench', body: 'a'.repeat(131_073) }),
      call(door, { method: 'DELETE', path: `/whep/sessions/${sampleSession.viewerId}` }),
      call(door, { method: 'PUT', path: '/api/state' }),
      call(door, { path: '/nothing' }),
    ]);
    const plain = ({ status, text, headers }: Answer) => ({ status, text, type: headers['content-type'] });
    expect(new Set(answers.map((answer) => JSON.stringify(plain(answer)))).size).toBe(1);
    expect(answers.map(problemIn)[0]).toMatchObject({ status: 401, code: 'sign_in_needed' });
  });

  it('lets everybody have the page and the sign of life', async () => {
    const { door } = await openNetworkDoor();
    expect((await call(door, { path: '/healthz' })).text).toBe('ok');
    expect(problemIn(await call(door, { path: '/' })).code).toBe('page_not_built');
  });

  it.each<[string, (opened: NetworkDoor) => Promise<Record<string, string>> | Record<string, string>, string[]]>([
    ['a guest', async (o) => bearer(await tokenOf(o)), [...ofOperators, ...ofAdmins]],
    ['a viewer', (o) => machineHeader(o, 'viewer'), [...ofOperators, ...ofAdmins]],
    ['an operator', (o) => machineHeader(o, 'operator'), ofAdmins],
    ['an admin', (o) => machineHeader(o, 'admin'), []],
  ])('lets %s do what the role may, at every URL, and nothing else', async (_who, headersFor, forbidden) => {
    const opened = await openNetworkDoor();
    const headers = await headersFor(opened);
    const [refused, expected]: string[][] = [[], []];
    for (const route of await everyRoute()) {
      // An answer without an end.
      if (route.url === '/api/events') continue;
      const request = requestOf(route);
      const { status } = await call(opened.door, { ...request, headers: { ...request.headers, ...headers } });
      if (route.right !== 'public' && (status === 401 || status === 403)) {
        refused?.push(`${status} ${route.method} ${route.url}`);
      }
      if (forbidden.includes(route.right)) expected?.push(`403 ${route.method} ${route.url}`);
    }
    expect(refused).toEqual(expected);
    const state = await call(opened.door, { path: '/api/state', headers });
    expect(JSON.parse(state.text)).toEqual(sampleState());
  });

  it('opens no route that does not say what it needs', async () => {
    const opened = await openNetworkDoor();
    const headers = machineHeader(opened, 'admin');
    const app = Fastify();
    checkRights(app, opened.guard.access);
    const handler = vi.fn(() => 'shown');
    app.get('/forgotten', handler);
    app.get('/watched', { config: { right: 'watch' } }, handler);
    expect((await app.inject({ path: '/watched', headers })).body).toBe('shown');
    expect((await app.inject({ path: '/forgotten', headers })).body).toContain('That is more than your access allows.');
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('gives a guest’s sessions the addresses of the network, whoever offers', async () => {
    const watch = vi.fn<StationApi['watch']>().mockResolvedValue(sampleSession);
    const offerViewer = vi.fn<StationApi['offerViewer']>(() => Promise.reject(StationError.stationFull(1)));
    const opened = await openNetworkDoor(fakeStation({ watch, offerViewer }));
    const headers = bearer(await tokenOf(opened));
    const whep = { method: 'POST', path: '/whep/bench', body: 'v=0' };
    await call(opened.door, { ...whep, headers: { ...headers, 'content-type': 'application/sdp' } });
    expect(watch).toHaveBeenCalledExactlyOnceWith('bench', 'v=0', 'network');
    const offer = { method: 'POST', path: '/api/streams/bench/viewers', body: '{}' };
    await call(opened.door, { ...offer, headers: { ...headers, 'content-type': 'application/json' } });
    expect(offerViewer).toHaveBeenCalledExactlyOnceWith('bench', undefined, 'network');
  });

  it('tells those who listen that the link has ended, when it closes', async () => {
    const opened = await openNetworkDoor();
    const token = await tokenOf(opened);
    const socket = await connectTo(opened.door);
    socket.write(
      `GET /api/events HTTP/1.1\r\nHost: ${new URL(opened.door.url).host}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    const first = new Promise((resolve) => socket.once('data', resolve));
    const all = receiveAll(socket);
    await first;
    await opened.door.close();
    expect(await all).toContain('event: ended\ndata: {}\n\n');
  });
});

describe('a guest key', () => {
  it('is exchanged for a token of at most a quarter of an hour', async () => {
    const opened = await openNetworkDoor();
    const { status, headers, text } = await call(opened.door, exchange(opened.link.key));
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    const { token, expiresInMs } = JSON.parse(text) as { token: string; expiresInMs: number };
    expect(expiresInMs).toBe(15 * 60_000);
    const [, payload = ''] = token.split('.');
    const { iat, exp, aud, iss } = JSON.parse(atob(payload)) as Record<string, number | string>;
    expect(Number(exp) - Number(iat)).toBe(15 * 60);
    expect([iss, aud]).toEqual(['eyepiece', audience]);
  });

  it.each([
    ['another key', exchange(new GuestLink(usualWish).key), 401, 'sign_in_needed'],
    ['no key', exchange(undefined), 400, 'bad_request'],
    ['an empty key', exchange(''), 400, 'bad_request'],
    ['a number', exchange(1), 400, 'bad_request'],
    ['a key as long as a book', exchange('a'.repeat(100_000)), 400, 'bad_request'],
    ['a body that is no JSON', { ...exchange(''), body: '{' }, 400, 'bad_request'],
    ['more than a key', { ...exchange(''), body: '{"key":"a","role":"owner"}' }, 400, 'bad_request'],
    ['a form', exchange('a', { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'wrong_type'],
    [
      'a page of another origin',
      exchange('a', { 'content-type': 'application/json', origin: 'http://evil.example' }),
      403,
      'origin_denied',
    ],
  ])('is refused: %s', async (_what, request, status, code) => {
    const { door } = await openNetworkDoor();
    const answer = await call(door, request);
    expect(problemIn(answer)).toMatchObject({ status, code });
  });

  it('is no longer taken when its link has ended, and is told the same as a wrong one', async () => {
    const opened = await openNetworkDoor();
    const wrong = await call(opened.door, exchange('wrong'));
    const token = await tokenOf(opened);
    const inTime = vi.spyOn(Date, 'now').mockReturnValue(opened.link.expiresAtMs);
    const ended = await call(opened.door, exchange(opened.link.key));
    const state = await call(opened.door, { path: '/api/state', headers: bearer(token) });
    inTime.mockRestore();
    expect(problemIn(ended)).toEqual(problemIn(wrong));
    expect(state.status).toBe(401);
  });

  it('can’t be tried out: after ten wrong ones in a minute the others wait, and the right one does not', async () => {
    const opened = await openNetworkDoor();
    for (let tries = 0; tries < 10; tries++) expect((await call(opened.door, exchange('wrong'))).status).toBe(401);
    const answer = await call(opened.door, exchange('wrong'));
    expect(problemIn(answer)).toMatchObject({ status: 429, code: 'too_many_tries' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
    await tokenOf(opened);
  });
});

describe('the names of the door for guests', () => {
  it('are those of the machine', async () => {
    const { door } = await openNetworkDoor();
    const hosts = [
      '127.0.0.1',
      'localhost',
      '[::1]',
      hostname(),
      `${hostname().toUpperCase()}.local`,
      ...networkHosts(),
    ];
    for (const host of hosts) {
      const { status } = await call(door, { path: '/healthz', headers: { host: `${host}:${door.port}` } });
      expect([host, status]).toEqual([host, 200]);
    }
  });

  it.each([
    ['any other name', (port: number) => `rebound.example:${port}`],
    ['an address that is another machine’s', (port: number) => `203.0.113.9:${port}`],
    ['another port', () => '127.0.0.1:1'],
    ['no port', () => '127.0.0.1'],
    ['a name that begins like one', (port: number) => `localhost.evil.example:${port}`],
  ])('are not %s', async (_what, hostOn) => {
    const { door } = await openNetworkDoor();
    const { status } = await call(door, { path: '/healthz', headers: { host: hostOn(door.port) } });
    expect(status).toBe(421);
  });

  it('make a page of the same origin only', async () => {
    const { door } = await openNetworkDoor();
    const host = `localhost:${door.port}`;
    const statusOf = async (origin: string): Promise<number> =>
      (await call(door, { path: '/healthz', headers: { host, origin } })).status;
    expect(await statusOf(`http://${host}`)).toBe(200);
    expect(await statusOf(`http://127.0.0.1:${door.port}`)).toBe(403);
    expect(await statusOf('http://localhost:8080')).toBe(403);
    expect(await statusOf('null')).toBe(403);
  });
});

it('No line of the log holds a key or a token', async () => {
  let logged = '';
  const log = pino({ level: 'trace' }, { write: (line: string) => (logged += line) });
  const opened = await openNetworkDoor(fakeStation({ cameras: () => Promise.reject(new Error('broken')) }), log);
  const token = await tokenOf(opened);
  const forged = await sign({ sub: 'nobody' });
  for (let tries = 0; tries < 12; tries++) await call(opened.door, exchange(`wrong-key-${tries}`));
  await call(opened.door, { path: `/api/state?token=${token}`, headers: bearer(forged) });
  await call(opened.door, { path: `/${opened.link.key}`, headers: bearer(token) });
  await call(opened.door, { path: '/api/cameras', headers: bearer(token) });
  expect(logged).toContain('one wrong guest key after another');
  for (const secretText of [opened.link.key, token, token.split('.')[2] ?? token, forged, 'wrong-key-']) {
    expect(logged).not.toContain(secretText);
  }
});
