import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfStale } from './build.ts';
import { electronServerAnswers } from './electron-server.ts';
import { installedElectron } from './installed-electron.ts';
import { root, run } from './run.ts';

/**
 * `npm start`: the kiosk window where there is a screen and Electron's program, else the same station without a window.
 * With `--headless` as the first argument (`npm run headless`) no window is tried. Everything else is handed on.
 */
const isHeadless = process.argv[2] === '--headless';
if (isHeadless) process.argv.splice(2, 1);

if (await buildIfStale()) await start();
else process.exitCode = 1;

async function start(): Promise<void> {
  const electron = isHeadless ? { reason: null } : await findElectron();
  if ('program' in electron) return startWindow(electron.program);
  if (electron.reason) process.stderr.write(`No kiosk window: ${electron.reason}. The station runs without one.\n`);
  await import(pathToFileURL(join(root, 'out/main/headless.js')).href);
}

function startWindow(program: string): void {
  const child = spawn(program, [root, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`Electron cannot be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}

async function findElectron(): Promise<{ program: string } | { reason: string }> {
  const needsDisplay = process.platform !== 'win32' && process.platform !== 'darwin';
  if (needsDisplay && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    return { reason: 'there is no display' };
  }
  if (!existsSync(join(root, 'node_modules/electron/install.js'))) return { reason: 'Electron is not installed' };
  if (!installedElectron() && !(await downloadElectron())) {
    return { reason: "Electron's program is not here and cannot be downloaded" };
  }
  const program = installedElectron();
  return program ? { program } : { reason: "Electron's program is not where its package says" };
}

/** Fetches Electron's program once. */
async function downloadElectron(): Promise<boolean> {
  if (!(await electronServerAnswers())) return false;
  process.stderr.write("Fetching Electron's program, once …\n");
  return (await run(process.execPath, ['node_modules/electron/install.js'], { isOutputAside: true })) === 0;
}
