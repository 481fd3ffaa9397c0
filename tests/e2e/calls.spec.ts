import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Browser, type Page } from '@playwright/test';
import { pino } from 'pino';
import { networkHosts } from '../../src/main/access/addresses.ts';
import { boot, type BootedStation } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream } from '../../src/main/config.ts';
import type { CallsApi } from '../../src/shared/calls.ts';
import { chromiumLaunchOptions } from '../support/chromium.ts';
import { drawLine, expectVoiceAndPicture, lineOn, openScreen, signIn } from './call-screens.ts';
import { becomeCallPage, expectMedia, phaseOf, received, ring } from './call-pages.ts';
import { expectLive } from './fixtures.ts';

const [host = ''] = networkHosts();
const password = 'a quiet microscope';
const { args, ...launch } = await chromiumLaunchOptions();

interface Lab {
  readonly booted: BootedStation;
  readonly stationCalls: CallsApi;
  /** Of the network's door. */
  readonly origin: string;
  /** Somebody's page, without screens, signed in at the network's door. */
  readonly open: (name: string, options?: { readonly hasDevices?: boolean }) => Promise<Page>;
  /** Loads a page anew. */
  readonly reopen: (page: Page, name: string) => Promise<Page>;
}

const test = base.extend<{ lab: Lab }>({
  lab: async ({ browser }, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'eyepiece-'));
    const sharePort = await freePort();
    const config = {
      ...defaultConfig(),
      http: { ...defaultConfig().http, port: 0, announce: false, sharePort },
      streams: [simulatedStream('dim')],
    };
    const configFile = join(dataDir, 'station.json');
    const booted = await boot(
      { config, notices: [], configFile, dataDir, fixedBy: null, share: { host } },
      pino({ level: 'silent' }),
    );
    const origin = `https://${host}:${sharePort}`;
    const open: Lab['open'] = async (name, { hasDevices = true } = {}) => {
      await booted.access.addUser({ name, password, role: 'operator', streams: 'all' });
      const page = await openPage(browser, hasDevices);
      return reopen(page, name);
    };
    const reopen: Lab['reopen'] = async (page, name) => {
      await page.goto(`${origin}/healthz`);
      await becomeCallPage(page, { name, password });
      return page;
    };
    await use({ booted, stationCalls: booted.calls, origin, open, reopen });
    await booted.close();
    await rm(dataDir, { recursive: true, force: true });
  },
});

test.use({
  launchOptions: {
    ...launch,
    args: [...args, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  },
});
test.skip(host === '', 'this machine has no address on a network');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '::');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function openPage(browser: Browser, hasDevices: boolean): Promise<Page> {
  // The station vouches for its certificate itself.
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  if (!hasDevices) {
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('None is there.', 'NotFoundError'));
    });
  }
  return page;
}

const chatOf = (page: Page) =>
  page.evaluate(() =>
    (window.callPage.call.sessionState?.chat ?? []).map(({ from, message }) => `${from}: ${message}`),
  );

test('two colleagues hear and see each other, chat, point, share a screen, outlive a cut, and hang up', async ({
  lab,
}) => {
  const [anna, berta] = [await lab.open('Anna'), await lab.open('Berta')];
  await ring(anna, berta, 'user:Berta');
  for (const page of [anna, berta]) await expectMedia(page);
  expect((await received(anna)).widthPx).toBeGreaterThanOrEqual(320);

  expect(await anna.evaluate(() => window.callPage.call.session?.say('Do you see the cell?'))).toBe(true);
  await expect.poll(() => chatOf(berta)).toEqual(['peer: Do you see the cell?']);
  expect(await chatOf(anna)).toEqual(['me: Do you see the cell?']);

  await anna.evaluate(() => window.callPage.call.session?.pointers.point('dim', [0.25, 0.75]));
  await expect
    .poll(() =>
      berta.evaluate(() => window.callPage.call.marks.map(({ from, stream, points }) => ({ from, stream, points }))),
    )
    .toEqual([{ from: 'peer', stream: 'dim', points: [[0.25, 0.75]] }]);

  await anna.evaluate(() => window.callPage.call.session?.setMicrophone(false));
  await anna.evaluate(() => window.callPage.call.session?.setCamera(false));
  const sendingOfAnna = () => berta.evaluate(() => window.callPage.call.sessionState?.peerSending ?? null);
  await expect.poll(sendingOfAnna).toEqual({ microphone: false, picture: 'none' });
  await anna.evaluate(() => window.callPage.call.session?.setCamera(true));
  await expectMedia(berta);

  await anna.evaluate(() => window.callPage.call.session?.shareScreen());
  await expect.poll(sendingOfAnna).toEqual({ microphone: false, picture: 'screen' });
  await expectMedia(berta);

  await anna.evaluate(() => window.callPage.cutSockets());
  await expect.poll(() => anna.evaluate(() => window.callPage.socketsOpened())).toBe(2);
  await expect.poll(() => anna.evaluate(() => window.callPage.call.sessionState?.signaling.kind)).toBe('open');
  for (const page of [anna, berta]) {
    expect(await phaseOf(page)).toBe('connected');
    await expectMedia(page);
  }

  await berta.evaluate(() => window.callPage.call.end());
  await expect
    .poll(() => anna.evaluate(() => window.callPage.call.sessionState?.phase))
    .toEqual({
      kind: 'ended',
      why: 'hung_up',
    });
  expect(lab.stationCalls.calls().people.map(({ isBusy }) => isBusy)).toEqual([false, false]);
});

