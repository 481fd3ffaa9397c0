import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { ShellFile } from '../../src/main/desktop/shell-file.ts';
import { tempFolder } from './temp-folder.ts';

const log = pino({ level: 'silent' });

test('What the window keeps is there after a restart, even in a folder that was not there before', async () => {
  const folder = join(await tempFolder(), 'new');
  const file = new ShellFile(folder, log);
  expect(file.memory).toEqual({});
  void file.remember({ brightness: 2 });
  void file.remember({ hasAskedForAutostart: true });
  await file.remember({ brightness: 3 });
  expect(new ShellFile(folder, log).memory).toEqual({ brightness: 3, hasAskedForAutostart: true });
});

test.each(['', '{', '{"brightness":9}', '{"other":1}', '[]'])(
  'A broken file is no reason not to start: %j',
  async (content) => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'shell.json'), content);
    const file = new ShellFile(folder, log);
    expect(file.memory).toEqual({});
    await file.remember({ brightness: 5 });
    expect(new ShellFile(folder, log).memory).toEqual({ brightness: 5 });
  },
);

test('What cannot be written holds until the next start', async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, `shell.json.${process.pid}.tmp`));
  const file = new ShellFile(folder, log);
  await file.remember({ brightness: 5 });
  expect(file.memory).toEqual({ brightness: 5 });
});
