import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Figure } from '../figure.ts';

const run = promisify(execFile);
const options = { shell: process.platform === 'win32', maxBuffer: 64 * 1024 * 1024 };

/** From a fresh clone of the last commit to the last line of `npm test`. */
export const tests: Figure = async () => {
  const clone = await mkdtemp(join(tmpdir(), 'eyepiece-clone-'));
  try {
    await run('git', ['clone', '--quiet', '.', clone]);
    const startMs = performance.now();
    await run('npm', ['ci'], { ...options, cwd: clone });
    const { stdout } = await run('npm', ['test'], { ...options, cwd: clone });
    const seconds = (performance.now() - startMs) / 1_000;
    const lastLine = stdout.trim().split('\n').at(-1) ?? '';
    return [
      {
        figure: 'npm ci and npm test from a fresh clone',
        value: seconds,
        unit: 's',
        bound: { atMost: 600 },
        note: lastLine,
      },
    ];
  } finally {
    await rm(clone, { recursive: true, force: true });
  }
};
