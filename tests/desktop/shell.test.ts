import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Brightness } from '../../src/main/desktop/brightness.ts';
import { Lock } from '../../src/main/desktop/lock.ts';
import { Shell } from '../../src/main/desktop/shell.ts';
import type { ShellState } from '../../src/shared/shell.ts';
import { tempFolder } from './temp-folder.ts';

const pin = '274913';
const log = pino({ level: 'silent' });

let lock: Lock;
let shell: Shell;
/** What became of the window and the program. */
let done: string[];
let told: ShellState[];

beforeEach(async () => {
  const folder = await tempFolder();
  done = [];
  told = [];
  lock = await Lock.open(join(folder, 'lock.json'), log);
  shell = new Shell({
    lock,
    brightness: await Brightness.open({ remembered: undefined, log, backlights: folder }),
    window: { fill: () => done.push('fill'), release: () => done.push('release') },
    rememberBrightness: (level) => Promise.resolve(void done.push(`remember ${level}`)),
    restart: () => done.push('restart'),
  });
  shell.onShellState((state) => told.push(state));
});
afterEach(() => lock.close());

const locked = expect.objectContaining({ reason: 'locked' }) as Error;

describe('Without a PIN', () => {
  test('the kiosk can be left, entered and started anew by anybody', () => {
    shell.leaveKiosk();
    expect(shell.shellState()).toMatchObject({ isKiosk: false, lock: { kind: 'no_pin' } });
    shell.enterKiosk();
    expect(shell.shellState()).toMatchObject({ isKiosk: true, lock: { kind: 'no_pin' } });
    shell.restart();
    expect(done).toEqual(['release', 'fill', 'restart']);
    expect(() => shell.lock()).toThrow(expect.objectContaining({ reason: 'no_pin' }));
  });
});

describe('With a PIN', () => {
  beforeEach(() => shell.setPin(pin, pin));

  test('nothing but the brightness can be changed while it is locked', async () => {
    shell.lock();
    expect(() => shell.leaveKiosk()).toThrow(locked);
    expect(() => shell.restart()).toThrow(locked);
    await expect(shell.setPin('905172', '905172')).rejects.toEqual(locked);
    shell.keepUnlocked();
    expect(shell.shellState()).toMatchObject({ isKiosk: true, lock: { kind: 'locked' } });
    await shell.setBrightness(3);
    expect(shell.shellState().brightness).toEqual({ level: 3, by: 'overlay' });
    expect(done).toEqual(['remember 3']);
  });

  test('the kiosk that was left does not lock itself, and is locked when it is entered again', () => {
    shell.leaveKiosk();
    expect(shell.shellState()).toMatchObject({ isKiosk: false, lock: { kind: 'unlocked', relockAtMs: null } });
    shell.enterKiosk();
    expect(shell.shellState()).toMatchObject({ isKiosk: true, lock: { kind: 'locked' } });
    expect(done).toEqual(['release', 'fill']);
  });

  test('to lock it outside the kiosk is to go back into it', () => {
    shell.leaveKiosk();
    shell.lock();
    expect(shell.shellState()).toMatchObject({ isKiosk: true, lock: { kind: 'locked' } });
  });

  test('every change is told, with the state that holds then', async () => {
    shell.lock();
    expect(told.at(-1)?.lock.kind).toBe('locked');
    await shell.unlock(pin);
    expect(told.at(-1)?.lock.kind).toBe('unlocked');
    shell.leaveKiosk();
    expect(told.at(-1)?.isKiosk).toBe(false);
    await shell.setBrightness(2);
    expect(told.at(-1)?.brightness.level).toBe(2);
    expect(told.at(-1)).toEqual(shell.shellState());
  });
});
