import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openDirectoryFile } from '../../src/main/directory/directory-file.ts';
import { migrations } from '../../src/main/directory/migrations.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eyepiece-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const always = { fromMs: null, untilMs: null };

test.skipIf(process.platform === 'win32')('The directory’s file is for its owner only', () => {
  const folder = newFolder();
  const file = openDirectoryFile(folder);
  expect(statSync(join(folder, 'directory.db')).mode & 0o777).toBe(0o600);
  file.close();
});

test('A file of version 1 is brought up to date: its stations are there, open to all, and can be booked', () => {
  const folder = newFolder();
  const older = new DatabaseSync(join(folder, 'directory.db'));
  older.exec(migrations[0] ?? '');
  older.exec(`PRAGMA user_version = 1; INSERT INTO stations (id, name, type, webrtc_url, status, last_seen_ms)
    VALUES ('bench', 'Bench', 'microscope', 'https://192.0.2.7:8081', 'online', 1795255200000)`);
  older.close();
  const file = openDirectoryFile(folder);
  expect(file.stations.list()).toEqual([
    {
      id: 'bench',
      name: 'Bench',
      type: 'microscope',
      webrtc_url: 'https://192.0.2.7:8081',
      rtsp_url: null,
      access: 'open',
      status: 'online',
      last_seen_ms: 1_795_255_200_000,
    },
  ]);
  expect(file.stations.place('bench')).toMatchObject({ url: 'https://192.0.2.7:8081', certificate: null });
  const fromMs = Date.now();
  file.bookings.add({ station: 'bench', user: 'Anna', purpose: '', fromMs, untilMs: fromMs + 1_000 });
  expect(file.bookings.list(always)).toHaveLength(1);
  file.close();
});

test('A file that a newer Eyepiece wrote is refused and left as it is', () => {
  const folder = newFolder();
  const newer = new DatabaseSync(join(folder, 'directory.db'));
  newer.exec('PRAGMA user_version = 999');
  newer.close();
  expect(() => openDirectoryFile(folder)).toThrow(/newer Eyepiece/);
  const again = new DatabaseSync(join(folder, 'directory.db'));
  expect(again.prepare('PRAGMA user_version').get()).toEqual({ user_version: 999 });
  again.close();
});

test('A directory that is killed while it writes leaves a whole file with every booking that it had confirmed', async () => {
  const folder = newFolder();
  const child = spawn(process.execPath, ['tests/support/directory-writer.ts', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
    if (told.split('\n').length > 300) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
  expect(complaint).toBe('');
  const confirmed = told.split('\n').slice(0, -1);
  const file = openDirectoryFile(folder);
  const kept = new Set(file.bookings.list(always).map(({ purpose }) => purpose));
  expect(confirmed.filter((purpose) => !kept.has(purpose))).toEqual([]);
  file.close();
  const check = new DatabaseSync(join(folder, 'directory.db'));
  expect(check.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  check.close();
});
