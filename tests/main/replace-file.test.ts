import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/main/config.ts';
import { replaceFile } from '../../src/main/replace-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'eyepiece-settings-')));
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('A file that is written', () => {
  test.skipIf(process.platform === 'win32')('is for its owner only where it is new, and so is its folder', async () => {
    const path = join(folder, 'new', 'er', 'station.json');
    await replaceFile(path, 'text');
    expect(await readFile(path, 'utf8')).toBe('text');
    expect([await modeOf(path), await modeOf(join(folder, 'new'))]).toEqual([0o600, 0o700]);
  });

  test.skipIf(process.platform === 'win32')('keeps its mode, and leaves nothing beside itself', async () => {
    const path = join(folder, 'station.json');
    await writeFile(path, 'old');
    await chmod(path, 0o664);
    await replaceFile(path, 'new');
    expect(await modeOf(path)).toBe(0o664);
    expect(await readdir(folder)).toEqual(['station.json']);
  });

  test.skipIf(process.platform === 'win32')('stays where a link points', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere', 'real.json'), 'old');
    await symlink('elsewhere/real.json', join(folder, 'station.json'));
    await replaceFile(join(folder, 'station.json'), 'new');
    expect(await readFile(join(folder, 'elsewhere', 'real.json'), 'utf8')).toBe('new');
    expect(await realpath(join(folder, 'station.json'))).toBe(join(folder, 'elsewhere', 'real.json'));
  });

  test('is what it was where it cannot be written', async () => {
    const path = join(folder, 'station.json');
    await writeFile(path, 'old');
    await mkdir(`${path}.${process.pid}.tmp`);
    await expect(replaceFile(path, 'new')).rejects.toThrow(/EISDIR|EPERM/);
    expect(await readFile(path, 'utf8')).toBe('old');
  });
});

describe('A process that is killed while it writes', () => {
  test('never leaves half a file, killed at 20 moments', { timeout: 60_000 }, async () => {
    const path = join(folder, 'station.json');
    const streams = Array.from({ length: 64 }, (_, at) => ({
      id: `stream-${at}`,
      name: `Stream ${at}`,
      source: { kind: 'simulated', detector: 'dim' },
    }));
    await writeFile(path, JSON.stringify({ streams }));
    const names = new Set<string>();
    for (let kill = 0; kill < 20; kill++) {
      const writer = spawn(process.execPath, ['tests/support/settings-writer.ts', path], { stdio: 'pipe' });
      await once(writer.stdout, 'data');
      // A moment that nobody chose: some instant in some of the next writes.
      await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 30));
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      const checked = checkConfig(path, await readFile(path, 'utf8'));
      if ('problems' in checked) throw new Error(checked.problems.join('; '));
      expect(checked.config.streams).toHaveLength(64);
      names.add(checked.config.name);
    }
    // It was in the middle of writing each time, not at the same write.
    expect(names.size).toBeGreaterThan(1);
  });
});
