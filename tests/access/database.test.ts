import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openAccessFile } from '../../src/main/access/access-file.ts';
import { migrations } from '../../src/main/access/migrations.ts';

const isWindows = process.platform === 'win32';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eyepiece-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const anna = { name: 'Anna', password: 'a quiet microscope', role: 'admin', streams: 'all' } as const;

test.skipIf(isWindows)('The file is for its owner only, and so is what SQLite puts beside it', async () => {
  const folder = join(newFolder(), 'not', 'there', 'yet');
  const file = openAccessFile(folder);
  await file.users.add(anna);
  for (const name of ['access.db', 'access.db-wal', 'access.db-shm']) {
    expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
  }
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  file.close();
});

test('What was written is there after a restart', async () => {
  const folder = newFolder();
  const first = openAccessFile(folder);
  const added = await first.users.add({ ...anna, streams: ['bench'] });
  const machine = first.machineTokens.add({ name: 'recorder', role: 'viewer', streams: 'all', expiresInDays: 1 });
  first.close();
  const second = openAccessFile(folder);
  expect(second.users.list()).toEqual([added]);
  expect(second.machineTokens.find(machine.token)).toMatchObject({ name: 'recorder' });
  expect(await second.users.check('Anna', anna.password)).toEqual(added);
  second.close();
});

test.each(migrations.map((_step, at) => at))(
  'A file of version %i is brought up to date and keeps what it holds',
  (version) => {
    const folder = newFolder();
    const older = new DatabaseSync(join(folder, 'access.db'));
    for (const step of migrations.slice(0, version)) older.exec(step);
    older.exec(`PRAGMA user_version = ${version}`);
    if (version > 0) {
      older.exec(`INSERT INTO users (name, name_key, password_json, role, streams_json, created_at_ms)
      VALUES ('Anna', 'anna', '{}', 'operator', '["bench"]', 1)`);
    }
    older.close();
    const file = openAccessFile(folder);
    expect(file.users.list()).toMatchObject(
      version > 0 ? [{ name: 'Anna', role: 'operator', streams: ['bench'] }] : [],
    );
    expect(file.machineTokens.list()).toEqual([]);
    expect(file.attendance.list({ fromMs: null, untilMs: null })).toEqual([]);
    file.close();
  },
);

test('A file that a newer Eyepiece wrote is refused and left as it is', () => {
  const folder = newFolder();
  const path = join(folder, 'access.db');
  const newer = new DatabaseSync(path);
  newer.exec('CREATE TABLE of_the_future (id INTEGER); PRAGMA user_version = 999');
  newer.close();
  expect(() => openAccessFile(folder)).toThrow(/newer Eyepiece/);
  const again = new DatabaseSync(path);
  expect(again.prepare('PRAGMA user_version').get()).toEqual({ user_version: 999 });
  again.close();
});

test('A file that is no database is refused in words and left as it is', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'access.db'), 'a shopping list, long enough to be looked at'.repeat(50));
  expect(() => openAccessFile(folder)).toThrow(
    expect.objectContaining({ reason: 'cannot_share', message: expect.stringContaining('access.db') as string }),
  );
  expect(statSync(join(folder, 'access.db')).size).toBe(44 * 50);
});

test('A process that is killed while it writes leaves a whole file with everything that it had finished', async () => {
  const folder = newFolder();
  const child = spawn(process.execPath, ['tests/support/access-writer.ts', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
    if (told.split('\n').length > 500) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
  // Neither SQLite nor anything else had something to say to the operator.
  expect(complaint).toBe('');
  const written = told.split('\n').slice(0, -1).length;
  const file = openAccessFile(folder);
  const visits = file.attendance.list({ fromMs: null, untilMs: null });
  expect(visits.length).toBeGreaterThanOrEqual(written);
  expect(new Set(visits.map(({ name }) => name)).size).toBe(visits.length);
  file.attendance.nobodyPresent();
  expect(file.attendance.present()).toEqual([]);
  file.close();
  const check = new DatabaseSync(join(folder, 'access.db'));
  expect(check.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  check.close();
});
