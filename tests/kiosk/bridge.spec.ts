import {
  accessChannels,
  directoryChannels,
  ipcChannels,
  phoneChannels,
  settingsChannels,
  shellChannels,
} from '../../src/shared/ipc.ts';
import { expectLive } from '../e2e/fixtures.ts';
import { expect, sharedKiosk, test, twoStreams } from './fixtures.ts';

const kiosk = sharedKiosk({ config: twoStreams });

const groups = ['access', 'calls', 'directory', 'settings', 'shell'];
const stationCalls = [...Object.keys(ipcChannels), 'onCandidate', 'onState', ...groups].sort();
const settingsCalls = Object.keys(settingsChannels).sort();
const accessCalls = Object.keys(accessChannels).sort();
const directoryCalls = Object.keys(directoryChannels).sort();
const phoneCalls = [...Object.keys(phoneChannels), 'onCalls', 'onNotice'].sort();
const shellCalls = [...Object.keys(shellChannels), 'onShellState'].sort();

test('the bridge offers the calls of the contract and nothing else', async () => {
  const names = await kiosk().page.evaluate(() => {
    const own = (object: object): string[] => Reflect.ownKeys(object).map(String).sort();
    const { eyepiece } = window;
    if (!eyepiece) throw new Error('There is no bridge.');
    const parts = [eyepiece, eyepiece.settings, eyepiece.access, eyepiece.directory, eyepiece.calls, eyepiece.shell];
    const kinds = parts.flatMap((part) => Object.values(part).map((value: unknown) => typeof value));
    return {
      station: own(eyepiece),
      settings: own(eyepiece.settings),
      access: own(eyepiece.access),
      directory: own(eyepiece.directory),
      calls: own(eyepiece.calls),
      shell: own(eyepiece.shell),
      kinds: [...new Set(kinds)].sort(),
    };
  });
  expect(names).toEqual({
    station: stationCalls,
    settings: settingsCalls,
    access: accessCalls,
    directory: directoryCalls,
    calls: phoneCalls,
    shell: shellCalls,
    kinds: ['function', 'object'],
  });
});

test('nothing of Electron or Node is in reach of the page', async () => {
  const found = await kiosk().page.evaluate(() => {
    const names = ['require', 'module', 'exports', 'process', 'Buffer', 'global', '__dirname', 'setImmediate'];
    const electron = ['ipcRenderer', 'contextBridge', 'electron', 'webFrame', 'standInBinding', 'standInReceive'];
    return [...names, ...electron].filter((name) => name in window);
  });
  expect(found).toEqual([]);
});

test('the page can replace neither the bridge nor a call of it', async () => {
  const outcome = await kiosk().page.evaluate(() => {
    const isRefused = (attempt: () => unknown): boolean => {
      try {
        return attempt() === false;
      } catch {
        return true;
      }
    };
    return {
      bridge: isRefused(() => Reflect.set(window, 'eyepiece', {})),
      removal: isRefused(() => Reflect.deleteProperty(window, 'eyepiece')),
      call: isRefused(() => Reflect.set(window.eyepiece ?? {}, 'state', () => null)),
      inner: isRefused(() => Reflect.set(window.eyepiece?.shell ?? {}, 'unlock', () => null)),
    };
  });
  expect(outcome).toEqual({ bridge: true, removal: true, call: true, inner: true });
});

test('a result is plain data, and a refusal says its reason', async () => {
  const { page } = kiosk();
  const state = await page.evaluate(() => window.eyepiece?.state());
  expect(state).toMatchObject({ ok: { streams: [{ id: 'dim' }, { id: 'clock' }] } });
  const refusal = await page.evaluate(() => window.eyepiece?.watch('nobody', 'v=0'));
  expect(refusal).toMatchObject({ error: { reason: 'unknown_stream' } });
  const notLocked = await page.evaluate(() => window.eyepiece?.shell.unlock('271828'));
  expect(notLocked).toMatchObject({ error: { reason: 'no_pin' } });
});

