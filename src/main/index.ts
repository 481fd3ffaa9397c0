import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, ipcMain, protocol } from 'electron';
import { forkInElectron } from './desktop/capture-process.ts';
import { openIpcDoor } from './desktop/ipc-door.ts';
import { pageOrigin, pageResponder, pageScheme } from './desktop/page.ts';
import { openWindow } from './desktop/window.ts';
import { launch } from './launch.ts';

// out/ mirrors src/: this file is out/main/index.js.
const out = fileURLToPath(new URL('..', import.meta.url));

/** The station with its kiosk window, inside Electron. */
async function main(): Promise<void> {
  const booted = await launch(ownArguments(), process.env, { fork: forkInElectron });
  if ('exitCode' in booted) {
    process.stdout.write(booted.output);
    process.stderr.write(booted.complaint);
    app.exit(booted.exitCode);
    return;
  }
  const { station, log } = booted;
  process.stdout.write(`Eyepiece station ready at ${booted.url}\n`);

  protocol.handle(pageScheme, pageResponder(join(out, 'renderer')));
  const window = openWindow(join(out, 'preload/index.cjs'), log);
  const door = openIpcDoor({
    station,
    port: ipcMain,
    pageOrigin,
    sendState: (channel, state) => {
      if (!window.isDestroyed()) window.webContents.send(channel, state);
    },
    log: log.child({ part: 'ipc' }),
  });

  app.on('second-instance', () => window.focus());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    // Electron does not wait by itself: quitting goes on when the station has closed.
    event.preventDefault();
    door.close();
    void booted.close().finally(() => app.exit(0));
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
}

/** What stands behind the app's own path on Electron's command line. A packaged app is its own program and has no path there. */
function ownArguments(): string[] {
  if (app.isPackaged) return process.argv.slice(1);
  const ownPaths = [app.getAppPath(), fileURLToPath(import.meta.url)];
  const at = process.argv.findIndex((part) => ownPaths.includes(resolve(part)));
  return at < 0 ? [] : process.argv.slice(at + 1);
}

// Has to be told before Electron is ready: the page's scheme gets an origin of its own, and fetch.
protocol.registerSchemesAsPrivileged([
  { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

// A second start would fight for the cameras and the port; it brings the first one's window to the front instead.
if (app.requestSingleInstanceLock()) {
  app
    .whenReady()
    .then(main)
    .catch((error: unknown) => {
      process.stderr.write(`eyepiece: the kiosk could not start: ${String(error)}\n`);
      app.exit(1);
    });
} else {
  app.quit();
}
