import { readFileSync } from 'node:fs';
import type { KeyboardInputEvent, WindowOpenHandlerResponse, WebPreferences } from 'electron';
import { theApp } from './app.ts';
import type { FromPage } from './in-page/preload-world.ts';
import { invoke } from './ipc-main.ts';
import { keyEvents } from './keyboard.ts';
import { fromWebUrl, toWebUrl } from './origins.ts';
import { PageTarget, type PageAnswer, type PageNotices, type PageRequest } from './page-target.ts';
import { handlerFor } from './protocol.ts';
import { defaultSession } from './session.ts';
import { strict, StrictEmitter } from './strict.ts';

const emitted = ['before-input-event', 'destroyed', 'did-fail-load', 'did-finish-load', 'did-navigate'].concat([
  'dom-ready',
  'render-process-gone',
  'will-frame-navigate',
  'will-navigate',
  'will-prevent-unload',
]);
/** Of redirects, embedded programs and menus that the stand-in has not. */
const neverHere = ['context-menu', 'will-attach-webview', 'will-redirect'];

/** Settings that Chromium has by itself, or whose effect only the real Electron has; the others are acted on. */
const untouched = ['backgroundThrottling', 'devTools', 'navigateOnDragDrop', 'sandbox', 'spellcheck', 'webviewTag'];
const actedOn = ['contextIsolation', 'disableDialogs', 'nodeIntegration', 'preload'];

type WindowOpenHandler = (details: { url: string; frameName: string; features: string }) => WindowOpenHandlerResponse;

let lastId = 0;

/** Electron's `webContents`: a page and what becomes of it. */
export class WebContents extends StrictEmitter {
  readonly id = ++lastId;
  readonly session = strict('session', defaultSession);
  readonly target: Promise<PageTarget>;
  readonly mainFrame = strict('mainFrame', {
    // Real ones answer of a page that hangs; here nothing ever comes.
    collectJavaScriptCallStack: () => new Promise<string>(() => undefined),
  });
  #page: PageTarget | undefined;
  /** Addresses that the program itself wants to show; everything else is the page's own wish. */
  readonly #ownLoads = new Set<string>();
  #windowOpenHandler: WindowOpenHandler = () => ({ action: 'allow' });
  #lastStatus = 200;
  #url = '';
  #isDestroyed = false;
  #hasCrashed = false;

