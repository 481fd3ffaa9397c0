/** What passes from one world of a page to the other. */
type Packed =
  | { readonly kind: 'data'; readonly data: unknown }
  | { readonly kind: 'list'; readonly items: readonly Packed[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Packed])[] }
  | { readonly kind: 'function' | 'promise'; readonly id: number };

type Signal =
  | { readonly kind: 'expose'; readonly key: string; readonly api: Packed }
  | { readonly kind: 'call'; readonly id: number; readonly args: readonly Packed[] }
  | { readonly kind: 'returned' | 'threw'; readonly value: Packed }
  | { readonly kind: 'resolved' | 'rejected'; readonly id: number; readonly value: Packed }
  | { readonly kind: 'window_wanted'; readonly window: WantedWindow };

/** What a page asks `window.open` for. */
export interface WantedWindow {
  readonly url: string;
  readonly frameName: string;
  readonly features: string;
}

export interface WorldLink {
  /** Makes a copy of an object of this world a property of the other world's window. */
  expose(key: string, api: unknown): void;
  /** Tells the other world that this one wants a window. */
  wantWindow(window: WantedWindow): void;
}

/**
 * One end of what Electron's contextBridge does between the preload's world and the page's: values are copied, functions and
 * promises become proxies, and what the page gets is frozen. The worlds share the document only, so events on it carry the signals;
 * their names hold a secret that the page's scripts can't learn. It runs in the page as the source of this function, before any
 * script of the page.
 */
export function linkWorlds(
  secret: string,
  side: 'page' | 'preload',
  windowWanted: (window: WantedWindow) => void = () => undefined,
): WorldLink {
  // Taken now, because the page's scripts may change them.
  const { document, CustomEvent } = window;
  const clone = window.structuredClone.bind(window);
  const dispatch = document.dispatchEvent.bind(document);
  const otherSide = side === 'page' ? 'preload' : 'page';
  const functions: ((...args: unknown[]) => unknown)[] = [];
  const promises = new Map<number, { resolve(value: unknown): void; reject(reason: unknown): void }>();
  let lastPromise = 0;
  let answer: Signal | undefined;

  function signal(message: Signal): void {
    dispatch(new CustomEvent(secret + otherSide, { detail: message }));
  }

  function pack(value: unknown): Packed {
    if (typeof value === 'function') {
      return { kind: 'function', id: functions.push(value as (...args: unknown[]) => unknown) - 1 };
    }
    if (value instanceof Promise) {
      const id = ++lastPromise;
      const settle = (kind: 'resolved' | 'rejected') => (result: unknown) => signal({ kind, id, value: pack(result) });
      value.then(settle('resolved'), settle('rejected'));
      return { kind: 'promise', id };
    }
    if (Array.isArray(value)) return { kind: 'list', items: value.map(pack) };
    if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
      return { kind: 'object', entries: Object.entries(value).map(([key, part]) => [key, pack(part)]) };
    }
    return { kind: 'data', data: clone(value) };
  }

  function unpack(packed: Packed): unknown {
    switch (packed.kind) {
      case 'data':
        return packed.data;
      case 'list':
        return packed.items.map(unpack);
      case 'object':
        return Object.fromEntries(packed.entries.map(([key, part]) => [key, unpack(part)]));
      case 'function':
        return (...args: unknown[]) => call(packed.id, args);
      case 'promise':
        return new Promise((resolve, reject) => promises.set(packed.id, { resolve, reject }));
    }
  }

  function call(id: number, args: readonly unknown[]): unknown {
    answer = undefined;
    signal({ kind: 'call', id, args: args.map(pack) });
    // The event was heard, and answered with another one, before `dispatch` returned.
    const given = answer as Signal | undefined;
    if (given?.kind === 'returned') return unpack(given.value);
    throw given?.kind === 'threw' ? unpack(given.value) : new TypeError('This value cannot pass the context bridge.');
  }

  function handle(message: Signal): void {
    switch (message.kind) {
      case 'expose':
        Object.defineProperty(window, message.key, { value: freeze(unpack(message.api)), enumerable: true });
        break;
      case 'window_wanted':
        windowWanted(message.window);
        break;
      case 'call':
        try {
          signal({ kind: 'returned', value: pack(functions[message.id]?.(...message.args.map(unpack))) });
        } catch (error) {
          signal({ kind: 'threw', value: pack(error) });
        }
        break;
      case 'returned':
      case 'threw':
        answer = message;
        break;
      case 'resolved':
        promises.get(message.id)?.resolve(unpack(message.value));
        promises.delete(message.id);
        break;
      case 'rejected':
        promises.get(message.id)?.reject(unpack(message.value));
        promises.delete(message.id);
    }
  }

  function freeze(value: unknown): unknown {
    if (typeof value === 'object' && value !== null) {
      for (const part of Object.values(value)) freeze(part);
      Object.freeze(value);
    }
    return value;
  }

  document.addEventListener(secret + side, (event) => {
    // Each look at `detail` from another world is a new copy; it is null where something in it can't be copied.
    const message = (event as CustomEvent<Signal | null>).detail;
    if (message) handle(message);
  });

  return {
    expose: (key, api) => signal({ kind: 'expose', key, api: pack(api) }),
    wantWindow: (window) => signal({ kind: 'window_wanted', window }),
  };
}
