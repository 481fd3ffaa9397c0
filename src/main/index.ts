import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { app, ipcMain } from 'electron';
import type { BootedStation } from './boot.ts';
import { askForAutostart } from './desktop/autostart.ts';
import { forkInElectron } from './desktop/capture-process.ts';
import { drawsInSoftware } from './desktop/graphics.ts';
import { openKiosk, type Kiosk } from './desktop/kiosk.ts';
import { prepareApp } from './desktop/prepare-app.ts';
import { restartAfterFaults } from './desktop/restart.ts';
import { ShellFile } from './desktop/shell-file.ts';
import { prepareLaunch, type Exit, type Launch } from './launch.ts';
import { startWatchdog } from './watchdog.ts';

// out/ mirrors src/: this file is out/main/index.js.
const outDir = fileURLToPath(new URL('..', import.meta.url));

/** A port may be taken for as long as another program ends; nobody is there to start the kiosk by hand. */
const startAgainAfterS = 10;

/** The station with its kiosk window, inside Electron. */
async function main(launch: Launch, file: ShellFile): Promise<void> {
  const { dataDir, log } = launch;
  restartAfterFaults(log);
  const kiosk = await openKiosk({ outDir, dataDir, file, port: ipcMain, log });
  askForAutostart(file);
  const watchdog = startWatchdog(process.env, log);
  let closeStation = (): Promise<void> => Promise.resolve();
  app.on('second-instance', () => kiosk.focus());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    // Electron does not wait by itself: quitting goes on when the station has closed.
    event.preventDefault();
    watchdog.stopping();
    kiosk.close();
    void closeStation().finally(() => app.exit(0));
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());

  const booted = await startStation(launch, kiosk);
  closeStation = () => booted.close();
  process.stdout.write(`Eyepiece station ready at ${booted.url}\n`);
  kiosk.showStation(booted);
}

/** Starts the station, in the end. Until then the window says what is in the way. */
async function startStation(launch: Launch, kiosk: Kiosk): Promise<BootedStation> {
  for (;;) {
    const started = await launch.start({ fork: forkInElectron });
    if (!('exitCode' in started)) return started;
    process.stderr.write(started.complaint);
    kiosk.showComplaint(started.complaint.replace(/^eyepiece: /, '').trim(), startAgainAfterS);
    await delay(startAgainAfterS * 1_000);
  }
}

function exit({ exitCode, output, complaint }: Exit): void {
  process.stdout.write(output);
  process.stderr.write(complaint);
  app.exit(exitCode);
}

/** What stands behind the app's own path on Electron's command line. A packaged app is its own program and has no path there. */
function ownArguments(): string[] {
  if (app.isPackaged) return process.argv.slice(1);
  const ownPaths = [app.getAppPath(), fileURLToPath(import.meta.url)];
  const at = process.argv.findIndex((part) => ownPaths.includes(resolve(part)));
  return at < 0 ? [] : process.argv.slice(at + 1);
}

/** Runs the kiosk, or says why not, when Electron is ready. */
async function start(): Promise<void> {
  const launch = prepareLaunch(ownArguments(), process.env);
  // Nothing of Electron is needed for that, and what it would open belongs to the one that runs.
  if ('run' in launch) return exit(await launch.run());
  // A second start would fight for the cameras and the port; it brings the first one's window to the front instead.
  if (!app.requestSingleInstanceLock()) return app.quit();
  if ('exitCode' in launch) return app.whenReady().then(() => exit(launch));
  const file = new ShellFile(launch.dataDir, launch.log);
  prepareApp(drawsInSoftware(file.memory, Date.now()));
  return app.whenReady().then(() => main(launch, file));
}

start().catch((error: unknown) => {
  process.stderr.write(`eyepiece: the kiosk could not start: ${String(error)}\n`);
  app.exit(1);
});
