import { fileURLToPath } from 'node:url';
import { startChromium, type Chromium } from './chromium.ts';
import { tellTest } from './control.ts';
import { holdSingleInstance } from './single-instance.ts';
import { strict, StrictEmitter } from './strict.ts';

/** What `app` needs of a window to close it with the program. */
export interface ClosableWindow {
  close(): void;
  isDestroyed(): boolean;
}

const emitted = ['before-quit', 'browser-window-created', 'quit', 'ready', 'second-instance'].concat([
  'web-contents-created',
  'will-quit',
  'window-all-closed',
]);
/** Of networks and graphics that the stand-in's pages have not. Whoever waits for these waits for ever. */
const neverHere = ['certificate-error', 'child-process-gone', 'login', 'select-client-certificate'];

/** Electron's `app`: the life of the program. */
class App extends StrictEmitter {
  readonly isPackaged = false;
  readonly windows = new Set<ClosableWindow>();
  /** The names of utility processes by their ids. */
  readonly utilities = new Map<number, string>();
  /** Told to Chromium when it is started, which is when the entry has run to its end. */
  readonly switches: string[] = [];
  readonly commandLine = strict('commandLine', {
    appendSwitch: (name: string, value?: string) => {
      this.switches.push(value === undefined ? `--${name}` : `--${name}=${value}`);
    },
  });
  readonly chromium: Promise<Chromium>;
  #isReady = false;
  #isQuitting = false;

  constructor() {
    super('app', [...emitted, ...neverHere]);
    this.chromium = new Promise((resolve, reject) => {
      setImmediate(() => void startChromium(this.switches).then(resolve, reject));
    });
    this.chromium.then(
      ({ endpoint, pid, gone }) => {
        this.#isReady = true;
        tellTest({ kind: 'ready', endpoint, chromiumPid: pid });
        void gone.then(() => this.exit(1));
        this.emit('ready');
      },
      // The second start of a single instance has ended by now, and its Chromium with it.
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  }

  whenReady = (): Promise<void> => this.chromium.then(() => undefined);
  getAppPath = (): string => fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '');
  getAppMetrics = () => [...this.utilities].map(([pid, name]) => ({ pid, type: 'Utility', name }));
  enableSandbox = (): void => undefined;
  disableDomainBlockingFor3DAPIs = (): void => undefined;
  /** It never draws with hardware. */
  disableHardwareAcceleration = (): void => undefined;

  requestSingleInstanceLock(): boolean {
    return holdSingleInstance((argv, workingDirectory) => {
      this.emit('second-instance', {}, argv, workingDirectory);
    });
  }

  relaunch(): void {
    // The test that started this process has its end of the wire, and starts the next one when this one has ended.
    tellTest({ kind: 'relaunch' });
  }

  quit(): void {
    if (this.#isQuitting) return;
    if (!this.#isReady) process.exit(0);
    if (this.announce('before-quit')) return;
    this.#isQuitting = true;
    for (const window of this.windows) window.close();
    if (this.windows.size > 0) this.#isQuitting = false;
    else if (this.announce('will-quit')) this.#isQuitting = false;
    else this.exit(0);
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
    process.exit(code);
  }

  windowClosed(window: ClosableWindow): void {
    this.windows.delete(window);
    if (this.windows.size > 0 || this.#isQuitting) return;
    if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed');
    else this.quit();
  }
}

/** For the other parts of the stand-in; the program gets the strict one. */
export const theApp = new App();
export const app = strict('app', theApp);
