import type { Page } from '@playwright/test';
import { brightness, expectLive, expectPictures, tile } from '../e2e/fixtures.ts';
import { expect, sharedKiosk, test } from './fixtures.ts';

const detectors = ['brightfield', 'fluorescence', 'dim', 'flaky'] as const;
const kiosk = sharedKiosk();

test('a first start shows four simulated detectors live, and says that they are simulated', async () => {
  const { page } = kiosk();
  await expect(page.getByTestId('tile')).toHaveCount(detectors.length);
  for (const id of detectors) {
    // The flaky one is away for ten seconds of each minute.
    await expect(tile(page, id)).toHaveAttribute('data-state', 'live', { timeout: 25_000 });
    await expect(tile(page, id)).toContainText('SIMULATED');
    await expectPictures(page, id, 3);
    expect((await brightness(page, id)).spread).toBeGreaterThan(3);
  }
});

test('nobody has chosen a PIN, and the screen says so', async () => {
  const { page } = kiosk();
  await expect(page.getByTestId('lock')).toHaveAttribute('data-lock', 'no_pin');
  await expect(page.getByTestId('lock')).toContainText('No PIN');
  expect(kiosk().file('lock.json')).toBeNull();
});

test('a greeting says what is seen, offers a camera, and goes when it is sent away', async () => {
  const { page } = kiosk();
  await expect(page.getByTestId('first-run')).toContainText('simulated');
  await expect(page.getByTestId('first-run').getByRole('button')).toHaveCount(5);
  await page.getByTestId('first-run-close').click();
  await expect(page.getByTestId('first-run')).toHaveCount(0);
  await page.reload();
  await expectLive(page, 'dim');
  await expect(page.getByTestId('first-run')).toHaveCount(0);
});

test('the window fills the screen, is named, and keeps the screen awake', async () => {
  const window = await kiosk().evaluate(({ BrowserWindow, powerSaveBlocker }) => {
    const windows = BrowserWindow.getAllWindows();
    return {
      count: windows.length,
      isKiosk: windows[0]?.isKiosk(),
      isVisible: windows[0]?.isVisible(),
      keepsAwake: powerSaveBlocker.isStarted(0),
    };
  });
  expect(window).toEqual({ count: 1, isKiosk: true, isVisible: true, keepsAwake: true });
});

test('it is dark before its first picture and while it loads, never white', async () => {
  const { page } = kiosk();
  const devTools = await page.context().newCDPSession(page);
  const screens: string[] = [];
  devTools.on('Page.screencastFrame', ({ data, sessionId }) => {
    screens.push(data);
    void devTools.send('Page.screencastFrameAck', { sessionId });
  });
  await devTools.send('Page.startScreencast', { format: 'jpeg', maxWidth: 96, maxHeight: 54 });
  await page.reload();
  await expectLive(page, 'dim');
  await devTools.send('Page.stopScreencast');
  const whileLoading = await Promise.all(screens.map((screen) => meanBrightness(page, screen)));
  expect(whileLoading.length).toBeGreaterThan(2);
  expect(Math.max(...whileLoading)).toBeLessThan(128);

  // What the window shows where a page has not painted anything yet.
  await kiosk().evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.loadURL('about:blank'));
  const empty = await page.screenshot({ type: 'jpeg' });
  expect(await meanBrightness(page, empty.toString('base64'))).toBeLessThan(30);
});

/** @param jpeg In base64. @returns From 0 to 255. */
function meanBrightness(page: Page, jpeg: string): Promise<number> {
  return page.evaluate(async (jpeg) => {
    const bytes = Uint8Array.from(atob(jpeg), (character) => character.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('There is no canvas.');
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, value, at) => sum + (at % 4 === 1 ? value : 0), 0) / (data.length / 4);
  }, jpeg);
}