test('a call goes on with a page that was loaded anew, and with one that has neither camera nor microphone', async ({
  lab,
}) => {
  const [anna, berta] = [await lab.open('Anna'), await lab.open('Berta', { hasDevices: false })];
  await ring(anna, berta, 'user:Berta');
  await expectMedia(berta);
  const camera = await berta.evaluate(() => window.callPage.call.sessionState?.local.camera);
  expect(camera).toEqual({ kind: 'missing', fault: 'no_device' });

  // As a reload does, which the station and the other end see as another page of the same person.
  const again = await lab.reopen(anna, 'Anna');
  await expect.poll(() => again.evaluate(() => window.callPage.call.elsewhere?.callee.name ?? null)).toBe('Berta');
  await again.evaluate(() => window.callPage.call.takeOver());
  for (const page of [again, berta]) await expect.poll(() => phaseOf(page)).toBe('connected');
  await expectMedia(berta);
  expect(await again.evaluate(() => window.callPage.call.session?.say('Here I am again.'))).toBe(true);
  await expect.poll(() => chatOf(berta)).toEqual(['peer: Here I am again.']);
});

test('on the screens, an expert rings at the station, both see, hear and write to each other, and a line is at the same place of the picture', async ({
  lab,
  browser,
}) => {
  await lab.booted.access.addUser({ name: 'Anna', password, role: 'operator', streams: 'all' });
  const station = await openScreen(browser, lab.booted.url, { width: 1024, height: 768 });
  const anna = await openScreen(browser, lab.origin, { width: 1600, height: 900 });
  await signIn(anna, 'Anna', password);
  for (const page of [station, anna]) await expectLive(page, 'dim');

  await anna.getByTestId('calls').click();
  await anna.getByTestId('call-key').click();
  await expect(station.getByRole('alert').filter({ hasText: 'Anna calls' })).toBeVisible();
  await expect(anna.getByTestId('call-ringing')).toContainText('It rings there.');
  await station.getByTestId('call-accept').click();
  for (const page of [station, anna]) await expect(page.getByTestId('call-phase')).toContainText('Connected');
  for (const page of [station, anna]) await expectVoiceAndPicture(page);

  await anna.getByTestId('chat-text').fill('Is <b>this</b> the edge?');
  await anna.keyboard.press('Enter');
  await expect(station.getByTestId('chat-lines')).toContainText('Is <b>this</b> the edge?');
  await station.getByTestId('chat-text').fill('Yes.');
  await station.getByTestId('chat-send').click();
  await expect(anna.getByTestId('chat-lines').locator('[data-from="peer"]')).toContainText('Yes.');

  await station.getByTestId('call-mute').click();
  await expect(anna.getByTestId('call-peer-words')).toContainText('muted');
  await station.getByTestId('call-camera').click();
  await expect(anna.getByTestId('call-remote')).toBeHidden();

  await anna.getByTestId('call-draw').click();
  const places = [
    [0.2, 0.3],
    [0.3, 0.5],
    [0.6, 0.7],
  ] as const;
  await drawLine(anna, 'dim', places);
  await expect(station.getByTestId('call-phase')).toContainText(/Anna points at .+/);
  for (const [page, from] of [
    [anna, 'me'],
    [station, 'peer'],
  ] as const) {
    await expect
      .poll(async () => (await lineOn(page, 'dim', from)).map((share) => Math.round(share * 100)))
      .toEqual([20, 30, 60, 70]);
  }
  await expect(anna.getByTestId('tile')).toHaveCount(1);
  await anna.keyboard.press('Delete');
  await expect(station.getByTestId('mark-line')).toHaveCount(0);
  await anna.keyboard.press('Escape');
  await expect(anna.getByTestId('call-draw')).toHaveAttribute('aria-pressed', 'false');

  await station.getByTestId('settings-close').click();
  await station.getByTestId('call-hang-up').click();
  await expect(anna.getByTestId('call-ended')).toHaveText(/hung up\.$/);
  await expect(station.getByTestId('call-strip')).toHaveText('You hung up the call with Anna.');
});
