import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StationState } from '../../src/shared/state.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A station in a process of its own, as a user starts it. */
export interface StationProcess {
  readonly url: string;
  readonly pid: number;
  /** What it tells its screens at this instant. */
  state(): Promise<StationState>;
  /** Everything it wrote to standard error so far. */
  log(): string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface StationProcessOptions {
  /** Written as station.json. */
  readonly config?: object;
  readonly args?: readonly string[];
  /** 0 is any free port. */
  readonly port?: number;
  /** Where it is built; the project itself where left out. */
  readonly folder?: string;
}

/** Starts the built headless station on loopback with an empty data folder and waits for its ready line. */
export async function startStationProcess({
  config,
  args = [],
  port = 0,
  folder = root,
}: StationProcessOptions = {}): Promise<StationProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'eyepiece-'));
  if (config) await writeFile(join(dataDir, 'station.json'), JSON.stringify(config));
  const child = spawn(
    process.execPath,
    [join(folder, 'out/main/headless.js'), '--port', String(port), '--data-dir', dataDir, ...args],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stdout.setEncoding('utf8');
  const gone = once(child, 'exit').then(async ([code]) => {
    await rm(dataDir, { recursive: true, force: true });
    return code as number | null;
  });

  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text: string) => {
      output += text;
      const ready = /^Eyepiece station ready at (\S+)$/m.exec(output);
      if (ready?.[1]) resolve(ready[1]);
    });
    void gone.then((code) => reject(new Error(`The station ended with ${code} before it was ready:\n${log}`)));
  });

  return {
    url,
    pid: child.pid ?? 0,
    async state() {
      const response = await fetch(new URL('/api/state', url));
      return (await response.json()) as StationState;
    },
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      return gone;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The direct children of a process (Linux): a station's are its Captures. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = await processStat(Number(entry)).then(
      (stat) => stat.parentPid,
      // It ended between the listing and the look: not a child any more.
      () => null,
    );
    if (parent === pid) children.push(Number(entry));
  }
  return children;
}

/** CPU time that a process has used since it started, in milliseconds (Linux). */
export async function cpuTimeMs(pid: number): Promise<number> {
  return (await processStat(pid)).cpuTimeMs;
}

// proc(5): after the name in brackets, field 4 is the parent, 14 and 15 are user and system time in clock ticks of 10 ms.
async function processStat(pid: number): Promise<{ parentPid: number; cpuTimeMs: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { parentPid: Number(fields[1]), cpuTimeMs: (Number(fields[11]) + Number(fields[12])) * 10 };
}
