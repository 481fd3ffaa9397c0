import { expectLive } from '../e2e/fixtures.ts';
import { expect, platform, sharedKiosk, test, twoStreams } from './fixtures.ts';

// What stands in for Electron must not let pass what it can't do, nor do by itself what the program has to do.
test.skip(!platform.isStandIn, 'concerns the stand-in only; this was the real Electron');
const kiosk = sharedKiosk({ config: twoStreams });

test('the stand-in throws at everything of Electron that it has not', async () => {
  const complaints = await kiosk().evaluate(({ app, BrowserWindow, ipcMain }) => {
    const [window] = BrowserWindow.getAllWindows();
    const attempts: (() => unknown)[] = [
      () => app.dock,
      () => app.on('gpu-info-update', () => undefined),
      () => ipcMain.handleOnce('x', () => undefined),
      () => window?.setOpacity(0.5),
      () => window?.webContents.printToPDF({}),
      () => window?.webContents.on('found-in-page', () => undefined),
      () => window?.webContents.session.clearCache(),
      () => new BrowserWindow({ frame: false }),
      () => new BrowserWindow({ webPreferences: { contextIsolation: false } }),
      () => new BrowserWindow({ webPreferences: { webSecurity: false } }),
    ];
    return attempts.map((attempt) => {
      try {
        attempt();
        return 'nothing';
      } catch (error) {
        return String(error);
      }
    });
  });
  expect(complaints.filter((complaint) => !complaint.includes('The stand-in for Electron'))).toEqual([]);
});

test('without the guard of the program, the page goes elsewhere', async () => {
  const { page } = kiosk();
  await expectLive(page, 'clock');
  await kiosk().evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.removeAllListeners('will-frame-navigate');
  });
  await page.evaluate(() => {
    window.location.href = '/safe.html';
  });
  await expect(page.locator('section[lang="en"]')).toBeVisible();
  await page.evaluate(() => window.history.back());
  await expectLive(page, 'clock');
});

test('without the guard of the program, files are saved', async () => {
  const { page } = kiosk();
  const saved = kiosk().evaluate(({ BrowserWindow }) => {
    const session = BrowserWindow.getAllWindows()[0]?.webContents.session;
    session?.removeAllListeners('will-download');
    return new Promise((resolve) => {
      session?.on('will-download', ({ defaultPrevented }) => resolve(!defaultPrevented));
    });
  });
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = '/index.html';
    link.download = 'wall.html';
    link.click();
  });
  expect(await saved).toBe(true);
});
