import { fork, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ForkOptions } from 'electron';
import { theApp } from './app.ts';
import { strict, StrictEmitter } from './strict.ts';

const parentPort = fileURLToPath(new URL('./parent-port.ts', import.meta.url));

/** A Node process that talks as Electron's utility processes do. */
class UtilityProcess extends StrictEmitter {
  readonly #child: ChildProcess;
  #isGone = false;

  constructor(modulePath: string, args: string[], { stdio, serviceName }: ForkOptions) {
    super('UtilityProcess', ['spawn', 'message', 'exit']);
    const [input, output, complaints] = Array.isArray(stdio) ? stdio : ['ignore', 'inherit', 'inherit'];
    this.#child = fork(modulePath, args, {
      serialization: 'advanced',
      execArgv: ['--import', parentPort],
      stdio: [input, output, complaints, 'ipc'] as ('ignore' | 'pipe' | 'inherit' | 'ipc')[],
    });
    this.#child.on('spawn', () => {
      theApp.utilities.set(this.#child.pid ?? 0, serviceName ?? 'Node Utility Process');
      this.emit('spawn');
    });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code, signal) => {
      this.#isGone = true;
      theApp.utilities.delete(this.#child.pid ?? 0);
      this.emit('exit', code ?? (signal ? 1 : 0));
    });
  }

  get pid(): number | undefined {
    return this.#isGone ? undefined : this.#child.pid;
  }

  get stdout(): Readable | null {
    return this.#child.stdout;
  }

  get stderr(): Readable | null {
    return this.#child.stderr;
  }

  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object, () => undefined);
  }

  kill(): boolean {
    return this.#child.kill('SIGTERM');
  }
}

export const utilityProcess = strict('utilityProcess', {
  fork(modulePath: string, args: string[] = [], options: ForkOptions = {}) {
    return strict('UtilityProcess', new UtilityProcess(modulePath, args, options));
  },
});
