import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { boot } from '../../src/main/boot.ts';
import { defaultConfig } from '../../src/main/config.ts';

test.each([
  ['directory-key.json', '{"kty":"OKP"}', 'directory-key.json holds no key of a directory.'],
  ['directory.db', 'This is no database. '.repeat(100), 'file is not a database'],
])(
  'A station whose %s is broken goes on without the lab’s directory, says so, and leaves the file alone',
  async (file, content, why) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'eyepiece-'));
    writeFileSync(join(dataDir, file), content);
    const { http, ...rest } = defaultConfig();
    const config = { ...rest, http: { ...http, port: 0 }, streams: [], directory: { timeZone: 'Europe/Berlin' } };
    const configFile = join(dataDir, 'station.json');
    const booted = await boot({ config, notices: [], configFile, dataDir, fixedBy: null }, pino({ level: 'silent' }));
    onTestFinished(async () => {
      await booted.close();
      rmSync(dataDir, { recursive: true });
    });
    expect(booted.directory).toBeNull();
    const state = (await (await fetch(new URL('/api/state', booted.url))).json()) as unknown;
    const detail = `directory.db and directory-key.json stay as they are: ${why}`;
    expect(state).toMatchObject({ notices: [{ code: 'no_directory', detail }] });
    expect(readFileSync(join(dataDir, file), 'utf8')).toBe(content);
  },
);
