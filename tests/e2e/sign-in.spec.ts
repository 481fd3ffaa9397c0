import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openAccessFile } from '../../src/main/access/access-file.ts';
import { networkHosts } from '../../src/main/access/addresses.ts';
import { boot } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream } from '../../src/main/config.ts';
import { overflowingTexts } from '../kiosk/overflow.ts';
import { expect, expectLive, test as base, tile } from './fixtures.ts';

/** An address of this machine on a network; what the tests send to it stays on the machine. */
const [host = ''] = networkHosts();
const password = 'a quiet microscope';

interface SharedStation {
  /** Of the door on loopback, which asks nobody. */
  readonly ownUrl: string;
  /** Where somebody on the network finds it. */
  readonly origin: string;
}

/** A station in this very process that is shared, with a user who may see one of its two streams. */
const test = base.extend<{ station: SharedStation }>({
  station: async ({}, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'eyepiece-'));
    const file = openAccessFile(dataDir);
    await file.users.add({ name: 'Anna', password, role: 'viewer', streams: ['fluorescence'] });
    file.close();
    const http = { ...defaultConfig().http, port: 0, announce: false, sharePort: 0 };
    const streams = [simulatedStream('brightfield'), simulatedStream('fluorescence')];
    const config = { ...defaultConfig(), http, streams };
    const configFile = join(dataDir, 'station.json');
    const booted = await boot({ config, notices: [], configFile, dataDir, fixedBy: null }, pino({ level: 'silent' }));
    const { sharing } = await booted.settings.share();
    const links = sharing.kind === 'on' ? sharing.links.map((link) => new URL(link)) : [];
    const origin = links.find((link) => link.host.startsWith(`${host}:`))?.origin ?? '';
    await use({ ownUrl: booted.url, origin });
    await booted.close();
    await rm(dataDir, { recursive: true, force: true });
  },
});

test.skip(host === '', 'this machine has no address on a network');
// The station vouches for its certificate itself.
test.use({ ignoreHTTPSErrors: true });

test('a user signs in at the picture that a link names, sees what is allowed and nothing else, and leaves nothing behind', async ({
  page,
  station,
}) => {
  const secrets = new Set<string>();
  const urls: string[] = [];
  page.on('request', (request) => {
    urls.push(request.url());
    const token = request.headers()['authorization'];
    if (token !== undefined) secrets.add(token.slice('Bearer '.length));
    const { refreshToken } = (request.postData()?.startsWith('{') ? request.postDataJSON() : {}) as Record<
      string,
      string
    >;
    if (refreshToken !== undefined) secrets.add(refreshToken);
  });

  await page.goto(`${station.origin}/v/fluorescence`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in to this station');
  await page.getByLabel('Name').fill('Anna');
  await page.getByLabel('Password', { exact: true }).fill('a loud microscope');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('sign-in-fault').first()).toHaveText('The name or the password is wrong.');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');

  await expectLive(page, 'fluorescence');
  await expect(page).toHaveURL(`${station.origin}/v/fluorescence`);
  await expect(page.getByRole('button', { name: 'Anna, Viewer' })).toBeVisible();
  await page.getByTestId('grid').click();
  await expect(page).toHaveURL(`${station.origin}/`);
  await expect(page.getByTestId('tile')).toHaveCount(1);

  await page.goto(`${station.origin}/v/brightfield`);
  await expect(page.getByTestId('link-broken')).toContainText('There is no such picture here.');
  await page.getByTestId('show-wall').click();
  await expectLive(page, 'fluorescence');

  await page.getByTestId('me').click();
  await page.getByTestId('sign-out').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You have signed out.');
  await expect(tile(page, 'fluorescence')).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in to this station');

  const entries = await page.evaluate(() => window.navigation.entries().map(({ url }) => url ?? ''));
  expect(entries).toContain(`${station.origin}/`);
  expect(secrets.size).toBeGreaterThan(1);
  for (const secret of [...secrets, password]) {
    expect([...urls, ...entries].filter((url) => url.includes(encodeURIComponent(secret)))).toEqual([]);
  }
  expect(await page.context().cookies()).toEqual([]);
});

test.describe('a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('has room for everything, and for a finger on it, upright and lying', async ({ page, station }) => {
    const tooSmall = (): Promise<string[]> =>
      page.locator('button:visible, input:visible').evaluateAll((elements) =>
        elements
          .filter((element) => !element.closest('.for-screen-readers'))
          .map((element) => ({ box: element.getBoundingClientRect(), mark: element.outerHTML.slice(0, 120) }))
          .filter(({ box }) => box.width < 44 || box.height < 44 || box.right > innerWidth + 1 || box.left < -1)
          .map(({ mark }) => mark),
      );
    const expectRoom = async (): Promise<void> => {
      expect(await overflowingTexts(page)).toEqual([]);
      expect(await tooSmall()).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    };

    await page.goto(`${station.origin}/`);
    await expect(page.getByTestId('sign-in')).toBeVisible();
    for (const upright of [true, false]) {
      await page.setViewportSize(upright ? { width: 390, height: 844 } : { width: 844, height: 390 });
      await page.goto(station.origin);
      await expect(page.getByTestId('sign-in')).toBeVisible();
      await expectRoom();
      await page.goto(station.ownUrl);
      await expect(page.getByTestId('tile')).toHaveCount(2);
      await expectRoom();
      await page.goto(new URL('/v/brightfield', station.ownUrl).href);
      await expectLive(page, 'brightfield');
      await page.getByTestId('telemetry-key').tap();
      await expect(page.getByTestId('telemetry')).toBeVisible();
      await expectRoom();
    }
  });
});

test('a browser finds the page installable', async ({ page, station }) => {
  // A name that browsers take for safe without a certificate.
  await page.goto(station.ownUrl.replace('127.0.0.1', 'localhost'));
  const session = await page.context().newCDPSession(page);
  const manifest = await session.send('Page.getAppManifest');
  expect(manifest.errors).toEqual([]);
  expect(JSON.parse(manifest.data ?? '')).toMatchObject({ display: 'standalone', start_url: '/' });
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // The tests' own windows leave no trace, and install nothing.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
});