test('states come by themselves until the page wants no more', async () => {
  const counts = await kiosk().page.evaluate(
    () =>
      new Promise<{ arguments: number; keys: string[] }>((resolve) => {
        const end = window.eyepiece?.onState((...told: unknown[]) => {
          end?.();
          resolve({ arguments: told.length, keys: Object.keys(told[0] as object).sort() });
        });
      }),
  );
  expect(counts).toEqual({ arguments: 1, keys: ['notices', 'station', 'streams', 'timeMs', 'viewers'] });
});

test('calls with arguments of any other kind are refused, and the station stays up', async () => {
  const { page } = kiosk();
  const reasons = await page.evaluate(async () => {
    const { eyepiece } = window;
    if (!eyepiece) throw new Error('There is no bridge.');
    const junk: unknown[] = [undefined, null, 0, -1, NaN, '', 'x'.repeat(300_000), [], {}, { kind: 'simulated' }, true];
    junk.push(new Date(0), new Map([[1, 2]]), new Uint8Array(8), 10n, { __proto__: null }, { toString: 1 }, [[[]]]);
    const calls = [
      ...Object.entries(eyepiece).filter(([name, call]) => !name.startsWith('on') && typeof call === 'function'),
      ...Object.entries(eyepiece.settings),
      ...Object.entries(eyepiece.access),
      ...Object.entries(eyepiece.directory),
      ...Object.entries(eyepiece.calls).filter(([name]) => !name.startsWith('on')),
      ...Object.entries(eyepiece.shell).filter(([name]) => !name.startsWith('on')),
    ] as [string, (...args: unknown[]) => Promise<{ error?: { reason: string } }>][];
    const found: Record<string, number> = {};
    for (const [name, call] of calls) {
      for (const value of junk) {
        // Four arguments are more than any call takes.
        const { error } = await call(value, value, value, value);
        const reason = error?.reason ?? `${name} took ${String(value).slice(0, 20)}`;
        found[reason] = (found[reason] ?? 0) + 1;
      }
    }
    return found;
  });
  expect(Object.keys(reasons)).toEqual(['bad_arguments']);
  expect(reasons['bad_arguments']).toBeGreaterThan(300);
  await expectLive(page, 'dim');
});

test('what cannot be copied does not leave the page', async () => {
  const refused = await kiosk().page.evaluate(async () => {
    const values: unknown[] = [() => 1, Symbol('x'), document.body, window];
    const outcomes = values.map(async (value) => {
      try {
        await (window.eyepiece?.leave as (value: unknown) => Promise<unknown>)(value);
        return 'passed';
      } catch {
        // Told to the page as an error of its own.
        return 'refused';
      }
    });
    return Promise.all(outcomes);
  });
  expect(refused).toEqual(['refused', 'refused', 'refused', 'refused']);
});

test('a page from elsewhere, should one ever come into the window, gets nothing from the station', async () => {
  const { page } = kiosk();
  const show = (url: string) =>
    kiosk().evaluate(({ BrowserWindow }, url) => BrowserWindow.getAllWindows()[0]?.webContents.loadURL(url), url);
  await show('data:text/html,<h1>elsewhere</h1>');
  await expect(page.locator('h1')).toHaveText('elsewhere');
  const refusals = await page.evaluate(async () => {
    if (!window.eyepiece) throw new Error('There is no bridge.');
    const { state, settings, shell } = window.eyepiece;
    const calls: Promise<unknown>[] = [state(), settings.settings(), shell.leaveKiosk()];
    const outcomes = await Promise.allSettled(calls);
    return outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : outcome.value));
  });
  const refusal = expect.stringContaining('Only the kiosk page may call the station.') as unknown;
  expect(refusals).toEqual([refusal, refusal, refusal]);
  await show('app://eyepiece/');
  await expectLive(page, 'dim');
});
