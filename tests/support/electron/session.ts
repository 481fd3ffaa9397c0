import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session, WebContents } from 'electron';
import { theApp } from './app.ts';
import type { Chromium } from './chromium.ts';
import { standInOptions } from './options.ts';
import { StrictEmitter } from './strict.ts';

type RequestHandler = NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>;
type CheckHandler = NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>;
type Permission = Parameters<RequestHandler>[1];

/** Electron's permissions, by Chromium's names for them in the DevTools protocol. */
const permissions: Readonly<Record<string, Permission>> = {
  camera: 'media',
  microphone: 'media',
  geolocation: 'geolocation',
  notifications: 'notifications',
  midi: 'midi',
  'clipboard-read': 'clipboard-read',
  'clipboard-write': 'clipboard-sanitized-write',
  'idle-detection': 'idle-detection',
  'storage-access': 'storage-access',
  'window-management': 'window-management',
  'local-fonts': 'unknown',
};

/** Sooner than anybody answers a call that begins to ring. */
const decideEachMs = 100;

/** What of a page a session asks its handlers about. */
type Asking = object;

/** Electron's `session`: what pages may use and save. */
class DefaultSession extends StrictEmitter {
  #request: RequestHandler = (_contents, _permission, callback) => callback(true);
  #check: CheckHandler = () => true;
  #isConnected = false;
  readonly #decided = new Set<string>();
  readonly #downloads = join(standInOptions().userDataDir, 'downloads');

  constructor() {
    super('session', ['will-download']);
  }

  setPermissionRequestHandler = (handler: RequestHandler): void => void (this.#request = handler);
  setPermissionCheckHandler = (handler: CheckHandler): void => void (this.#check = handler);
  // Chromium without a window shows no lists of devices and screens to choose from.
  setDevicePermissionHandler = (): void => undefined;
  setDisplayMediaRequestHandler = (): void => undefined;

  /** Chromium's downloads become Electron's events. */
  async connect({ devTools }: Chromium, contents: Asking): Promise<void> {
    if (this.#isConnected) return;
    this.#isConnected = true;
    devTools.on('Browser.downloadWillBegin', ({ guid, url, suggestedFilename }) => {
      const item = { getURL: () => url, getFilename: () => suggestedFilename };
      if (!this.announce('will-download', {}, item, contents)) return;
      // A small one may have come to its end before.
      devTools.send('Browser.cancelDownload', { guid }).catch(() => undefined);
      void rm(join(this.#downloads, guid), { force: true });
    });
    const behavior = 'allowAndName';
    await devTools.send('Browser.setDownloadBehavior', {
      behavior,
      downloadPath: this.#downloads,
      eventsEnabled: true,
    });
  }

  /**
   * Chromium can't ask the handlers when a page asks it, so they are asked beforehand, for each permission, and then again and again:
   * what they say may change with what goes on in the program.
   */
  async decidePermissions(contents: Asking, url: string, webUrl: string): Promise<void> {
    const { origin } = new URL(webUrl);
    if (!/^https?:/.test(webUrl) || this.#decided.has(origin)) return;
    this.#decided.add(origin);
    const { devTools } = await theApp.chromium;
    const settings = new Map<string, string>();
    const decide = () =>
      Promise.all(
        Object.entries(permissions).map(async ([name, permission]) => {
          const isGranted = await this.#grants(contents as WebContents, permission, url);
          const setting = isGranted ? 'granted' : 'denied';
          if (settings.get(name) === setting) return;
          settings.set(name, setting);
          await devTools.send('Browser.setPermission', { permission: { name }, setting, origin });
        }),
      );
    await decide();
    // Chromium may have ended meanwhile.
    setInterval(() => void decide().catch(() => undefined), decideEachMs).unref();
  }

  async #grants(contents: WebContents, permission: Permission, url: string): Promise<boolean> {
    const details = { requestingUrl: url, securityOrigin: url, isMainFrame: true };
    if (!this.#check(contents, permission, url, details)) return false;
    return new Promise((resolve) => this.#request(contents, permission, resolve, details));
  }
}

export const defaultSession = new DefaultSession();
