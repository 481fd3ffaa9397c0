import { messageCodec } from './message.ts';
import { openPreloadWorld } from './preload-world.ts';
import { linkWorlds, type WorldLink } from './worlds.ts';

/** The name of the world that a preload runs in, as Electron calls it. */
export const preloadWorld = 'Electron Isolated Context';
/** What that world, and no other, calls the main process with. */
export const bindingName = 'standInBinding';
/** What that world takes messages with. */
export const receiverName = 'standInReceive';

/** Scripts for each new document of a window, in the order in which they have to run. */
export function pageScripts(options: { secret: string; preload: string; disableDialogs: boolean }) {
  const secret = JSON.stringify(options.secret);
  // Frames within the page get no preload.
  const inMainFrame = (script: string): string => `if (window === window.top) {\n${script}\n}`;
  return {
    page: inMainFrame(`
      (${openNoWindows.toString()})((${linkWorlds.toString()})(${secret}, 'page'));
      ${options.disableDialogs ? `(${answerDialogs.toString()})();` : ''}`),
    preload: inMainFrame(`{
      const { ${bindingName}: toMain } = globalThis;
      const codec = (${messageCodec.toString()})();
      const windowWanted = (window) => toMain(codec.encode({ kind: 'window_wanted', window }));
      const link = (${linkWorlds.toString()})(${secret}, 'preload', windowWanted);
      const world = (${openPreloadWorld.toString()})(link, codec, toMain);
      Object.defineProperty(globalThis, ${JSON.stringify(receiverName)}, { value: world.receive });
      const module = { exports: {} };
      (function (require, module, exports) {\n${options.preload}\n})(world.require, module, module.exports);
    }`),
  };
}

/**
 * As Electron where the main process denies it: asks, and opens nothing. Chromium alone makes the window first, in the same
 * process; to close it then can end the page, too.
 */
function openNoWindows(link: WorldLink): void {
  const open = window.open.bind(window);
  window.open = (url = '', frameName = '_blank', features = '') => {
    if (['_self', '_top', '_parent'].includes(frameName)) return open(url, frameName, features);
    link.wantWindow({ url: new URL(url, document.baseURI).href, frameName, features });
    return null;
  };
}

/** With `disableDialogs`, Electron answers them without showing them; Chromium alone has no such setting. */
function answerDialogs(): void {
  window.alert = () => undefined;
  window.confirm = () => false;
  window.prompt = () => null;
}
