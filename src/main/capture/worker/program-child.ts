import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { printable, SourceError } from './ffmpeg/source-error.ts';

/** How long a program may take to leave when asked to. */
const graceMs = 1_000;

/** What a program wrote before it died may still be on its way; a grandchild that keeps the pipe open is not waited for. */
const drainMs = 500;

/** How a program came to its end. */
export interface ProgramEnd {
  /** In words, such as `exit code 3`. */
  readonly how: string;
  /** The last line of its standard error, fit to be shown; empty where it wrote none. */
  readonly lastWords: string;
}

/** A running program that dies with this process. */
export interface ProgramChild {
  readonly pid: number | undefined;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  /** Resolves when the program is gone and its output is read to the end. Never rejects. */
  readonly ended: Promise<ProgramEnd>;
  /** SIGTERM, and SIGKILL after a second. Resolves when it is gone. Idempotent. */
  close(): Promise<void>;
  /** SIGKILL at once, for programs that have nothing to put in order. Resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a program from an argument list, without a shell.
 * @throws SourceError where there is no such program, or it may not be run.
 */
export function startProgram(command: readonly string[], { withStdin = false } = {}): ProgramChild {
  const [program = '', ...args] = command;
  const path = process.platform === 'win32' ? program : findOnPath(program);
  const [file, ...argv] = dieWithUs([path, ...args]);
  const child = spawn(file, argv, {
    stdio: [withStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const { stdin, stdout, stderr } = child;
  if (!stdout || !stderr) throw new SourceError('crashed', `${printable(program)} could not be started.`);
  // A program that has gone makes writing fail; its end is told by `ended`.
  stdin?.on('error', () => undefined);

  const lastLine = keepLastLine(stderr);
  const exit = whenGone(child, program);
  return {
    pid: child.pid,
    stdin,
    stdout,
    ended: exit.then((how) => ({ how, lastWords: lastLine() })),
    async close() {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      // Nobody reads on: without this a full pipe would keep a program from leaving.
      stdout.resume();
      await exit;
      clearTimeout(killer);
    },
    async kill() {
      child.kill('SIGKILL');
      stdout.resume();
      await exit;
    },
  };
}

/** Searched for by hand, because the launcher that ties a program to our life can't say that there is none. */
function findOnPath(program: string): string {
  const folders = program.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  const candidates = folders.map((folder) => (isAbsolute(program) ? program : join(folder, program)));
  const files = candidates.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (files.length === 0) throw new SourceError('not_found', `There is no program ${printable(program)}.`);
  const runnable = files.find(isRunnable);
  if (runnable === undefined) {
    throw new SourceError('refused', `${printable(program)} is not a program that we may run.`);
  }
  return runnable.includes('/') ? runnable : `./${runnable}`;
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // That it may not be run is the answer, not an error.
    return false;
  }
}

/**
 * Lets Linux kill the program when this process dies, however it dies (prctl(2), PR_SET_PDEATHSIG). Windows does that
 * by the job object that libuv puts every child into; elsewhere the program finds its output closed.
 */
function dieWithUs(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  if (process.platform !== 'linux') return command;
  canTieLife ??= spawnSync('setpriv', [...tieLife, 'true'], { stdio: 'ignore' }).status === 0;
  return canTieLife ? ['setpriv', ...tieLife, ...command] : command;
}

const tieLife = ['--pdeathsig', 'KILL', '--'] as const;
/** Asked once: not every system has util-linux's setpriv, and BusyBox's has no such option. */
let canTieLife: boolean | undefined;

function whenGone(child: ChildProcess, program: string): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(`${printable(program)} could not be started: ${printable(error.message)}`);
    });
    child.once('exit', (code, signal) => {
      const how = signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`;
      const drained = setTimeout(() => resolve(how), drainMs);
      child.once('close', () => {
        clearTimeout(drained);
        resolve(how);
      });
    });
  });
}

/** Reads all of a stream and remembers its last line that is not empty, of at most 1,000 characters. */
function keepLastLine(stream: Readable): () => string {
  let tail = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    // Enough for the last line; what came before is nobody's business any more.
    tail = (tail + text).slice(-2_000);
  });
  stream.on('error', () => undefined);
  return () =>
    printable(
      tail
        .trimEnd()
        .split(/[\r\n]+/)
        .at(-1)
        ?.slice(-1_000) ?? '',
    );
}
