import type * as Electron from 'electron';
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { serveTest } from './control.ts';
import { ipcMain } from './ipc-main.ts';
import { powerSaveBlocker } from './power-save-blocker.ts';
import { protocol } from './protocol.ts';
import { utilityProcess } from './utility-process.ts';

/**
 * The module `electron` where its program can't be had: Node is the main process, the system's Chromium draws the windows. It has what
 * Eyepiece uses, and throws at everything else.
 */
export { app, BrowserWindow, ipcMain, powerSaveBlocker, protocol, utilityProcess };

const parts = { app, BrowserWindow, ipcMain, powerSaveBlocker, protocol, utilityProcess };
// Only these few of all that Electron has.
serveTest(parts as unknown as typeof Electron);
