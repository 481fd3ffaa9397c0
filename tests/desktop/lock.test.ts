import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Lock } from '../../src/main/desktop/lock.ts';
import { tempFolder } from './temp-folder.ts';

const pin = '274913';
const wrongPin = '274914';

let folder: string;
let file: string;
let logged: string;

beforeEach(async () => {
  folder = await tempFolder();
  file = join(folder, 'lock.json');
  logged = '';
  // Files and scrypt are real; only the clock and the lock's own timer are not.
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: 1_800_000_000_000 });
});
afterEach(() => vi.useRealTimers());

/** As Eyepiece does at its start. */
function start(): Promise<Lock> {
  return Lock.open(file, pino({ level: 'debug' }, { write: (line) => (logged += line) }));
}

async function startWithPin(): Promise<Lock> {
  await (await start()).setPin(pin, pin);
  return start();
}

async function guess(lock: Lock, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await expect(lock.unlock(wrongPin)).rejects.toMatchObject({ reason: 'pin_wrong' });
  }
}

const waitMsOf = ({ state }: Lock): number | null =>
  state.kind === 'locked' && state.waitUntilMs !== null ? state.waitUntilMs - Date.now() : null;

describe('Without a PIN', () => {
  test('everybody may, and there is nothing to lock or unlock with', async () => {
    const lock = await start();
    expect(lock.state).toEqual({ kind: 'no_pin' });
    expect(() => lock.requireOpen()).not.toThrow();
    expect(() => lock.lock()).toThrow(expect.objectContaining({ reason: 'no_pin' }));
    await expect(lock.unlock(pin)).rejects.toMatchObject({ reason: 'no_pin' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('a good one can be chosen, and whoever chose it goes on without typing it again', async () => {
    const lock = await start();
    await expect(lock.setPin('123456', '123456')).rejects.toMatchObject({ reason: 'pin_refused' });
    await expect(lock.setPin(pin, wrongPin)).rejects.toMatchObject({ reason: 'pin_refused' });
    expect(lock.state).toEqual({ kind: 'no_pin' });
    await lock.setPin(pin, pin);
    expect(lock.state).toEqual({ kind: 'unlocked', relockAtMs: Date.now() + 60_000 });
  });

  test.skipIf(process.platform === 'win32')('the file of the first one is for this user only', async () => {
    await startWithPin();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['lock.json']);
  });

  test('one that cannot be saved is not taken, so that nobody is locked out by the next start', async () => {
    await mkdir(join(folder, `lock.json.${process.pid}.tmp`));
    const lock = await start();
    await expect(lock.setPin(pin, pin)).rejects.toMatchObject({ reason: 'not_saved' });
    expect(lock.state).toEqual({ kind: 'no_pin' });
  });
});

describe('With a PIN', () => {
  test('it starts locked, and opens with the right one only', async () => {
    const lock = await startWithPin();
    expect(lock.state).toEqual({ kind: 'locked', waitUntilMs: null });
    expect(() => lock.requireOpen()).toThrow(expect.objectContaining({ reason: 'locked' }));
    await expect(lock.unlock(wrongPin)).rejects.toMatchObject({ reason: 'pin_wrong' });
    await expect(lock.unlock('')).rejects.toMatchObject({ reason: 'pin_wrong' });
    expect(lock.isOpen).toBe(false);
    await lock.unlock(pin);
    expect(lock.isOpen).toBe(true);
    lock.requireOpen();
  });

  test('another one can be chosen while it is open, and not while it is locked', async () => {
    const lock = await startWithPin();
    await expect(lock.setPin('905172', '905172')).rejects.toMatchObject({ reason: 'locked' });
    await lock.unlock(pin);
    await lock.setPin('905172', '905172');
    lock.lock();
    await expect(lock.unlock(pin)).rejects.toMatchObject({ reason: 'pin_wrong' });
    await lock.unlock('905172');
    expect(lock.isOpen).toBe(true);
  });

  test('nothing of it is in the log', async () => {
    const lock = await startWithPin();
    await guess(lock, 1);
    await lock.unlock(pin);
    expect(logged).toContain('A wrong PIN was typed.');
    expect(logged).not.toMatch(/274913|274914/);
    const stored = JSON.parse(await readFile(file, 'utf8')) as { pin: { keyBase64: string } };
    expect(logged).not.toContain(stored.pin.keyBase64);
  });
});

describe('After five wrong PINs', () => {
  test('half a minute has to be waited, in which not even the right one is taken', async () => {
    const lock = await startWithPin();
    await guess(lock, 4);
    expect(waitMsOf(lock)).toBeNull();
    await guess(lock, 1);
    expect(waitMsOf(lock)).toBe(30_000);
    await expect(lock.unlock(pin)).rejects.toMatchObject({ reason: 'pin_wait', retryAfterMs: 30_000 });
    vi.setSystemTime(Date.now() + 29_999);
    await expect(lock.unlock(pin)).rejects.toMatchObject({ reason: 'pin_wait', retryAfterMs: 1 });
    vi.setSystemTime(Date.now() + 1);
    expect(waitMsOf(lock)).toBeNull();
    await lock.unlock(pin);
    lock.lock();
    await guess(lock, 4);
    expect(waitMsOf(lock)).toBeNull();
  });

  test('each further one doubles the wait, up to an hour', async () => {
    const lock = await startWithPin();
    await guess(lock, 5);
    const waits: (number | null)[] = [];
    for (let further = 0; further < 9; further++) {
      vi.setSystemTime(Date.now() + (waitMsOf(lock) ?? 0));
      await guess(lock, 1);
      waits.push(waitMsOf(lock));
    }
    expect(waits).toEqual([60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600].map((s) => s * 1_000));
  });

  test('a restart shortens nothing', async () => {
    await guess(await startWithPin(), 5);
    const lock = await start();
    expect(waitMsOf(lock)).toBe(30_000);
    await expect(lock.unlock(pin)).rejects.toMatchObject({ reason: 'pin_wait' });
    vi.setSystemTime(Date.now() + 30_000);
    await guess(lock, 1);
    expect(waitMsOf(await start())).toBe(60_000);
  });

  test('a clock that is set back lengthens nothing, and neither does a restart after it', async () => {
    const lock = await startWithPin();
    await guess(lock, 5);
    vi.setSystemTime(Date.now() - 365 * 24 * 3_600_000);
    expect(waitMsOf(lock)).toBe(30_000);
    const restarted = await start();
    expect(waitMsOf(restarted)).toBe(30_000);
    vi.setSystemTime(Date.now() + 30_000);
    await restarted.unlock(pin);
    await lock.unlock(pin);
  });
});

test('A try is counted before it is looked at, so that ending the program in between gains nothing', async () => {
  const lock = await startWithPin();
  const tries = async (): Promise<number> =>
    (JSON.parse(await readFile(file, 'utf8')) as { wrongTries: number }).wrongTries;
  const trying = lock.unlock(pin);
  const seen: number[] = [];
  let isOver = false;
  void trying.finally(() => (isOver = true));
  while (!isOver) seen.push(await tries());
  expect(seen).toContain(1);
  expect(await tries()).toBe(0);
});

test('PINs that come all at once are tried one after the other', async () => {
  const lock = await startWithPin();
  const guesses = Array.from({ length: 20 }, () => lock.unlock(wrongPin));
  const results = await Promise.allSettled([...guesses, lock.unlock(pin)]);
  const reasons = results.map((result) =>
    result.status === 'rejected' ? (result.reason as { reason: string }).reason : '',
  );
  expect(reasons).toEqual([...Array<string>(5).fill('pin_wrong'), ...Array<string>(16).fill('pin_wait')]);
  expect(lock.isOpen).toBe(false);
});

describe('It locks itself again', () => {
  test('when nobody has done anything for a minute', async () => {
    const lock = await startWithPin();
    const changed = vi.fn();
    await lock.unlock(pin);
    lock.onChange(changed);
    await vi.advanceTimersByTimeAsync(59_000);
    lock.keepOpen();
    expect(lock.state).toEqual({ kind: 'unlocked', relockAtMs: Date.now() + 60_000 });
    await vi.advanceTimersByTimeAsync(59_999);
    expect(lock.isOpen).toBe(true);
    changed.mockClear();
    await vi.advanceTimersByTimeAsync(1);
    expect(lock.isOpen).toBe(false);
    expect(changed).toHaveBeenCalledOnce();
  });

  test('but not while the window is one among others', async () => {
    const lock = await startWithPin();
    await lock.unlock(pin);
    lock.setAway(true);
    expect(lock.state).toEqual({ kind: 'unlocked', relockAtMs: null });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(lock.isOpen).toBe(true);
    lock.setAway(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lock.isOpen).toBe(false);
  });

  test('and to say that somebody is there opens nothing', async () => {
    const lock = await startWithPin();
    lock.keepOpen();
    expect(lock.isOpen).toBe(false);
  });
});

describe('A file of the PIN that cannot be read', () => {
  test.each([
    ['is empty', ''],
    ['is cut off', '{"pin":{"salt'],
    ['is somebody else’s', '{"pin":"274913"}'],
    [
      'asks for more memory than there is',
      JSON.stringify({
        pin: { saltBase64: 'AAAA', keyBase64: 'AAAA', cost: { N: 2 ** 30, r: 8, p: 1 } },
        wrongTries: 0,
        lastWrongTryMs: 0,
      }),
    ],
  ])('opens nothing, is left as it is, and the log says how to mend it: it %s', async (_what, content) => {
    await writeFile(file, content);
    const lock = await start();
    expect(lock.state).toEqual({ kind: 'locked', waitUntilMs: null });
    await guess(lock, 5);
    await expect(lock.unlock(pin)).rejects.toMatchObject({ reason: 'pin_wait' });
    await expect(lock.setPin(pin, pin)).rejects.toMatchObject({ reason: 'locked' });
    expect(await readFile(file, 'utf8')).toBe(content);
    expect(logged).toContain('Delete the file');
  });

  test('because of its rights opens nothing either', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'needs another user than root, who may read every file');
    await startWithPin();
    await chmod(file, 0);
    expect((await start()).isOpen).toBe(false);
  });
});

test('A full disk does not keep the operator out, and the tries are counted all the same', async () => {
  const lock = await startWithPin();
  await mkdir(join(folder, `lock.json.${process.pid}.tmp`));
  await guess(lock, 4);
  await lock.unlock(pin);
  lock.lock();
  await guess(lock, 5);
  expect(waitMsOf(lock)).toBe(30_000);
});
