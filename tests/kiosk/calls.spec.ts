import type { Locator, Page } from '@playwright/test';
import { expectVoiceAndPicture, openScreen, signIn as signInOnPage } from '../e2e/call-screens.ts';
import { expectLive } from '../e2e/fixtures.ts';
import { chromiumLaunchOptions } from '../support/chromium.ts';
import { expect, platform, sharedKiosk, test, twoStreams } from './fixtures.ts';
import { overflowingTexts } from './overflow.ts';
import { goodPin } from './pin.ts';

const kiosk = sharedKiosk({
  config: { ...twoStreams, http: { sharePort: 0, announce: false, shareTls: 'off' } },
});
const json = { 'content-type': 'application/json' };
const password = 'a long password';
/** Of the network's door, to which browsers on this very machine lend their devices. */
let base = '';

const { args, ...launch } = await chromiumLaunchOptions();
const devices = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
test.use({ launchOptions: { ...launch, args: [...args, ...devices] } });

// Somebody on the network can call; and the kiosk is locked.
test.beforeAll(async () => {
  const link = await kiosk().page.evaluate(
    async ([password, pin]) => {
      const { access, settings, shell } = window.eyepiece ?? {};
      await access?.addUser({ name: 'Anna', password, role: 'operator', streams: 'all' });
      const shared = await settings?.share();
      await shell?.setPin(pin, pin);
      await shell?.lock();
      return shared && 'ok' in shared && shared.ok.sharing.kind === 'on' ? (shared.ok.sharing.links[0] ?? '') : '';
    },
    [password, goodPin] as const,
  );
  base = `http://127.0.0.1:${new URL(link).port}`;
});

async function signIn(): Promise<{ readonly post: (path: string, body?: object) => Promise<Response> }> {
  const answer = await fetch(`${base}/api/sign-in`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ name: 'Anna', password }),
  });
  const { token } = (await answer.json()) as { readonly token: string };
  const headers = { ...json, authorization: `Bearer ${token}` };
  return {
    post: (path, body = {}) => fetch(`${base}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  };
}

test('a call rings on a locked kiosk beside the pictures, and is answered and ended there without the PIN', async ({}, testInfo) => {
  const { page } = kiosk();
  await expectLive(page, 'clock');
  const { post } = await signIn();
  await expect(page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');

  expect((await post('/calls/initiate', { callee: 'station' })).status).toBe(201);
  const strip = page.getByTestId('call-strip');
  await expect(strip).toContainText('Anna calls');
  const [stripBox, tileBox] = [await strip.boundingBox(), await page.getByTestId('tile').first().boundingBox()];
  expect((stripBox?.y ?? 0) + (stripBox?.height ?? Infinity)).toBeLessThanOrEqual(tileBox?.y ?? 0);
  expect(await overflowingTexts(page)).toEqual([]);
  await page.screenshot({ path: testInfo.outputPath('rings.png') });
  await page.getByTestId('call-decline').click();
  await expect(strip).toHaveText('You declined the call of Anna.');

  expect((await post('/calls/initiate', { callee: 'station' })).status).toBe(201);
  await page.getByTestId('call-accept').click();
  // The caller of this test has no page.
  await expect(page.getByTestId('call-phase')).toContainText('Anna’s page is not there at the moment.');
  await expectLive(page, 'clock');
  for (const size of [
    { width: 1024, height: 768 },
    { width: 1920, height: 1080 },
  ]) {
    await page.setViewportSize(size);
    expect(await overflowingTexts(page), `at ${size.width} × ${size.height}`).toEqual([]);
    await page.screenshot({ path: testInfo.outputPath(`answered-${size.width}.png`) });
  }
  await page.getByTestId('call-hang-up').click();
  await expect(page.getByTestId('call-ended')).toHaveText('You hung up the call with Anna.');
  await page.getByTestId('settings-close').click();
  await expect(page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');
});

test('whoever stands before the locked kiosk answers by touch, sees, hears, and is seen and heard; no picture is covered', async ({
  browser,
}, testInfo) => {
  test.skip(!platform.isStandIn, 'Electron would take the camera and microphone of this machine');
  const { page } = kiosk();
  await expectLive(page, 'clock');
  const anna = await openScreen(browser, base, { width: 1280, height: 800 });
  await signInOnPage(anna, 'Anna', password);
  await anna.getByTestId('calls').click();
  await anna.getByTestId('call-key').click();
  await expect(page.getByTestId('call-strip')).toContainText('Anna calls');
  await expectUncovered(page, page.getByTestId('call-strip'));

  await touch(page.getByTestId('call-accept'));
  for (const each of [page, anna]) await expect(each.getByTestId('call-phase')).toContainText('Connected');
  await expectVoiceAndPicture(anna);
  const remote = page.getByTestId('call-remote');
  const shown = () => remote.evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames);
  const before = await shown();
  await expect.poll(shown).toBeGreaterThan(before + 5);
  await expect.poll(() => loudness(page)).toBeGreaterThan(0);
  await expectUncovered(page, page.getByTestId('call-panel'));
  await page.screenshot({ path: testInfo.outputPath('talks.png') });

  await touch(page.getByTestId('call-hang-up'));
  await expect(anna.getByTestId('call-ended')).toContainText('hung up.');
  await expect(page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');
  await anna.context().close();
});

/** As a finger does, which no mouse stands in for. */
async function touch(key: Locator): Promise<void> {
  const box = await key.boundingBox();
  const touchPoints = [{ x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 }];
  const devTools = await key.page().context().newCDPSession(key.page());
  await devTools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  await devTools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await devTools.detach();
}

/** Every Tile is seen whole beside what is there for a call. */
async function expectUncovered(page: Page, over: Locator): Promise<void> {
  const cover = await over.boundingBox();
  const tiles = await page.getByTestId('tile').all();
  expect(tiles.length).toBe(twoStreams.streams.length);
  for (const tile of tiles) {
    const box = await tile.boundingBox();
    if (!cover || !box) throw new Error('It is not on the screen.');
    const isBeside =
      cover.x + cover.width <= box.x ||
      box.x + box.width <= cover.x ||
      cover.y + cover.height <= box.y ||
      box.y + box.height <= cover.y;
    expect(isBeside, JSON.stringify({ cover, box })).toBe(true);
  }
}

/** The loudest of what is heard of the other end at this moment, from 0 to 1. */
function loudness(page: Page): Promise<number> {
  return page.getByTestId('call-sound').evaluate(async (audio: HTMLAudioElement) => {
    if (audio.paused || audio.muted || !(audio.srcObject instanceof MediaStream)) return 0;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(audio.srcObject).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    // The test tone of a fake microphone is a beep each second or so.
    let loudest = 0;
    for (const endMs = performance.now() + 2_000; performance.now() < endMs && loudest === 0;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      analyser.getFloatTimeDomainData(samples);
      loudest = Math.max(...samples);
    }
    await context.close();
    return loudest;
  });
}
