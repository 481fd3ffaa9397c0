import { BrowserWindow } from 'electron';
import { closesWindow, escapesKiosk } from './escape-keys.ts';
import type { KioskWindow } from './shell.ts';

/** The wall's own dark: what is seen before the first picture is never white. */
const darkBackground = '#121314';

export interface KioskWindowOptions {
  readonly preloadFile: string;
  /** An installed program has no developer tools. */
  readonly isPackaged: boolean;
  /** Whether the window may be closed at this instant. */
  readonly mayClose: () => boolean;
}

/** Opens the kiosk window, empty and dark. */
export function openWindow({ preloadFile, isPackaged, mayClose }: KioskWindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    show: false,
    kiosk: true,
    backgroundColor: darkBackground,
    title: 'Eyepiece',
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      devTools: !isPackaged,
      navigateOnDragDrop: false,
      disableDialogs: true,
      spellcheck: false,
      // A hidden or covered wall must be live the moment it is seen again.
      backgroundThrottling: false,
    },
  });
  window.setMenu(null);
  window.once('ready-to-show', () => window.show());
  window.on('close', (event) => {
    if (!mayClose()) event.preventDefault();
  });
  window.on('page-title-updated', (event) => event.preventDefault());
  window.on('system-context-menu', (event) => event.preventDefault());
  window.webContents.on('before-input-event', (event, input) => {
    const isOpen = mayClose();
    if (escapesKiosk(input, isOpen)) event.preventDefault();
    else if (input.type === 'keyDown' && closesWindow(input)) window.close();
  });
  return window;
}

/** The window as the shell steers it. */
export function kioskWindow(window: BrowserWindow): KioskWindow {
  return {
    fill() {
      window.setKiosk(true);
      window.focus();
    },
    release() {
      window.setKiosk(false);
      window.setFullScreen(false);
    },
  };
}
