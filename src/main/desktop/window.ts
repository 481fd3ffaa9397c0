import { BrowserWindow } from 'electron';
import type { Logger } from 'pino';
import { pageOrigin } from './page.ts';

/** Opens the kiosk window; it shows itself with its first picture, and is dark before. */
export function openWindow(preloadFile: string, log: Logger): BrowserWindow {
  const window = new BrowserWindow({
    show: false,
    kiosk: true,
    autoHideMenuBar: true,
    backgroundColor: '#121314',
    webPreferences: {
      preload: preloadFile,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      // A hidden or covered wall must be live the moment it is seen again.
      backgroundThrottling: false,
    },
  });
  window.setMenu(null);
  window.once('ready-to-show', () => window.show());
  // The page never navigates by itself: what tries to is a stray link or something worse.
  window.webContents.on('will-navigate', (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window
    .loadURL(`${pageOrigin}/`)
    .catch((error: unknown) => log.error({ err: error }, 'The kiosk page could not be loaded.'));
  return window;
}
