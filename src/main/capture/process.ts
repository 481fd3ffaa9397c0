import { fork, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { StartCapture } from '../station/ports.ts';
import type { EngineChoice, FromCapture, ToCapture } from './protocol.ts';
import { runCapture } from './running-capture.ts';

/** A Capture process, whatever started it. */
export interface CaptureProcess {
  readonly pid: number | undefined;
  /** What it writes to its standard streams. */
  readonly output: readonly NodeJS.ReadableStream[];
  postMessage(message: ToCapture): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

export interface CaptureProcessNotices {
  message(message: FromCapture): void;
  /** Called once, also where it could not be started. `how` completes the sentence "The Capture process …". */
  exited(how: string): void;
}

/** Starts a Capture process. Never throws and calls no notice before it has returned. */
export type ForkCapture = (entry: URL, notices: CaptureProcessNotices) => CaptureProcess;

export interface CaptureProcessesOptions {
  /** The program of the Capture process: `worker/main.ts`, or what it was built to. */
  readonly entry: URL;
  readonly engine: EngineChoice;
  readonly log: Logger;
  /** Electron has a way of its own. */
  readonly fork?: ForkCapture;
}

/** How long the last words of a process that has ended are waited for. */
const lastWordsMs = 300;

/** How a station starts its Captures: one process for each. */
export function captureProcesses({
  entry,
  engine,
  log,
  fork: start = forkCapture,
}: CaptureProcessesOptions): StartCapture {
  return (source, notices) =>
    runCapture((processNotices) => start(entry, processNotices), { source, engine, notices, log });
}

/** Starts a Capture as a child of this Node process. It ends with it, even where either was killed or stopped. */
export const forkCapture: ForkCapture = (entry, notices) => {
  const tied = canTieChildren() ? ['--pdeathsig', 'KILL', process.execPath] : [];
  const child = fork(fileURLToPath(entry), {
    // Frames are byte arrays: as JSON they would be many times as long.
    serialization: 'advanced',
    execPath: tied.length > 0 ? 'setpriv' : process.execPath,
    execArgv: tied,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  });
  let hasExited = false;
  const exited = (how: string): void => {
    if (hasExited) return;
    hasExited = true;
    notices.exited(how);
  };
  child.on('message', (data) => notices.message(data as FromCapture));
  child.on('error', (error) => {
    // Also emitted when a message or signal can't be delivered; without a process, nothing else will come.
    if (child.pid === undefined) exited(`could not be started (${error.message})`);
  });
  child.on('exit', (code, signal) => {
    const how = signal ? `was ended by ${signal}` : `ended with code ${code ?? '?'}`;
    // By `close` its last words have been read too; it doesn't come while another process holds the same streams.
    child.once('close', () => exited(how));
    setTimeout(() => exited(how), lastWordsMs).unref();
  });
  return {
    pid: child.pid,
    output: [child.stdout, child.stderr].filter((stream) => stream !== null),
    postMessage(toCapture) {
      // Failing to reach a process that is just ending is told by its exit.
      if (child.connected) child.send(toCapture, () => undefined);
    },
    kill: (signal) => void child.kill(signal),
  };
};

let tiesChildren: boolean | undefined;

/**
 * Whether util-linux's setpriv is there to have the kernel kill a child with its parent (prctl(2), PR_SET_PDEATHSIG). The
 * child's own watch on the channel is not enough: it may be stopped or busy. BusyBox has a setpriv that can't.
 */
function canTieChildren(): boolean {
  tiesChildren ??=
    process.platform === 'linux' &&
    spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true'], { stdio: 'ignore', timeout: 2_000 }).status === 0;
  return tiesChildren;
}
