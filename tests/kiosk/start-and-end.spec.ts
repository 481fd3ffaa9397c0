import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openAccessFile } from '../../src/main/access/access-file.ts';
import { expectLive, tile } from '../e2e/fixtures.ts';
import { isRunning } from '../support/processes.ts';
import { expect, test, twoStreams } from './fixtures.ts';
import { goodPin } from './pin.ts';
import { changedTiles, watchTiles } from './tiles.ts';

test('a second start ends at once and brings the first one to the front', async ({ startKiosk }) => {
  const kiosk = await startKiosk({ config: twoStreams });
  await expectLive(kiosk.page, 'clock');
  const isFocused = () => kiosk.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isFocused());
  await kiosk.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.blur());
  expect(await isFocused()).toBe(false);
  await watchTiles(kiosk.page, ['clock', 'dim']);
  expect((await kiosk.startSecond()).code).toBe(0);
  await expect.poll(isFocused).toBe(true);
  expect(await kiosk.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  expect(await changedTiles(kiosk.page, ['clock', 'dim'])).toEqual([]);
});

test('an admin is written down while the kiosk runs, which does not notice', async ({ startKiosk }) => {
  const kiosk = await startKiosk({ config: twoStreams });
  await expectLive(kiosk.page, 'clock');
  await watchTiles(kiosk.page, ['clock', 'dim']);
  const { code, output } = await kiosk.startSecond(['--add-admin', 'Anna'], 'a quiet microscope\n');
  expect(output).toContain('Anna may sign in now.\n');
  expect(code).toBe(0);
  const file = openAccessFile(join(kiosk.folder, 'data'));
  expect(file.users.list()).toMatchObject([{ name: 'Anna', role: 'admin' }]);
  file.close();
  expect(await kiosk.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  expect(await changedTiles(kiosk.page, ['clock', 'dim'])).toEqual([]);
});

test('where another program has the port, the window says so and tries again until it is free', async ({
  startKiosk,
}) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const kiosk = await startKiosk({ config: twoStreams, port });
  await expect(kiosk.page.locator('.detail')).toContainText(`port ${port}`);
  for (const lang of ['en', 'fr', 'de']) {
    await expect(kiosk.page.locator(`section[lang="${lang}"]`)).toBeVisible();
  }
  other.close();
  await expect(tile(kiosk.page, 'clock')).toHaveAttribute('data-state', 'live', { timeout: 25_000 });
});

test('with a configuration that cannot be read the wall is there all the same, and says where the mistake is', async ({
  startKiosk,
}) => {
  const kiosk = await startKiosk({ config: '{\n  "name": "Lab 4",\n  "streams": oops\n}' });
  await expectLive(kiosk.page, 'dim');
  await expect(kiosk.page.getByTestId('banner')).toContainText(/station\.json.*3/);
});

test('the restart key ends everything in order and asks for a new start', async ({ startKiosk }) => {
  const kiosk = await startKiosk({ config: twoStreams });
  await expectLive(kiosk.page, 'clock');
  const captures = await kiosk.captures();
  await kiosk.page.getByTestId('settings').click();
  await kiosk.page.getByTestId('restart').click();
  await kiosk.page.getByTestId('restart').click();
  expect(await kiosk.exited()).toBe(0);
  expect(kiosk.wantsRelaunch).toBe(true);
  expect(kiosk.log).toContain('The station is closed.');
  await expect.poll(() => captures.filter(isRunning)).toEqual([]);
});

test('a locked kiosk whose page closes the window comes back, locked', async ({ startKiosk }) => {
  const kiosk = await startKiosk({ config: twoStreams });
  await kiosk.page.evaluate((pin) => window.eyepiece?.shell.setPin(pin, pin), goodPin);
  await kiosk.page.evaluate(() => window.eyepiece?.shell.lock());
  // The answer goes with the page.
  kiosk.page.evaluate(() => window.close()).catch(() => undefined);
  expect(await kiosk.exited()).toBe(0);
  expect(kiosk.wantsRelaunch).toBe(true);
  const next = await startKiosk({ folder: kiosk.folder });
  await expect(next.page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');
});

test('a killed program leaves no process behind', async ({ startKiosk }) => {
  const kiosk = await startKiosk({ config: twoStreams });
  await expectLive(kiosk.page, 'clock');
  const left = [...(await kiosk.captures()), await kiosk.renderer()];
  process.kill(kiosk.pid, 'SIGKILL');
  await kiosk.exited();
  await expect.poll(() => left.filter(isRunning)).toEqual([]);
});
