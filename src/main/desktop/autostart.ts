import { app } from 'electron';
import type { ShellFile } from './shell-file.ts';

/**
 * Asks Windows once to start an installed Eyepiece when its user signs in. Whoever wants it otherwise tells the system, which is not
 * asked again. On Linux a systemd unit does it.
 */
export function askForAutostart(file: ShellFile): void {
  if (process.platform !== 'win32' || !app.isPackaged || file.memory.hasAskedForAutostart) return;
  app.setLoginItemSettings({ openAtLogin: true });
  void file.remember({ hasAskedForAutostart: true });
}
