import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { installedElectron } from '../../scripts/installed-electron.ts';
import { root } from '../../scripts/run.ts';
import type { StationState } from '../../src/shared/state.ts';
import type { DriverOptions, KioskDriver, KioskPlatform, MainFunction } from './kiosk/driver.ts';
import { electronPlatform } from './kiosk/electron.ts';
import { standInPlatform } from './kiosk/stand-in.ts';

export interface KioskOptions {
  /** The folder of an earlier kiosk, to start the same one again. */
  readonly folder?: string;
  /** Written as station.json: an object, or a text as it is. */
  readonly config?: object | string;
  readonly args?: readonly string[];
  readonly port?: number;
}

/** Electron where its program and a screen are there, else the stand-in. */
export async function kioskPlatform(): Promise<KioskPlatform> {
  const program = installedElectron();
  if (!program) return standInPlatform('its program is not installed');
  const hasScreen = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  if (!hasScreen) return standInPlatform('there is no display');
  const file = readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8');
  return electronPlatform(program, (JSON.parse(file) as { readonly version: string }).version);
}

/** A kiosk in a process of its own, with its window. */
export class Kiosk {
  readonly folder: string;
  /** What went wrong in its pages: errors, and what the content security policy refused. */
  readonly faults: string[] = [];
  readonly #platform: KioskPlatform;
  readonly #options: DriverOptions;
  readonly #driver: KioskDriver;
  readonly #exit: Promise<number | null>;
  #page: Page | undefined;
  #output = '';
  #log = '';

  static async start(platform: KioskPlatform, options: KioskOptions = {}): Promise<Kiosk> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'eyepiece-kiosk-')));
    const dataDir = join(folder, 'data');
    await mkdir(dataDir, { recursive: true });
    const { config } = options;
    if (config !== undefined) {
      await writeFile(join(dataDir, 'station.json'), typeof config === 'string' ? config : JSON.stringify(config));
    }
    const args = ['--port', String(options.port ?? 0), '--data-dir', dataDir, ...(options.args ?? [])];
    const driverOptions = { folder, args, env: process.env };
    return new Kiosk(platform, driverOptions, await platform.start(driverOptions));
  }

  private constructor(platform: KioskPlatform, options: DriverOptions, driver: KioskDriver) {
    this.folder = options.folder;
    this.#platform = platform;
    this.#options = options;
    this.#driver = driver;
    const { stdout, stderr } = driver.process;
    stdout?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    stderr?.setEncoding('utf8').on('data', (text: string) => (this.#log += text));
    this.#exit = once(driver.process, 'exit').then(([code]) => code as number | null);
  }

  get pid(): number {
    return this.#driver.process.pid ?? 0;
  }

  /** Everything it wrote to standard error so far. */
  get log(): string {
    return this.#log;
  }

  get wantsRelaunch(): boolean {
    return this.#driver.wantsRelaunch();
  }

  /** Its page; after `rejoin` another one. */
  get page(): Page {
    if (!this.#page) throw new Error('The kiosk was not joined yet.');
    return this.#page;
  }

  /** Finds its page, also after the page's process was killed. */
  async rejoin(): Promise<Page> {
    const page = await this.#orLog(this.#driver.page());
    page.on('pageerror', ({ message }) => this.faults.push(message));
    page.on('console', (message) => {
      const isRefusal = /content security policy/i.test(message.text());
      if (message.type() === 'error' && isRefusal) this.faults.push(message.text());
    });
    await this.#orLog(page.waitForURL((url) => url.href !== 'about:blank'));
    this.#page = page;
    return page;
  }

  /** The address that the station told when it was ready. */
  async url(): Promise<string> {
    const stdout = this.#driver.process.stdout;
    for (;;) {
      const ready = /^Eyepiece station ready at (\S+)$/m.exec(this.#output)?.[1];
      if (ready) return ready;
      if (!stdout || stdout.destroyed) throw new Error(`The kiosk ended before it was ready:\n${this.#log}`);
      await Promise.race([once(stdout, 'data'), this.#exit]);
    }
  }

  async state(): Promise<StationState> {
    const response = await fetch(new URL('/api/state', await this.url()));
    return (await response.json()) as StationState;
  }

  /** A file that it keeps, or null where there is none. */
  file(name: string): string | null {
    const path = join(this.folder, 'data', name);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  }

  evaluate<R>(run: MainFunction<R, undefined>): Promise<R>;
  evaluate<R, A>(run: MainFunction<R, A>, argument: A): Promise<R>;
  evaluate<R, A>(run: MainFunction<R, A | undefined>, argument?: A): Promise<R> {
    return this.#driver.evaluate(run, argument);
  }

  /** Presses keys as the keyboard does, so that the program sees them before the page. @param chord As `Control+Shift+i`. */
  async press(chord: string): Promise<void> {
    const parts = chord.split(/\+(?=.)/);
    const keyCode = acceleratorNames[parts.at(-1) ?? ''] ?? parts.at(-1) ?? '';
    const modifiers = parts.slice(0, -1).map((name) => name.toLowerCase());
    await this.evaluate(
      ({ BrowserWindow }, { keyCode, modifiers }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        const event = { keyCode, modifiers: modifiers as ('control' | 'shift' | 'alt' | 'meta')[] };
        contents?.sendInputEvent({ type: 'keyDown', ...event });
        if (keyCode.length === 1 && !modifiers.some((name) => name !== 'shift')) {
          contents?.sendInputEvent({ type: 'char', ...event });
        }
        contents?.sendInputEvent({ type: 'keyUp', ...event });
      },
      { keyCode, modifiers },
    );
  }

  /** The process that draws its page. */
  renderer(): Promise<number> {
    return this.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0);
  }

  /** Ends the process that draws its page, and waits for the next one, which `rejoin` finds. */
  async killRenderer(): Promise<void> {
    const killed = await this.renderer();
    process.kill(killed, 'SIGKILL');
    await this.nextRenderer(killed);
  }

  /** Waits until another process than this one draws its page. */
  async nextRenderer(killed: number): Promise<void> {
    while ([killed, 0].includes(await this.renderer())) await setTimeout(20);
  }

  /** The processes of its Captures. */
  captures(): Promise<number[]> {
    return this.evaluate(({ app }) =>
      app
        .getAppMetrics()
        .filter(({ name }) => name === 'Eyepiece Capture')
        .map(({ pid }) => pid),
    );
  }

  /** Starts the same kiosk once more, as a person would who does not see that it runs. @param typed On its standard input. */
  async startSecond(
    moreArgs: readonly string[] = [],
    typed = '',
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const { program, args, env } = this.#platform.command(this.#options);
    const child = spawn(program, [...args, ...moreArgs], { cwd: root, env, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(typed);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  /** Resolves with the exit code when it has ended. */
  exited(): Promise<number | null> {
    return this.#exit;
  }

  /** As a service manager or the system does at its end. Its folder stays. @returns The exit code. */
  async stop(): Promise<number | null> {
    this.#driver.process.kill('SIGTERM');
    const code = await this.#exit;
    await this.#driver.dispose();
    return code;
  }

  /** Ends it by force, and forgets what it kept. */
  async dispose(): Promise<void> {
    await this.#driver.dispose();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  async #orLog<T>(promise: Promise<T>): Promise<T> {
    return promise.catch((error: unknown) => {
      throw new Error(`The kiosk has no page; its log says:\n${this.#log}`, { cause: error });
    });
  }
}

/** Keys whose names differ between the DOM and Electron's accelerators. */
const acceleratorNames: Readonly<Record<string, string>> = {
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  '+': 'Plus',
  ' ': 'Space',
  Enter: 'Return',
};
