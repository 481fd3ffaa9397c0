import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import type { NewUser } from '../../src/shared/access.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { call, connectTo, problemIn, receiveAll, type Answer } from './door.ts';
import { machineHeader, openNetworkDoor, type NetworkDoor } from './network-door.ts';

const password = 'a quiet microscope';
const anna: NewUser = { name: 'Anna', password, role: 'viewer', streams: 'all' };
const json = { 'content-type': 'application/json' };
const post = (path: string, body: unknown) => ({ method: 'POST', path, headers: json, body: JSON.stringify(body) });
const signIn = (name: string, typed: string) => post('/api/sign-in', { name, password: typed });

interface SignedIn {
  readonly token: string;
  readonly refreshToken: string;
  readonly headers: Record<string, string>;
}

async function signedIn({ door }: NetworkDoor, name = 'Anna', typed = password): Promise<SignedIn> {
  const answer = await call(door, signIn(name, typed));
  expect(answer.status).toBe(200);
  const { token, refreshToken } = JSON.parse(answer.text) as { token: string; refreshToken: string };
  return { token, refreshToken, headers: { authorization: `Bearer ${token}` } };
}

const statusOf = async ({ door }: NetworkDoor, headers: Record<string, string>): Promise<number> =>
  (await call(door, { path: '/api/state', headers })).status;

/** What a stranger can tell of an answer. */
const seen = ({ status, text, headers }: Answer) => ({ status, text, names: Object.keys(headers).sort() });

