import type { messageCodec } from './message.ts';
import type { WantedWindow, WorldLink } from './worlds.ts';

/** What a page sends to the main process. */
export type FromPage =
  | { readonly kind: 'invoke'; readonly id: number; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly kind: 'window_wanted'; readonly window: WantedWindow }
  /** The page wants to go where no request would tell of it; it waits for the main process to take it there. */
  | { readonly kind: 'navigate'; readonly url: string };

/** What the main process sends to a page. */
export type ToPage =
  | { readonly kind: 'message'; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly kind: 'resolved'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'rejected'; readonly id: number; readonly message: string };

type Listener = (event: unknown, ...args: unknown[]) => void;

/**
 * The world that a sandboxed preload runs in: `electron` with contextBridge and ipcRenderer, and nothing else of Electron or Node.
 * It runs in the page as the source of this function.
 * @param toMain A function that only this world has; it takes one text.
 * @returns What takes a message of the main process.
 */
export function openPreloadWorld(
  link: WorldLink,
  codec: ReturnType<typeof messageCodec>,
  toMain: (text: string) => void,
): { receive(text: string): void; require(name: string): unknown } {
  const listeners = new Map<string, Listener[]>();
  const calls = new Map<number, { resolve(value: unknown): void; reject(reason: Error): void }>();
  let lastCall = 0;
  const post = (message: FromPage): void => toMain(codec.encode(message));

  const ipcRenderer = {
    invoke(channel: string, ...args: unknown[]) {
      const id = ++lastCall;
      return new Promise((resolve, reject) => {
        post({ kind: 'invoke', id, channel, args });
        calls.set(id, { resolve, reject });
      });
    },
    on(channel: string, listener: Listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    removeListener(channel: string, listener: Listener) {
      listeners.set(
        channel,
        (listeners.get(channel) ?? []).filter((known) => known !== listener),
      );
      return ipcRenderer;
    },
  };

  const known = <T extends object>(name: string, object: T): T =>
    new Proxy(object, {
      get(target, key, receiver) {
        if (key in target) return Reflect.get(target, key, receiver) as unknown;
        throw new Error(`The stand-in for Electron has no ${name}.${String(key)}.`);
      },
    });
  const electron = known('electron', {
    contextBridge: known('contextBridge', {
      exposeInMainWorld: (key: string, api: unknown) => link.expose(key, api),
    }),
    ipcRenderer: known('ipcRenderer', ipcRenderer),
  });

  // Where the page goes by http, the main process sees the request and decides. Elsewhere, this tells it.
  window.navigation.addEventListener('navigate', (event) => {
    const { sameDocument, url } = event.destination;
    if (sameDocument || /^https?:/.test(url)) return;
    event.preventDefault();
    post({ kind: 'navigate', url });
  });

  return {
    require(name) {
      if (name === 'electron') return electron;
      throw new Error(`module not found: ${name}`);
    },
    receive(text) {
      const message = codec.decode(text) as ToPage;
      if (message.kind === 'message') {
        for (const listener of listeners.get(message.channel) ?? []) listener({ sender: ipcRenderer }, ...message.args);
        return;
      }
      const call = calls.get(message.id);
      calls.delete(message.id);
      if (message.kind === 'resolved') call?.resolve(message.value);
      else call?.reject(new Error(message.message));
    },
  };
}
