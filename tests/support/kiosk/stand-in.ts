import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from '@playwright/test';
import { chromiumLaunchOptions } from '../chromium.ts';
import type { FromTest, ToTest } from '../electron/control.ts';
import { optionsVariable, type StandInOptions } from '../electron/options.ts';
import { isRunning } from '../processes.ts';
import type { DriverOptions, KioskDriver, KioskPlatform, MainFunction } from './driver.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const register = pathToFileURL(join(root, 'tests/support/electron/register.ts')).href;

/** @param because Why it is not Electron itself. */
export async function standInPlatform(because: string): Promise<KioskPlatform> {
  const { executablePath = chromium.executablePath(), args: flags } = await chromiumLaunchOptions();
  const command = ({ folder, args, env }: DriverOptions) => {
    const options: StandInOptions = { userDataDir: join(folder, 'user-data'), chromium: [executablePath, ...flags] };
    return {
      program: process.execPath,
      args: ['--import', register, join(root, 'out/main/index.js'), ...args],
      env: { ...env, [optionsVariable]: JSON.stringify(options) },
    };
  };
  return {
    async title() {
      const { stdout } = await promisify(execFile)(executablePath, ['--version']);
      return `STAND-IN FOR ELECTRON (${because}); windows are ${stdout.trim()}`;
    },
    isStandIn: true,
    command,
    start(options) {
      const { program, args, env } = command(options);
      const child = spawn(program, args, {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        serialization: 'advanced',
      });
      return Promise.resolve(new StandInDriver(child));
    },
  };
}

class StandInDriver implements KioskDriver {
  readonly process: ChildProcess;
  readonly #endpoint: Promise<string>;
  readonly #evaluations = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #lastId = 0;
  #wantsRelaunch = false;
  #chromiumPid: number | undefined;
  #browser: Browser | undefined;

  constructor(child: ChildProcess) {
    this.process = child;
    this.#endpoint = new Promise((resolve, reject) => {
      child.on('message', (message: ToTest) => {
        if (message.kind !== 'ready') return this.#take(message);
        this.#chromiumPid = message.chromiumPid;
        resolve(message.endpoint);
      });
      child.once('exit', (code) => {
        const gone = new Error(`The kiosk has ended with ${code}.`);
        reject(gone);
        for (const evaluation of this.#evaluations.values()) evaluation.reject(gone);
      });
    });
    // Asked for by those who need it; the others learn of an early end by the exit.
    this.#endpoint.catch(() => undefined);
  }

  wantsRelaunch = (): boolean => this.#wantsRelaunch;

  evaluate<R, A>(run: MainFunction<R, A>, argument: A): Promise<R> {
    const id = ++this.#lastId;
    const request: FromTest = { id, source: run.toString(), argument };
    return new Promise<R>((resolve, reject) => {
      this.#evaluations.set(id, { resolve: (value) => resolve(value as R), reject });
      this.process.send(request);
    });
  }

  async page(): Promise<Page> {
    const before = this.#browser;
    this.#browser = await chromium.connectOverCDP(await this.#endpoint);
    await before?.close();
    const [context] = this.#browser.contexts();
    if (!context) throw new Error('Chromium has no context.');
    return context.pages()[0] ?? context.waitForEvent('page');
  }

  async dispose(): Promise<void> {
    await this.#browser?.close();
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGKILL');
      await once(this.process, 'exit');
    }
    // It ends by itself, and may write to its profile until then.
    while (this.#chromiumPid !== undefined && isRunning(this.#chromiumPid)) await setTimeout(20);
  }

  #take(message: Exclude<ToTest, { kind: 'ready' }>): void {
    if (message.kind === 'relaunch') {
      this.#wantsRelaunch = true;
      return;
    }
    const evaluation = this.#evaluations.get(message.id);
    this.#evaluations.delete(message.id);
    if (message.kind === 'evaluated') evaluation?.resolve(message.value);
    else evaluation?.reject(new Error(message.message));
  }
}
