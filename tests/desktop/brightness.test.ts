import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { Brightness } from '../../src/main/desktop/brightness.ts';
import type { BrightnessLevel } from '../../src/shared/shell.ts';
import { tempFolder } from './temp-folder.ts';

let backlights: string;

beforeEach(async () => {
  backlights = await tempFolder();
});

/** As the kernel shows one. */
async function addBacklight(name: string, brightness: number, max: number): Promise<string> {
  await mkdir(join(backlights, name));
  await writeFile(join(backlights, name, 'max_brightness'), `${max}\n`);
  await writeFile(join(backlights, name, 'brightness'), `${brightness}\n`);
  return join(backlights, name, 'brightness');
}

function open(remembered?: BrightnessLevel): Promise<Brightness> {
  return Brightness.open({ remembered, log: pino({ level: 'silent' }), backlights });
}

test('A backlight is set to each of six levels, none of which is dark', async () => {
  const file = await addBacklight('intel_backlight', 1_000, 1_000);
  const brightness = await open();
  const values: number[] = [];
  for (const level of [1, 2, 3, 4, 5, 6] as const) {
    await brightness.set(level);
    expect(brightness.state).toEqual({ level, by: 'backlight' });
    values.push(Number(await readFile(file, 'utf8')));
  }
  expect(values[0]).toBeGreaterThan(100);
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect(values.at(-1)).toBe(1_000);
});

test('A coarse backlight is never switched off', async () => {
  const file = await addBacklight('panel', 2, 2);
  await (await open()).set(1);
  expect(await readFile(file, 'utf8')).toBe('1');
});

test('A first start leaves the backlight as it is and shows the level that is nearest', async () => {
  const file = await addBacklight('panel', 390, 1_000);
  expect((await open()).state).toEqual({ level: 3, by: 'backlight' });
  expect(await readFile(file, 'utf8')).toBe('390\n');
});

test('A later start sets what was set before', async () => {
  const file = await addBacklight('panel', 1_000, 1_000);
  expect((await open(2)).state).toEqual({ level: 2, by: 'backlight' });
  expect(Number(await readFile(file, 'utf8'))).toBeLessThan(500);
});

test('Without a backlight, or with one that makes no sense, the page darkens itself', async () => {
  expect((await open()).state).toEqual({ level: 6, by: 'overlay' });
  expect((await open(4)).state).toEqual({ level: 4, by: 'overlay' });
  await addBacklight('broken', 0, 0);
  const brightness = await open();
  await brightness.set(2);
  expect(brightness.state).toEqual({ level: 2, by: 'overlay' });
});

test('When the backlight goes away, the page takes over with the same level', async () => {
  await addBacklight('panel', 1_000, 1_000);
  const brightness = await open();
  await rm(join(backlights, 'panel'), { recursive: true });
  await brightness.set(3);
  expect(brightness.state).toEqual({ level: 3, by: 'overlay' });
});
