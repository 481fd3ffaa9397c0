import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startWatchdog } from '../../src/main/watchdog.ts';

const hasProgram = (name: string): boolean => !spawnSync(name, ['--version']).error;
const canRun = hasProgram('systemd-notify') && hasProgram('python3');

let folder: string;
let socket: string;
let manager: ChildProcess;
let heard: string[];

describe.skipIf(!canRun)('A service manager (needs systemd-notify and python3)', () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eyepiece-desktop-'));
    socket = join(folder, 'notify');
    const script = fileURLToPath(new URL('../support/notify-socket.py', import.meta.url));
    manager = spawn('python3', [script, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    heard = [];
    manager.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      heard = output.split('\n').filter((line) => line.includes('=') && line !== 'BARRIER=1');
    });
    await vi.waitFor(() => expect(output).toContain('bound'), { timeout: 20_000 });
  });
  afterEach(async () => {
    manager.kill();
    await once(manager, 'exit');
    await rm(folder, { recursive: true });
  });

  const log = pino({ level: 'silent' });
  const hears = (...messages: string[]): Promise<void> =>
    vi.waitFor(() => expect(heard).toEqual(expect.arrayContaining(messages)), { timeout: 20_000 });

  test('hears that the station is ready, that it lives, and that it is meant to end', async () => {
    const watchdog = startWatchdog({ ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: '300000' }, log);
    await hears('READY=1', 'WATCHDOG=1');
    watchdog.stopping();
    watchdog.stopping();
    await hears('STOPPING=1');
    expect(heard.filter((message) => message === 'STOPPING=1')).toHaveLength(1);
  });

  test('that asks for no signs of life gets none', async () => {
    const watchdog = startWatchdog({ ...process.env, NOTIFY_SOCKET: socket }, log);
    await hears('READY=1');
    watchdog.stopping();
    await hears('STOPPING=1');
    expect(heard).not.toContain('WATCHDOG=1');
  });

  test('hears of the headless station when it can be watched, and when it ends', async () => {
    const station = spawn(process.execPath, ['src/main/headless.ts', '--port', '0', '--data-dir', folder], {
      env: { ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: '300000' },
      stdio: 'ignore',
    });
    const exit = once(station, 'exit');
    await hears('READY=1', 'WATCHDOG=1');
    station.kill('SIGTERM');
    await hears('STOPPING=1');
    expect(await exit).toEqual([0, null]);
  });
});

test('Where no service manager listens, nothing is started', () => {
  const watchdog = startWatchdog({ PATH: '/nowhere', WATCHDOG_USEC: '1' }, pino({ level: 'silent' }));
  expect(() => watchdog.stopping()).not.toThrow();
});

test('A service manager that cannot be told is a warning and nothing worse', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => lines.push(line) });
  const watchdog = startWatchdog({ PATH: '/nowhere', NOTIFY_SOCKET: '/nowhere' }, log);
  await vi.waitFor(() => expect(lines.join()).toContain('could not be told'), { timeout: 20_000 });
  watchdog.stopping();
});

test('A station whose event loop stood still does not call itself alive', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => lines.push(line) });
  const watchdog = startWatchdog({ PATH: '/nowhere', NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '300000' }, log);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
  await vi.waitFor(() => expect(lines.join()).toContain('busy for too long'), { timeout: 20_000 });
  watchdog.stopping();
});

describe.skipIf(!hasProgram('systemd-analyze'))('systemd understands (needs systemd-analyze)', () => {
  test.each([
    ['eyepiece-kiosk.service', '--user'],
    ['eyepiece-headless.service', '--user'],
    ['eyepiece-kiosk-cage.service', '--system'],
  ])('the unit %s', (unit, manager) => {
    const file = fileURLToPath(new URL(`../../resources/systemd/${unit}`, import.meta.url));
    const { stderr } = spawnSync('systemd-analyze', ['verify', manager, '--man=no', file], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: tmpdir() },
    });
    // That a program is not installed on the machine that tests is no fault of a unit.
    const faults = stderr.split('\n').filter((line) => line !== '' && !line.endsWith('No such file or directory'));
    expect(faults).toEqual([]);
  });
});
