import { join } from 'node:path';
import { app, powerSaveBlocker, protocol, type BrowserWindow } from 'electron';
import type { Logger } from 'pino';
import { Brightness } from './brightness.ts';
import { GraphicsHealth } from './graphics.ts';
import { guardContents, guardSession } from './guards.ts';
import { openIpcDoor, type IpcDoor, type IpcDoorOptions, type IpcPort } from './ipc-door.ts';
import { keepPage } from './kept-page.ts';
import { LabDoor, type LabForwarder } from './lab-door.ts';
import { Lock } from './lock.ts';
import { pageOrigin, pageResponder, pageScheme } from './page.ts';
import { restart } from './restart.ts';
import { safePages } from './safe-page.ts';
import type { ShellFile } from './shell-file.ts';
import { Shell } from './shell.ts';
import { kioskWindow, openWindow } from './window.ts';

export interface KioskOptions {
  /** The built program: `out/`. */
  readonly outDir: string;
  readonly dataDir: string;
  readonly file: ShellFile;
  /** Where the page's calls come in. */
  readonly port: IpcPort;
  readonly log: Logger;
}

/** What of a station the kiosk needs. */
export interface BootedParts extends Pick<
  IpcDoorOptions,
  'station' | 'settings' | 'access' | 'calls' | 'directory' | 'due'
> {
  /** Null where this station is no directory. */
  readonly forwarder: LabForwarder | null;
}

/** The window on the station's own screen. */
export interface Kiosk {
  /** Shows the wall of a station that runs. */
  showStation(booted: BootedParts): void;
  /** Shows why there is no station yet. */
  showComplaint(sentence: string, retryAfterS: number): void;
  /** Brings it to the front. */
  focus(): void;
  /** Takes no more calls and ends its timers. Idempotent. */
  close(): void;
}

/** Opens the kiosk, empty and dark. Electron has to be ready. */
export async function openKiosk({ outDir, dataDir, file, port, log }: KioskOptions): Promise<Kiosk> {
  const lock = await Lock.open(join(dataDir, 'lock.json'), log.child({ part: 'lock' }));
  const brightness = await Brightness.open({ remembered: file.memory.brightness, log });
  guardContents(log);
  let isQuitting = false;
  app.on('before-quit', () => (isQuitting = true));
  const mayClose = (): boolean => isQuitting || lock.isOpen;
  const window = openWindow({ preloadFile: join(outDir, 'preload/index.cjs'), isPackaged: app.isPackaged, mayClose });
  // Of a page that closes its own window nobody is asked beforehand.
  window.on('closed', () => {
    if (!mayClose()) restart();
  });
  // Before there is a station there are no calls.
  let isCalling = (): boolean => false;
  guardSession(window.webContents.session, () => isCalling());
  powerSaveBlocker.start('prevent-display-sleep');
  mindGraphics(file, log);

  const keeper = keepPage(window.webContents, log.child({ part: 'page' }));
  const ownFiles = pageResponder(
    join(outDir, 'renderer'),
    safePages(() => keeper.trouble),
  );
  const lab = new LabDoor(lock);
  protocol.handle(pageScheme, (request) => lab.answer(request) ?? ownFiles(request));
  const shell = new Shell({
    lock,
    brightness,
    window: kioskWindow(window),
    rememberBrightness: (level) => file.remember({ brightness: level }),
    restart,
  });
  shell.onShellState((state) => {
    if (state.lock.kind === 'locked') lab.endAll();
  });
  let door: IpcDoor | undefined;
  return {
    showStation({ station, settings, access, calls, directory, due, forwarder }) {
      lab.forwarder = forwarder;
      isCalling = () => ['pending', 'ongoing'].includes(calls.calls().call?.kind ?? '');
      door = openDoor(window, { station, settings, access, calls, directory, due, shell, guard: lock, port, log });
      keeper.showWall();
    },
    showComplaint: (detail, retryAfterS) => keeper.showTrouble({ what: 'start_failed', detail, retryAfterS }),
    focus: () => window.focus(),
    close() {
      door?.close();
      keeper.close();
      lock.close();
    },
  };
}

/** Opens the door for the page in this window. What a page had opened ends with it. */
function openDoor(window: BrowserWindow, parts: Omit<IpcDoorOptions, 'page'>): IpcDoor {
  const { webContents } = window;
  const door = openIpcDoor({
    ...parts,
    page: {
      id: webContents.id,
      origin: pageOrigin,
      send(channel, ...args) {
        if (!window.isDestroyed() && !webContents.isCrashed()) webContents.send(channel, ...args);
      },
    },
    log: parts.log.child({ part: 'ipc' }),
  });
  webContents.on('did-navigate', () => door.pageGone());
  webContents.on('render-process-gone', () => door.pageGone());
  webContents.on('destroyed', () => door.pageGone());
  return door;
}

/** Starts Eyepiece anew, drawn in software, when the machine's graphics crash again and again. */
function mindGraphics(file: ShellFile, log: Logger): void {
  const health = new GraphicsHealth();
  app.on('child-process-gone', (_event, { type, reason }) => {
    if (type !== 'GPU' || reason === 'clean-exit') return;
    log.warn({ reason }, 'The graphics process is gone.');
    if (!health.crashed(performance.now())) return;
    log.error('The graphics crash again and again. Eyepiece starts anew and draws without them for a day.');
    void file.remember({ graphicsFailedAtMs: Date.now() }).then(restart);
  });
}
