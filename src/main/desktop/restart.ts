import { app } from 'electron';
import type { Logger } from 'pino';

/** What fails sooner than this after its start would fail again. */
const worthAnotherStartS = 60;

/** Ends Eyepiece properly and starts it anew. */
export function restart(): void {
  relaunch();
  app.quit();
}

/**
 * A mistake of ours that nobody has caught ends the program, as on plain Node, and starts it anew. Electron by itself would leave a
 * window with the error on the screen and wait for somebody to close it.
 */
export function restartAfterFaults(log: Logger): void {
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'Eyepiece made a mistake that it cannot go on after.');
    if (process.uptime() > worthAnotherStartS) relaunch();
    app.exit(1);
  });
}

function relaunch(): void {
  // Under a service manager, what this process starts ends with it; the manager itself starts Eyepiece again.
  if (process.env['NOTIFY_SOCKET']) return;
  // An AppImage is a folder that is there as long as the program runs: the image has to be started, not what is in it.
  const execPath = process.env['APPIMAGE'];
  app.relaunch(execPath ? { execPath } : {});
}
