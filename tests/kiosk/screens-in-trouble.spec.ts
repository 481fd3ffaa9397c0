import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expectLive } from '../e2e/fixtures.ts';
import { expect, test, twoStreams } from './fixtures.ts';
import { fits, inEachLanguage } from './looks.ts';

test('the banner of a configuration that cannot be read fits in each language', async ({ startKiosk }) => {
  const broken = await startKiosk({ config: '{ "streams": oops }' });
  await expectLive(broken.page, 'dim');
  await inEachLanguage(broken, 'bad-configuration', async (page) => {
    await expect(page.getByTestId('banner')).toBeVisible();
  });
});

test('the page of a station that cannot start, and the one of a wall that failed, fit', async ({ startKiosk }) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const stuck = await startKiosk({ config: twoStreams, port: (other.address() as AddressInfo).port });
  await expect(stuck.page.locator('.detail')).toContainText('port');
  await fits(stuck.page, 'start-failed');
  other.close();

  const failed = await startKiosk({ config: twoStreams });
  await expectLive(failed.page, 'clock');
  for (let kill = 0; kill < 3; kill++) await failed.killRenderer();
  await expect((await failed.rejoin()).locator('.detail')).toContainText('killed');
  await fits(failed.page, 'wall-failed');
});