  constructor(preferences: WebPreferences, backgroundColor: string, painted: () => void) {
    super('webContents', [...emitted, ...neverHere]);
    for (const name of Object.keys(preferences)) {
      if (![...untouched, ...actedOn].includes(name)) {
        throw new Error(`The stand-in for Electron does not know ${name}.`);
      }
    }
    if (preferences.contextIsolation === false || preferences.nodeIntegration) {
      throw new Error('The stand-in for Electron has isolated pages only.');
    }
    const options = {
      preload: preferences.preload ? readFileSync(preferences.preload, 'utf8') : '',
      disableDialogs: preferences.disableDialogs ?? false,
      backgroundColor,
    };
    this.target = theApp.chromium.then((chromium) => PageTarget.open(chromium, options, this.#notices(painted)));
    void this.target.then((page) => {
      this.#page = page;
      return theApp.chromium.then((chromium) => this.session.connect(chromium, this));
    });
  }

  isDestroyed = (): boolean => this.#isDestroyed;
  isCrashed = (): boolean => this.#hasCrashed;
  getURL = (): string => this.#url;
  getOSProcessId = (): number => this.#page?.renderer ?? 0;
  setZoomMode = (): void => undefined;
  setVisualZoomLevelLimits = (): Promise<void> => Promise.resolve();
  setWindowOpenHandler = (handler: WindowOpenHandler): void => void (this.#windowOpenHandler = handler);
  send = (channel: string, ...args: unknown[]): void => this.#page?.post({ kind: 'message', channel, args });

  async loadURL(url: string): Promise<void> {
    const webUrl = toWebUrl(url);
    const page = await this.target;
    await this.session.decidePermissions(this, url, webUrl);
    this.#ownLoads.add(webUrl);
    const failure = await page.navigate(webUrl);
    this.#ownLoads.delete(webUrl);
    if (failure === null) return;
    const name = failure.replace('net::', '');
    const code = name === 'ERR_ABORTED' ? -3 : -2;
    this.emit('did-fail-load', {}, code, name, url, true);
    throw new Error(`${name} (${code}) loading '${url}'`);
  }

  executeJavaScript(code: string): Promise<unknown> {
    return this.target.then((page) => page.evaluate(code));
  }

  forcefullyCrashRenderer(): void {
    if (this.#page) process.kill(this.#page.renderer, 'SIGKILL');
  }

  /** As a key of the keyboard: the program sees it before the page does. */
  sendInputEvent(event: KeyboardInputEvent): void {
    const { input, command } = keyEvents(event);
    if (!this.announce('before-input-event', {}, input)) void this.target.then((page) => page.key(command));
  }

  #notices(painted: () => void): PageNotices {
    return {
      painted,
      message: (message, origin) => void this.#receive(message, fromWebUrl(origin)),
      request: (request) => this.#decide(request),
      navigated: (url) => {
        this.#hasCrashed = false;
        this.#url = fromWebUrl(url);
        this.emit('did-navigate', {}, this.#url, this.#lastStatus, '');
      },
      domReady: () => this.emit('dom-ready'),
      loaded: () => this.emit('did-finish-load'),
      leaving: () => this.announce('will-prevent-unload'),
      windowWanted: (details) => this.#openWindow(details),
      crashed: (reason, exitCode) => {
        this.#hasCrashed = true;
        this.emit('render-process-gone', {}, { reason, exitCode });
      },
      closed: () => {
        this.#isDestroyed = true;
        this.emit('destroyed');
      },
    };
  }

  async #receive(message: FromPage, origin: string): Promise<void> {
    if (message.kind === 'navigate') {
      if (!this.#wantsToGo(message.url, true)) await this.loadURL(message.url).catch(() => undefined);
      return;
    }
    if (message.kind === 'window_wanted') return this.#openWindow(message.window);
    const event = { sender: strict('sender', { id: this.id }), senderFrame: { origin, parent: null } };
    const { id, channel, args } = message;
    try {
      this.#page?.post({ kind: 'resolved', id, value: await invoke(channel, event, args) });
    } catch (error) {
      this.#page?.post({ kind: 'rejected', id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** @returns Whether the program keeps the page from going there. */
  #wantsToGo(url: string, isMainFrame: boolean): boolean {
    const details = { url, isMainFrame, isSameDocument: false };
    const isKept = this.announce('will-frame-navigate', details);
    return (isMainFrame && this.announce('will-navigate', details, url)) || isKept;
  }

  async #decide(request: PageRequest): Promise<PageAnswer | 'let_go' | 'refuse'> {
    const { url: webUrl, method, headers, body, page, isFetch } = request;
    const isOwnLoad = page === 'main' && this.#ownLoads.has(webUrl);
    if (page && !isOwnLoad && this.#wantsToGo(fromWebUrl(webUrl), page === 'main')) return 'refuse';
    const handler = handlerFor(webUrl);
    if (!handler) return 'let_go';
    // Answered by the server behind the scheme, as it comes.
    if (isFetch) return handler.isFetchable ? 'let_go' : 'refuse';
    const response = await handler.handle(
      new Request(handler.url, { method, headers, ...(body !== undefined && { body }) }),
    );
    if (page === 'main') this.#lastStatus = response.status;
    return {
      status: response.status,
      headers: [...response.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()),
    };
  }

  #openWindow(details: { url: string; frameName: string; features: string }): void {
    const { action } = this.#windowOpenHandler({ ...details, url: fromWebUrl(details.url) });
    // Where it is denied, nothing has to be done: a script's was never made, and that of a link is closed before it runs.
    if (action !== 'deny') throw new Error('The stand-in for Electron has no second windows.');
  }
}
