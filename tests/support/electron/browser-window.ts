import type { BrowserWindowConstructorOptions } from 'electron';
import { theApp } from './app.ts';
import { screenPx } from './chromium.ts';
import { strict, StrictEmitter } from './strict.ts';
import { WebContents } from './web-contents.ts';

const emitted = ['blur', 'close', 'closed', 'focus', 'ready-to-show'];
/** Nobody is there to touch a title bar, and pages name no windows. */
const neverHere = ['page-title-updated', 'system-context-menu'];

const known = ['autoHideMenuBar', 'backgroundColor', 'kiosk', 'show', 'title', 'webPreferences'];

/** Electron's `BrowserWindow`: it keeps in mind what a window manager would do. */
export class BrowserWindow extends StrictEmitter {
  static readonly #windows = new Set<BrowserWindow>();
  static getAllWindows = (): BrowserWindow[] => [...BrowserWindow.#windows];

  readonly webContents: WebContents;
  readonly #strict: BrowserWindow;
  readonly #backgroundColor: string;
  #isVisible: boolean;
  #isKiosk: boolean;
  #isFocused: boolean;
  #isDestroyed = false;

  constructor(options: BrowserWindowConstructorOptions) {
    super('BrowserWindow', [...emitted, ...neverHere]);
    for (const name of Object.keys(options)) {
      if (!known.includes(name)) throw new Error(`The stand-in for Electron does not know the window's ${name}.`);
    }
    const { show = true, kiosk = false, backgroundColor = '#ffffff', webPreferences = {} } = options;
    this.#backgroundColor = backgroundColor;
    this.#isVisible = show;
    this.#isFocused = show;
    this.#isKiosk = kiosk;
    let isPainted = false;
    const contents = new WebContents(webPreferences, backgroundColor, () => {
      if (!isPainted) this.emit('ready-to-show');
      isPainted = true;
    });
    this.webContents = strict('webContents', contents);
    contents.on('destroyed', () => this.#gone());
    theApp.windows.add(this);
    this.#strict = strict('BrowserWindow', this);
    BrowserWindow.#windows.add(this.#strict);
    theApp.emit('web-contents-created', {}, this.webContents);
    theApp.emit('browser-window-created', {}, this.#strict);
    return this.#strict;
  }

  isDestroyed = (): boolean => this.#isDestroyed;
  isVisible = (): boolean => this.#isVisible;
  isKiosk = (): boolean => this.#isKiosk;
  isFocused = (): boolean => this.#isFocused;
  getBackgroundColor = (): string => this.#backgroundColor;
  getBounds = () => ({ x: 0, y: 0, ...screenPx });
  setKiosk = (isKiosk: boolean): void => void (this.#isKiosk = isKiosk);
  setFullScreen = (): void => undefined;

  setMenu(menu: null): void {
    if (menu !== null) throw new Error('The stand-in for Electron has no menus.');
  }

  show(): void {
    this.#isVisible = true;
    this.focus();
  }

  focus(): void {
    this.#isFocused = true;
    void this.webContents.target.then((page) => page.bringToFront());
    this.emit('focus');
  }

  blur(): void {
    this.#isFocused = false;
    this.emit('blur');
  }

  /** As the window manager's cross, too. */
  close(): void {
    if (!this.#isDestroyed && !this.announce('close')) this.destroy();
  }

  destroy(): void {
    this.#gone();
    // Where the page went first, there is none to close.
    void this.webContents.target.then((page) => page.close()).catch(() => undefined);
  }

  #gone(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    BrowserWindow.#windows.delete(this.#strict);
    this.emit('closed');
    theApp.windowClosed(this);
  }
}
