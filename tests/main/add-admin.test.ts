import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openAccessFile } from '../../src/main/access/access-file.ts';
import { addAdmin } from '../../src/main/add-admin.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eyepiece-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The command as somebody gives it on the station. */
async function run(args: readonly string[], typed: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['src/main/headless.ts', '--data-dir', folder, ...args], { stdio: 'pipe' });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(typed);
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}

/** A terminal at which somebody types lines. */
function terminal(...lines: readonly string[]) {
  const [input, output] = [Object.assign(new PassThrough(), { isTTY: true }), new PassThrough()];
  input.end(lines.map((line) => `${line}\n`).join(''));
  return { input, output, shown: () => String(output.read() ?? '') };
}

describe('--add-admin', () => {
  test('writes down a user who may do everything, with the password from standard input', async () => {
    expect(await run(['--add-admin', 'Anna'], 'a quiet microscope\n')).toEqual({
      code: 0,
      stdout: 'Anna may sign in now.\n',
      stderr: '',
    });
    const file = openAccessFile(folder);
    expect(await file.users.check('anna', 'a quiet microscope')).toMatchObject({ name: 'Anna', role: 'admin' });
    file.close();
    expect(await run(['--add-admin', 'anna'], 'another microscope')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'eyepiece: There is a user of that name already.\n',
    });
  });

  test('refuses a password that is soon guessed, and a start without one', async () => {
    const told = 'eyepiece: the password must be at least 10 characters long\n';
    expect(await run(['--add-admin', 'Anna'], 'short\n')).toEqual({ code: 1, stdout: '', stderr: told });
    expect(await run(['--add-admin', 'Anna'], '')).toEqual({ code: 1, stdout: '', stderr: told });
  });

  test('asks twice at a terminal, and shows nothing of what is typed', async () => {
    const { input, output, shown } = terminal('a quiet microscope', 'a quiet microscope');
    expect(await addAdmin('Anna', folder, { input, output })).toBeNull();
    expect(shown()).toBe('Password: \nThe same again: \n');
  });

  test('does nothing where the two differ', async () => {
    const { input, output } = terminal('a quiet microscope', 'a quiet microscoop');
    expect(await addAdmin('Anna', folder, { input, output })).toBe('the password was not typed the same twice');
    const file = openAccessFile(folder);
    expect(file.users.list()).toEqual([]);
    file.close();
  });
});
