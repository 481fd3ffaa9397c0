import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openAccessFile, type AccessFile } from '../../src/main/access/access-file.ts';
import { newUserSchema } from '../../src/shared/access.ts';

const password = 'a quiet microscope';
const anna = { name: 'Anna', password, role: 'viewer', streams: 'all' } as const;

function openFile(): AccessFile & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'eyepiece-'));
  const file = openAccessFile(folder);
  onTestFinished(() => {
    file.close();
    rmSync(folder, { recursive: true });
  });
  return { ...file, folder };
}

describe('A user', () => {
  test('is known by name and password, however a keyboard composes them', async () => {
    const { users } = openFile();
    const added = await users.add({ ...anna, name: 'Zoë', password: 'Mikroskop für alle' });
    expect(await users.check(' zoë ', 'Mikroskop für alle'.normalize('NFD'))).toEqual(added);
    expect(await users.check('ZOË', 'Mikroskop für alle')).toEqual(added);
  });

  test('is not known by anything else', async () => {
    const { users } = openFile();
    const { id } = await users.add(anna);
    expect(await users.check('Anna', 'A quiet microscope')).toBeNull();
    expect(await users.check('Anne', password)).toBeNull();
    await users.change(id, { isDisabled: true });
    expect(await users.check('Anna', password)).toBeNull();
    await users.change(id, { isDisabled: false });
    expect(await users.check('Anna', password)).toMatchObject({ name: 'Anna' });
    expect(users.remove(id)).toBe(true);
    expect(await users.check('Anna', password)).toBeNull();
  });

  test('is not known by the password of before, also where that is being looked at while it is changed', async () => {
    const { users, folder } = openFile();
    await users.add(anna);
    const checking = users.check('Anna', password);
    const database = new DatabaseSync(join(folder, 'access.db'));
    database.exec(`UPDATE users SET password_json = json_set(password_json, '$.hash', 'another')`);
    database.close();
    expect(await checking).toBeNull();
  });

  test('has a name that nobody else has, whatever the letters look like', async () => {
    const { users } = openFile();
    await users.add(anna);
    for (const name of ['anna', 'ANNA', 'Ａｎｎａ']) {
      await expect(users.add({ ...anna, name })).rejects.toMatchObject({ reason: 'bad_setting' });
    }
    expect(users.list()).toHaveLength(1);
  });

  test('keeps what is not changed', async () => {
    const { users } = openFile();
    const { id } = await users.add({ ...anna, streams: ['bench'] });
    expect(await users.change(id, { role: 'operator' })).toMatchObject({ role: 'operator', streams: ['bench'] });
    expect(await users.change(id, { streams: 'all' })).toMatchObject({ role: 'operator', streams: 'all' });
    expect(await users.change(id + 1, { role: 'admin' })).toBeNull();
  });

  test.each([{ password: 'another password' }, { isDisabled: true }])(
    'has to sign in again after %j',
    async (change) => {
      const { users, signIns } = openFile();
      const { refreshToken, id } = signIns.open(await users.add(anna));
      expect(signIns.standing(id)).toMatchObject({ name: 'Anna', role: 'viewer' });
      await users.change(1, change);
      expect(signIns.find(refreshToken)).toBeNull();
      expect(signIns.standing(id)).toBeNull();
    },
  );

  test.each([
    ['a short password', { password: 'too short' }],
    ['an endless password', { password: 'a'.repeat(257) }],
    ['no name', { name: '  ' }],
    ['a name of two lines', { name: 'An\nna' }],
    ['a name that is written backwards', { name: 'Anna\u202e' }],
    ['a role that is none', { role: 'owner' }],
    ['a key that nobody knows', { isAdmin: true }],
  ])('can’t be made with %s', (_what, change) => {
    expect(v.is(newUserSchema, anna)).toBe(true);
    expect(v.is(newUserSchema, { ...anna, ...change })).toBe(false);
  });
});

describe('What is kept', () => {
  test('tells nobody a password or a token', async () => {
    const { users, signIns, machineTokens, folder } = openFile();
    const { refreshToken } = signIns.open(await users.add(anna));
    const { token } = machineTokens.add({ name: 'recorder', role: 'viewer', streams: 'all', expiresInDays: 1 });
    const kept = ['access.db', 'access.db-wal'].map((name) => readFileSync(join(folder, name), 'latin1')).join();
    expect(kept).toContain('recorder');
    for (const secret of [password, refreshToken, refreshToken.slice(4), token, token.slice(4)]) {
      expect(kept).not.toContain(secret);
    }
  });

  test('ends in time: a sign-in after twelve hours, a machine token when it was to expire', async () => {
    const { users, signIns, machineTokens } = openFile();
    const { refreshToken, id } = signIns.open(await users.add(anna));
    const machine = machineTokens.add({ name: 'recorder', role: 'viewer', streams: 'all', expiresInDays: 2 });
    const startedAtMs = Date.now();
    const now = vi.spyOn(Date, 'now');
    onTestFinished(() => now.mockRestore());
    now.mockReturnValue(startedAtMs + 11 * 3_600_000);
    expect(signIns.find(refreshToken)).not.toBeNull();
    now.mockReturnValue(startedAtMs + 13 * 3_600_000);
    expect(signIns.find(refreshToken)).toBeNull();
    expect(signIns.standing(id)).toBeNull();
    expect(machineTokens.find(machine.token)).not.toBeNull();
    now.mockReturnValue(startedAtMs + 49 * 3_600_000);
    expect(machineTokens.find(machine.token)).toBeNull();
    // It is listed, so that somebody sees why a program is refused.
    expect(machineTokens.list()).toHaveLength(1);
  });

  test('does not grow with every sign-in: those that have ended go, while the station runs', async () => {
    const { users, signIns, folder } = openFile();
    const user = await users.add(anna);
    for (let times = 0; times < 5; times++) signIns.open(user);
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 13 * 3_600_000);
    onTestFinished(() => now.mockRestore());
    signIns.open(user);
    const database = new DatabaseSync(join(folder, 'access.db'));
    onTestFinished(() => database.close());
    expect(database.prepare('SELECT count(*) AS count FROM sign_ins').get()).toEqual({ count: 1 });
  });
});
