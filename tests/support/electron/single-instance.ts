import { mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { standInOptions } from './options.ts';

let isHeld = false;

/** Whether this process holds the lock. */
export const holdsSingleInstance = (): boolean => isHeld;

/**
 * Holds the lock of the one instance by a file that names its process.
 * @param second Called in the holder when another one was started.
 * @returns Whether this process holds it now.
 */
export function holdSingleInstance(second: (argv: string[], workingDirectory: string) => void): boolean {
  const folder = standInOptions().userDataDir;
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'instance.pid');
  const message = join(folder, 'second-instance.json');
  if (!take(lock)) {
    writeFileSync(message, JSON.stringify({ argv: process.argv, workingDirectory: process.cwd() }));
    return false;
  }
  isHeld = true;
  process.once('exit', () => rmSync(lock, { force: true }));
  const watcher = watch(folder, (_event, name) => {
    if (name !== 'second-instance.json') return;
    try {
      const told = JSON.parse(readFileSync(message, 'utf8')) as { argv: string[]; workingDirectory: string };
      rmSync(message);
      second(told.argv, told.workingDirectory);
    } catch {
      // Told again when the other process has written to the end; and once more of its removal.
    }
  });
  watcher.unref();
  return true;
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number(readFileSync(lock, 'utf8'));
    if (isRunning(holder)) return false;
    // Its holder was killed and could not tidy up.
    writeFileSync(lock, String(process.pid));
    return true;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // There is no such process, which is the answer.
    return false;
  }
}
