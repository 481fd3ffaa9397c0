import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Target } from '../../http/hardening/request.ts';

/** What a station tells of itself that is about to be attacked. */
export interface AttackedStation {
  readonly kind: 'ready';
  readonly ports: { readonly open: number; readonly guarded: number };
  /** What the guarded door takes from an admin. */
  readonly admin: string;
  readonly routes: readonly Target[];
}

interface Watching {
  readonly kind: 'watching';
  readonly answerSdp: string;
}

/** A station in a process of its own, and one in another that watches it. */
export interface Attacked {
  readonly station: AttackedStation;
  /** The answer to the watcher's offer, which tells where the media sockets are. */
  readonly answerSdp: string;
  /** Runs an attack, and counts what becomes of the pictures meanwhile. */
  during<T>(attack: () => Promise<T>): Promise<{ readonly result: T; readonly keptShare: number }>;
  memoryBytes(): Promise<number>;
  /** Lines of the log that tell of mistakes, and processes that have ended. */
  readonly mistakes: readonly string[];
  close(): void;
}

export async function startAttacked(): Promise<Attacked> {
  const mistakes: string[] = [];
  const start = (name: string, ...args: string[]): ChildProcess => {
    const child = fork(fileURLToPath(new URL(name, import.meta.url)), args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('exit', (code, signal) => mistakes.push(`${name} has ended: ${code ?? signal}`));
    child.on('message', (message: { kind: string; line?: string }) => {
      if (message.kind === 'mistake') mistakes.push(message.line ?? '');
    });
    return child;
  };
  const stationProcess = start('./station.ts');
  const station = await next<AttackedStation>(stationProcess, 'ready');
  const url = `http://127.0.0.1:${station.ports.open}/`;
  const watcher = start('./watcher.ts', url);
  const { answerSdp } = await next<Watching>(watcher, 'watching');
  const taken = async (): Promise<number> => {
    const state = (await (await fetch(new URL('/api/state', url))).json()) as {
      streams: readonly { reading: { number: number } | null }[];
    };
    return state.streams[0]?.reading?.number ?? 0;
  };
  const arrived = async (): Promise<number> => {
    const answer = next<{ kind: string; count: number }>(watcher, 'pictures');
    watcher.send('count');
    return (await answer).count;
  };
  return {
    station,
    answerSdp,
    mistakes,
    async during(attack) {
      await arrived();
      const before = await taken();
      const result = await attack();
      const count = await arrived();
      return { result, keptShare: count / ((await taken()) - before) };
    },
    async memoryBytes() {
      const answer = next<{ kind: string; bytes: number }>(stationProcess, 'memory');
      stationProcess.send('memory');
      return (await answer).bytes;
    },
    close() {
      for (const child of [watcher, stationProcess]) {
        child.removeAllListeners('exit');
        if (child.connected) child.disconnect();
      }
    },
  };
}

/** The next message of a kind. Rejects where the process ends before. */
function next<T extends { readonly kind: string }>(child: ChildProcess, kind: T['kind']): Promise<T> {
  return new Promise((resolve, reject) => {
    const hear = (message: T): void => {
      if (message.kind !== kind) return;
      child.off('message', hear).off('exit', end);
      resolve(message);
    };
    const end = (): void => reject(new Error(`A process has ended that was to say ${kind}.`));
    child.on('message', hear).once('exit', end);
  });
}
