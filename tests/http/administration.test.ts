import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openStateEvents } from '../../src/main/http/events.ts';
import { routesOf } from '../../src/main/http/routes.ts';
import type { MachineToken, User } from '../../src/shared/access.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { call, problemIn, type Answer } from './door.ts';
import { machineHeader, openNetworkDoor, type NetworkDoor } from './network-door.ts';

const json = { 'content-type': 'application/json' };
const anna = { name: 'Anna', password: 'a quiet microscope', role: 'viewer' };
const recorder = { name: 'recorder', role: 'viewer', expiresInDays: 30 };

/** A door with somebody who may do everything. */
async function administrated() {
  const opened = await openNetworkDoor();
  const headers = machineHeader(opened, 'admin');
  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(opened.door, {
      method,
      path,
      headers: { ...headers, ...(body !== undefined && json) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return { ...opened, headers, ask };
}

describe('Users', () => {
  it('are added, listed, changed and removed, and nobody is told a password', async () => {
    const { ask } = await administrated();
    const added = await ask('POST', '/api/users', anna);
    expect(added.status).toBe(201);
    const user = JSON.parse(added.text) as User;
    expect(user).toEqual({
      id: expect.any(Number) as number,
      name: 'Anna',
      role: 'viewer',
      streams: 'all',
      isDisabled: false,
      createdAtMs: expect.any(Number) as number,
    });
    const changed = await ask('PATCH', `/api/users/${user.id}`, { streams: ['bench'], role: 'operator' });
    expect(JSON.parse(changed.text)).toEqual({ ...user, streams: ['bench'], role: 'operator' });
    expect(JSON.parse((await ask('GET', '/api/users')).text)).toEqual([JSON.parse(changed.text)]);
    expect((await ask('DELETE', `/api/users/${user.id}`)).status).toBe(204);
    expect((await ask('DELETE', `/api/users/${user.id}`)).status).toBe(404);
    expect(JSON.parse((await ask('GET', '/api/users')).text)).toEqual([]);
  });

  it('have one name each', async () => {
    const { ask } = await administrated();
    await ask('POST', '/api/users', anna);
    expect(problemIn(await ask('POST', '/api/users', { ...anna, name: 'ANNA' }))).toEqual({
      status: 400,
      code: 'bad_setting',
      title: 'There is a user of that name already.',
    });
  });

  it.each<[string, unknown, string]>([
    ['a short password', { ...anna, password: 'short' }, '"password" must be at least 10 characters long'],
    ['no password', { name: 'Anna', role: 'viewer' }, '"password" is missing'],
    ['a role that is none', { ...anna, role: '<marker>' }, '"role" must be one of viewer, operator, admin'],
    ['streams that are none', { ...anna, streams: '<marker>' }, '"streams" must be "all" or a list of ids of streams'],
    ['a key that nobody knows', { ...anna, '<marker>': 1 }, 'it has a key that is not known'],
    ['an array', [anna], '"name" is missing'],
    ['null', null, 'it must be a JSON object'],
  ])('are not made of %s', async (_what, body, told) => {
    const { ask, file } = await administrated();
    const answer = await ask('POST', '/api/users', body);
    expect(problemIn(answer)).toMatchObject({ status: 400, code: 'bad_setting' });
    expect(problemIn(answer).title).toBe(`That is refused: ${told}.`);
    expect(file.users.list()).toEqual([]);
  });

  it.each([
    ['PATCH', '/api/users/7', {}],
    ['PATCH', '/api/users/me', {}],
    ['DELETE', '/api/users/-1', undefined],
    ['DELETE', '/api/machine-tokens/9999999999999999', undefined],
    ['DELETE', '/api/attendance/present/7', undefined],
  ])('that are not there are said to be so: %s %s', async (method, path, body) => {
    const { ask } = await administrated();
    expect(problemIn(await ask(method, path, body))).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('are not read from a body that is no JSON', async () => {
    const { ask } = await administrated();
    expect(problemIn(await ask('POST', '/api/users', '{"name":'))).toMatchObject({ status: 400, code: 'not_json' });
  });
});

describe('Machine tokens', () => {
  it('are told once, and let in until they are removed', async () => {
    const { ask, door } = await administrated();
    const added = await ask('POST', '/api/machine-tokens', recorder);
    expect(added.status).toBe(201);
    const { token, ...kept } = JSON.parse(added.text) as MachineToken & { readonly token: string };
    expect(kept.expiresAtMs - kept.createdAtMs).toBe(30 * 86_400_000);
    const listed = JSON.parse((await ask('GET', '/api/machine-tokens')).text) as MachineToken[];
    expect(listed).toContainEqual(kept);
    expect(JSON.stringify(listed)).not.toContain(token);
    const status = async (): Promise<number> =>
      (await call(door, { path: '/api/me', headers: { authorization: `Bearer ${token}` } })).status;
    expect(await status()).toBe(200);
    expect((await ask('DELETE', `/api/machine-tokens/${kept.id}`)).status).toBe(204);
    expect(await status()).toBe(401);
  });

  it.each([
    [{ ...recorder, expiresInDays: 0 }, '"expiresInDays" must be at least 1'],
    [{ ...recorder, expiresInDays: 1_000 }, '"expiresInDays" must be at most 366'],
    [{ name: 'recorder', role: 'viewer' }, '"expiresInDays" is missing'],
  ])('end in time: %j is refused', async (body, told) => {
    const { ask } = await administrated();
    expect(problemIn(await ask('POST', '/api/machine-tokens', body)).title).toBe(`That is refused: ${told}.`);
  });
});

describe('The attendance record', () => {
  const begin = ({ file }: NetworkDoor, name: string): number =>
    file.attendance.begin({ kind: 'user', name, streamId: 'bench', address: '192.0.2.7' });

  it('is exported as a table in which no name can become a formula', async () => {
    const opened = await administrated();
    const names = ['Anna', '=HYPERLINK("http://evil.example")', '+1', '-1', '@SUM(A1)', 'a "quoted", name'];
    for (const name of names) opened.file.attendance.end(begin(opened, name));
    const { text, headers, status } = await opened.ask('GET', '/api/attendance.csv');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/csv;/);
    expect(headers['content-disposition']).toBe('attachment; filename="attendance.csv"');
    const lines = text.split('\r\n');
    expect(lines[0]).toBe('"from","until","present","kind","name","stream","address"');
    expect(lines).toHaveLength(names.length + 2);
    const named = lines.slice(1, -1).map((line) => /"user",(.*),"bench","192\.0\.2\.7"$/.exec(line)?.[1]);
    expect(named.reverse()).toEqual([
      '"Anna"',
      `"'=HYPERLINK(""http://evil.example"")"`,
      `"'+1"`,
      `"'-1"`,
      `"'@SUM(A1)"`,
      '"a ""quoted"", name"',
    ]);
    expect(lines[1]).toMatch(/^"\d{4}-\d\d-\d\dT[\d:.]+Z","\d{4}-\d\d-\d\dT[\d:.]+Z","no",/);
  });

  it('is read for a span of time', async () => {
    const opened = await administrated();
    opened.file.attendance.end(begin(opened, 'Anna'));
    const now = Date.now();
    const rowsOf = async (query: string): Promise<number> =>
      (JSON.parse((await opened.ask('GET', `/api/attendance${query}`)).text) as unknown[]).length;
    expect(await rowsOf('')).toBe(1);
    expect(await rowsOf(`?fromMs=${now - 60_000}&untilMs=${now + 60_000}`)).toBe(1);
    expect(await rowsOf(`?fromMs=${now + 60_000}`)).toBe(0);
    expect(await rowsOf(`?untilMs=${now - 60_000}`)).toBe(0);
    for (const query of ['?fromMs=yesterday', '?fromMs=-1', '?fromMs=1&fromMs=2', '?marker=1']) {
      const answer = await opened.ask('GET', `/api/attendance${query}`);
      expect(problemIn(answer)).toMatchObject({ status: 400, code: 'bad_query' });
      expect(answer.text).not.toContain('marker');
    }
  });
});

it('An admin who is limited to some streams can lift that limit by nobody new, and reads of nobody else', async () => {
  const opened = await openNetworkDoor();
  const headers = machineHeader(opened, 'admin', ['bench']);
  const ask = async (method: string, path: string, body?: object): Promise<number> => {
    const asked = {
      method,
      path,
      headers: { ...headers, ...(body && json) },
      ...(body && { body: JSON.stringify(body) }),
    };
    return (await call(opened.door, asked)).status;
  };
  const [token] = opened.file.machineTokens.list();
  expect(await ask('POST', '/api/users', { ...anna, role: 'admin' })).toBe(403);
  expect(await ask('POST', '/api/machine-tokens', { ...recorder, role: 'admin' })).toBe(403);
  expect(await ask('DELETE', `/api/machine-tokens/${token?.id ?? 0}`)).toBe(403);
  expect(await ask('GET', '/api/attendance')).toBe(403);
  expect(await ask('GET', '/api/attendance.csv')).toBe(403);
  expect(await ask('GET', '/api/attendance/present')).toBe(200);
  expect(opened.file.users.list()).toEqual([]);
});

it('Every URL that only the network’s door has answers an admin’s wrong method with 405 and the right ones', async () => {
  const opened = await openNetworkDoor();
  const headers = machineHeader(opened, 'admin');
  const events = openStateEvents(fakeStation(), pino({ level: 'silent' }));
  const others = routesOf(fakeStation(), events, null);
  const routes = routesOf(fakeStation(), events, opened.guard).slice(others.length);
  expect(routes.length).toBeGreaterThan(10);
  for (const { url } of routes) {
    const path = url.replace(/:\w+/g, 'some-id');
    const methods = routes.filter((route) => route.url === url).map(({ method }) => method);
    const method = methods.includes('PUT') ? 'PATCH' : 'PUT';
    const { status, headers: told } = await call(opened.door, { method, path, headers });
    expect([url, status]).toEqual([url, 405]);
    const allowed = (told.allow ?? '').split(', ').filter((name) => name !== 'HEAD');
    expect(allowed).toEqual(methods);
  }
});
