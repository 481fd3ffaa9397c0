import { expectLive, expectPictures } from '../e2e/fixtures.ts';
import type { Kiosk } from '../support/kiosk.ts';
import { expect, test, twoStreams } from './fixtures.ts';
import { changedTiles, watchTiles } from './tiles.ts';

test('a killed page comes back by itself, and neither the station nor those who watch elsewhere notice', async ({
  startKiosk,
  browser,
}) => {
  const kiosk = await startKiosk({ config: twoStreams });
  await expectLive(kiosk.page, 'clock');
  const remote = await browser.newPage();
  await remote.goto(await kiosk.url());
  await expectLive(remote, 'clock');
  await watchTiles(remote, ['clock', 'dim']);
  const { station } = await kiosk.state();

  const pictures = expectPictures(remote, 'clock', 60);
  await kiosk.killRenderer();
  const page = await kiosk.rejoin();
  await expectLive(page, 'clock');
  await expectPictures(page, 'clock', 5);
  await pictures;
  expect(await changedTiles(remote, ['clock', 'dim'])).toEqual([]);
  expect((await kiosk.state()).station).toMatchObject({ runId: station.runId });
  await expect.poll(async () => (await kiosk.state()).streams.map(({ viewers }) => viewers)).toEqual([2, 2]);
  expect(kiosk.log).toContain('its process is gone (killed)');
  await remote.close();
});

test('a page that fails three times in a minute makes way for a simple one, which leads back to the wall', async ({
  startKiosk,
}) => {
  const kiosk = await startKiosk({ config: twoStreams });
  await expectLive(kiosk.page, 'clock');
  await killThreeTimes(kiosk);
  const safe = await kiosk.rejoin();
  for (const lang of ['en', 'fr', 'de']) await expect(safe.locator(`section[lang="${lang}"]`)).toBeVisible();
  await expect(safe.locator('.detail')).toContainText('killed');
  await safe.locator('section[lang="en"] a').click();
  await expectLive(safe, 'clock');

  // A fourth one within the minute; this time nobody is there. Nobody waits for a minute here, either.
  await hurryMinutes(kiosk);
  await kiosk.killRenderer();
  const again = await kiosk.rejoin();
  await expect(again.locator('section[lang="en"]')).toBeVisible();
  await expectLive(again, 'clock');
});

test('a page that hangs is ended and comes back', async ({ startKiosk }) => {
  test.slow();
  const kiosk = await startKiosk({ config: twoStreams });
  await expectLive(kiosk.page, 'clock');
  const hanging = await kiosk.renderer();
  // Never ends, so it is not waited for.
  kiosk.page
    .evaluate(() => {
      for (;;);
    })
    .catch(() => undefined);
  await expect.poll(() => kiosk.renderer(), { timeout: 40_000 }).not.toBe(hanging);
  await expectLive(await kiosk.rejoin(), 'clock');
  expect(kiosk.log).toContain('The kiosk page hangs');
});

test('a killed Capture is the affair of its own tile', async ({ startKiosk }) => {
  const kiosk = await startKiosk({ config: { streams: [...twoStreams.streams].reverse() } });
  const { page } = kiosk;
  // The first to start is the first on the wall.
  await expectLive(page, 'clock');
  await expectLive(page, 'dim');
  const captures = await kiosk.captures();
  expect(captures).toHaveLength(2);
  await watchTiles(page, ['clock', 'dim']);
  process.kill(captures[0] ?? 0, 'SIGKILL');
  await expect.poll(async () => (await kiosk.state()).streams.map(({ starts }) => starts).sort()).toEqual([1, 2]);
  const { streams } = await kiosk.state();
  const other = streams.find(({ starts }) => starts === 1)?.id ?? '';
  const killed = streams.find(({ starts }) => starts === 2)?.id ?? '';
  await expectPictures(page, other, 10);
  await expectLive(page, killed);
  expect(await changedTiles(page, ['clock', 'dim'])).not.toContain(other);
  expect(streams.map(({ viewers }) => viewers)).toEqual([1, 1]);
});

async function killThreeTimes(kiosk: Kiosk): Promise<void> {
  for (let kill = 0; kill < 3; kill++) await kiosk.killRenderer();
}

/** What the program would do a minute later comes after seconds. */
async function hurryMinutes(kiosk: Kiosk): Promise<void> {
  await kiosk.evaluate(() => {
    const { setTimeout } = globalThis;
    Object.assign(globalThis, {
      setTimeout: (run: () => void, delayMs: number) => setTimeout(run, delayMs === 60_000 ? 3_000 : delayMs),
    });
  });
}
