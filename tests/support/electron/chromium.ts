import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { DevTools, type DevToolsSession } from './devtools.ts';
import { standInOptions } from './options.ts';
import { startSchemeServer } from './scheme-server.ts';
import { holdsSingleInstance } from './single-instance.ts';

/** The screen that the stand-in's windows are on. */
export const screenPx = { width: 1920, height: 1080 } as const;

const flags = [
  '--headless',
  '--remote-debugging-pipe',
  '--no-startup-window',
  '--mute-audio',
  // Where Electron asks our handlers, Chromium would ask a person. What they grant is a picture of its own making.
  '--use-fake-device-for-media-stream',
  // As in Electron, a wall that nobody sees is live, and pictures need no click to play.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--autoplay-policy=no-user-gesture-required',
  // A renderer in reserve, or for Chromium's own lists, would be taken for that of the page.
  '--disable-features=SpareRendererForSitePerProcess,WebUIOmniboxAimPopup,WebUIOmniboxPopup,WebUIOmniboxFullPopup',
];

export interface NewPage {
  readonly targetId: string;
  readonly session: DevToolsSession;
}

export interface Chromium {
  readonly devTools: DevTools;
  /** Where Playwright can connect to it. */
  readonly endpoint: string;
  readonly pid: number;
  /** Resolves when its process has ended. */
  readonly gone: Promise<void>;
  /** The processes that draw pages. */
  renderers(): Promise<number[]>;
  /** Opens an empty page, which waits until it is told to run (`Runtime.runIfWaitingForDebugger`). */
  openPage(): Promise<NewPage>;
}

/**
 * Starts the system's Chromium without a window. It ends with this process, whose pipe it watches.
 * @param switches Those that the program gave it.
 */
export async function startChromium(switches: readonly string[]): Promise<Chromium> {
  const { chromium, userDataDir } = standInOptions();
  const [program, ...machineFlags] = chromium;
  // What the page stores outlives the program, as in Electron; which lets several programs share it, unlike this Chromium.
  const profile = join(userDataDir, holdsSingleInstance() ? 'chromium' : `chromium-${process.pid}`);
  const child = spawn(
    program,
    [
      ...flags,
      ...(await startSchemeServer()),
      ...machineFlags,
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      ...switches,
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const [, , complaints, output, input] = child.stdio as [null, null, Readable, Writable, Readable];
  const endpoint = await new Promise<string>((resolve, reject) => {
    let text = '';
    complaints.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(-10_000);
      const found = /^DevTools listening on (\S+)$/m.exec(text)?.[1];
      if (found) resolve(found);
    });
    void gone.then(() => reject(new Error(`Chromium ended before it was ready:\n${text}`)));
  });
  process.once('exit', () => child.kill('SIGKILL'));

  const devTools = new DevTools(output, input);
  return {
    devTools,
    endpoint,
    pid: child.pid ?? 0,
    gone,
    async renderers() {
      const { processInfo } = await devTools.send('SystemInfo.getProcessInfo');
      return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    },
    openPage: await pageOpener(devTools),
  };
}

/** Pages that others open are closed before they run: the stand-in has no windows that nobody asked it for. */
async function pageOpener(devTools: DevTools): Promise<() => Promise<NewPage>> {
  let opened: ((page: NewPage) => void) | undefined;
  devTools.on('Target.attachedToTarget', ({ sessionId, targetInfo: { type, targetId } }) => {
    const session = devTools.session(sessionId);
    if (type !== 'page') {
      // It may have gone meanwhile, which is as good.
      session.send('Runtime.runIfWaitingForDebugger').catch(() => undefined);
    } else if (opened) {
      opened({ targetId, session });
      opened = undefined;
    } else void devTools.send('Target.closeTarget', { targetId });
  });
  await devTools.send('Target.setDiscoverTargets', { discover: true });
  await devTools.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
  return async () => {
    const page = new Promise<NewPage>((resolve) => (opened = resolve));
    await devTools.send('Target.createTarget', { url: 'about:blank' });
    return page;
  };
}