describe('A name with its password', () => {
  it('lets somebody in for a quarter of an hour, and is told to no cookie', async () => {
    const opened = await openNetworkDoor();
    await opened.file.users.add(anna);
    const answer = await call(opened.door, signIn('anna', password));
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['cache-control']).toBe('no-store');
    const { token, expiresInMs } = JSON.parse(answer.text) as { token: string; expiresInMs: number };
    expect(expiresInMs).toBe(15 * 60_000);
    const headers = { authorization: `Bearer ${token}` };
    expect(await statusOf(opened, headers)).toBe(200);
    const me = await call(opened.door, { path: '/api/me', headers });
    expect(JSON.parse(me.text)).toEqual({
      kind: 'user',
      name: 'Anna',
      role: 'viewer',
      rights: ['watch', 'call', 'use_directory'],
      streams: 'all',
    });
  });

  it('is refused the same way whatever is wrong: the password, the name, or that the user is disabled', async () => {
    const opened = await openNetworkDoor();
    await opened.file.users.add(anna);
    const { id } = await opened.file.users.add({ ...anna, name: 'Berta' });
    await opened.file.users.change(id, { isDisabled: true });
    const answers = [];
    for (const request of [signIn('Anna', 'wrong'), signIn('Nobody', password), signIn('Berta', password)]) {
      answers.push(await call(opened.door, request));
    }
    expect(answers.map(problemIn)[0]).toMatchObject({ status: 401, code: 'sign_in_refused' });
    expect(new Set(answers.map((answer) => JSON.stringify(seen(answer)))).size).toBe(1);
  });

  it('costs the station as much when nobody has that name', async () => {
    const { file } = await openNetworkDoor();
    await file.users.add(anna);
    const cpuOf = async (name: string): Promise<number> => {
      const before = process.cpuUsage();
      await file.users.check(name, 'wrong');
      const { user } = process.cpuUsage(before);
      return user;
    };
    // A hash costs a hundred times what a look into the file does, so that a factor of four tells the two apart on any machine.
    expect(await cpuOf('Nobody')).toBeGreaterThan((await cpuOf('Anna')) / 4);
  });

  it.each([
    ['no JSON', { ...signIn('', ''), body: '{' }, 400, 'bad_request'],
    ['no password', post('/api/sign-in', { name: 'Anna' }), 400, 'bad_request'],
    ['a password as long as a book', signIn('Anna', 'a'.repeat(100_000)), 400, 'bad_request'],
    ['a body of a megabyte', signIn('Anna', 'a'.repeat(1_000_000)), 413, 'too_large'],
    ['more than name and password', post('/api/sign-in', { name: 'a', password, role: 'admin' }), 400, 'bad_request'],
    [
      'a form',
      { ...signIn('Anna', password), headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'wrong_type',
    ],
    [
      'a page of another origin',
      { ...signIn('Anna', password), headers: { ...json, origin: 'http://evil.example' } },
      403,
      'origin_denied',
    ],
  ])('is refused: %s', async (_what, request, status, code) => {
    const { door } = await openNetworkDoor();
    expect(problemIn(await call(door, request))).toMatchObject({ status, code });
  });

  it('can’t be tried out: after ten tries in a minute the next one waits, whoever is meant', async () => {
    const opened = await openNetworkDoor();
    // Without a hash each, which is not what is looked at here.
    const check = vi.spyOn(opened.file.users, 'check').mockResolvedValue(null);
    for (let tries = 0; tries < 10; tries++) {
      expect((await call(opened.door, signIn(`name ${tries}`, 'wrong'))).status).toBe(401);
    }
    const answer = await call(opened.door, signIn('another', 'wrong'));
    expect(problemIn(answer)).toMatchObject({ status: 429, code: 'too_many_tries' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(check).toHaveBeenCalledTimes(10);
  });

  it('can’t be tried out from many addresses either', async () => {
    const { guard, file } = await openNetworkDoor();
    const check = vi.spyOn(file.users, 'check').mockResolvedValue(null);
    for (let tries = 0; tries < 10; tries++) {
      expect(await guard.access.signIn('Anna', 'wrong', `192.0.2.${tries}`)).toBeNull();
    }
    expect(await guard.access.signIn(' ANNA', 'wrong', '192.0.2.99')).toEqual({ waitMs: expect.any(Number) as number });
    expect(await guard.access.signIn('Berta', 'wrong', '192.0.2.99')).toBeNull();
    expect(check).toHaveBeenCalledTimes(11);
  });

  it('can’t be tried out from the many addresses that one machine has in IPv6', async () => {
    const { guard, file } = await openNetworkDoor();
    vi.spyOn(file.users, 'check').mockResolvedValue(null);
    const answers = [];
    for (let tries = 0; tries < 11; tries++) {
      answers.push(await guard.access.signIn(`name ${tries}`, 'wrong', `2001:db8:1:2:${tries}::1`));
    }
    expect(answers.filter((answer) => answer === null)).toHaveLength(10);
    expect(answers[10]).toMatchObject({ waitMs: expect.any(Number) as number });
  });

  it('is taken as often as it is right', async () => {
    const { guard, file } = await openNetworkDoor();
    const user = await file.users.add(anna);
    vi.spyOn(file.users, 'check').mockResolvedValue(user);
    for (let times = 0; times < 12; times++) {
      expect(await guard.access.signIn('Anna', password, '192.0.2.1')).toHaveProperty('token');
    }
  });
});

describe('A sign-in', () => {
  it('goes on with another token, until signing out', async () => {
    const opened = await openNetworkDoor();
    await opened.file.users.add(anna);
    const { refreshToken, headers } = await signedIn(opened);
    const refreshed = await call(opened.door, post('/api/sign-in/refresh', { refreshToken }));
    const { token } = JSON.parse(refreshed.text) as { token: string };
    expect(await statusOf(opened, { authorization: `Bearer ${token}` })).toBe(200);
    expect((await call(opened.door, post('/api/sign-out', { refreshToken }))).status).toBe(204);
    expect((await call(opened.door, post('/api/sign-out', { refreshToken }))).status).toBe(204);
    expect(await statusOf(opened, headers)).toBe(401);
    expect(await statusOf(opened, { authorization: `Bearer ${token}` })).toBe(401);
    const again = await call(opened.door, post('/api/sign-in/refresh', { refreshToken }));
    expect(problemIn(again)).toMatchObject({ status: 401, code: 'sign_in_needed' });
  });

  it.each([
    [
      'a refresh token is no access token',
      ({ refreshToken }: SignedIn) => ({ authorization: `Bearer ${refreshToken}` }),
    ],
    ['in an address it is nothing', () => ({})],
  ])('is proven by its access token only: %s', async (_what, headersOf) => {
    const opened = await openNetworkDoor();
    await opened.file.users.add(anna);
    const session = await signedIn(opened);
    const path = `/api/state?access_token=${session.token}`;
    expect((await call(opened.door, { path, headers: headersOf(session) })).status).toBe(401);
  });

  it('has the rights of the user at this moment, not those of its beginning', async () => {
    const opened = await openNetworkDoor();
    const { id } = await opened.file.users.add({ ...anna, role: 'admin' });
    const { headers } = await signedIn(opened);
    const users = () => call(opened.door, { path: '/api/users', headers });
    expect((await users()).status).toBe(200);
    await opened.file.users.change(id, { role: 'operator' });
    expect((await users()).status).toBe(403);
    await opened.file.users.change(id, { isDisabled: true });
    expect((await users()).status).toBe(401);
  });

  it('takes the state away from whoever still listens when it ends', async () => {
    const opened = await openNetworkDoor();
    await opened.file.users.add(anna);
    const { refreshToken, token } = await signedIn(opened);
    const socket = await connectTo(opened.door);
    const { host } = new URL(opened.door.url);
    socket.write(`GET /api/events HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    const rest = receiveAll(socket);
    await call(opened.door, post('/api/sign-out', { refreshToken }));
    // The door closes the connection by itself.
    await rest;
  });
});

describe('A machine token', () => {
  it('lets a program in as it is, with its role', async () => {
    const opened = await openNetworkDoor();
    const headers = machineHeader(opened, 'operator');
    expect(await statusOf(opened, headers)).toBe(200);
    expect((await call(opened.door, { path: '/metrics', headers })).status).toBe(200);
    expect((await call(opened.door, { path: '/api/users', headers })).status).toBe(403);
  });

  it('lets nobody in who changes a letter of it, nor after it was removed', async () => {
    const opened = await openNetworkDoor();
    const { authorization = '' } = machineHeader(opened, 'viewer');
    const last = authorization.at(-1) === 'A' ? 'B' : 'A';
    expect(await statusOf(opened, { authorization: authorization.slice(0, -1) + last })).toBe(401);
    expect(await statusOf(opened, { authorization: 'Bearer eym_' })).toBe(401);
    expect(opened.file.machineTokens.remove(1)).toBe(true);
    expect(await statusOf(opened, { authorization })).toBe(401);
  });
});

it('No line of the log holds a password or a token', async () => {
  let logged = '';
  const log = pino({ level: 'trace' }, { write: (line: string) => (logged += line) });
  const opened = await openNetworkDoor(fakeStation({ cameras: () => Promise.reject(new Error('broken')) }), log);
  await opened.guard.admin.addUser({ ...anna, role: 'admin' });
  const { token, refreshToken, headers } = await signedIn(opened);
  await call(opened.door, signIn('Anna', 'a wrong password'));
  await call(opened.door, { path: `/${token}/${refreshToken}`, headers });
  await call(opened.door, { path: '/api/cameras', headers });
  const made = opened.guard.admin.addMachineToken({
    name: 'recorder',
    role: 'viewer',
    streams: 'all',
    expiresInDays: 1,
  });
  await opened.guard.admin.changeUser(1, { password: 'another secret' });
  expect(logged).toContain('wrong name or password');
  expect(logged).toContain('A user was changed.');
  for (const secret of [password, 'a wrong password', 'another secret', token, refreshToken, made.token]) {
    expect(logged).not.toContain(secret);
  }
});
