import type { IpcCallEvent, IpcPort } from '../../src/main/desktop/ipc-door.ts';

type Handler = Parameters<IpcPort['handle']>[1];
type Listener = (event: object, ...message: unknown[]) => void;

export const pageOrigin = 'app://eyepiece';

/** A call of the kiosk page's main frame. */
export const pageCall: IpcCallEvent = { sender: { id: 1 }, senderFrame: { origin: pageOrigin, parent: null } };

/**
 * Electron's ipcMain and ipcRenderer with nothing but a wire between them: whatever crosses it is a structured clone, and of an
 * error only the message arrives.
 */
export class Wire implements IpcPort {
  readonly #handlers = new Map<string, Handler>();
  readonly #listeners = new Map<string, Set<Listener>>();

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.#handlers.set(channel, handler);
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** What the door serves. */
  get channels(): string[] {
    return [...this.#handlers.keys()];
  }

  /** A call of anybody's. */
  async call(event: IpcCallEvent, channel: string, ...args: unknown[]): Promise<unknown> {
    const handler = this.#handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    const sent = structuredClone(args);
    try {
      return structuredClone(await handler(event, ...sent));
    } catch (error) {
      throw new Error(`Error invoking remote method '${channel}': ${String(error)}`, { cause: null });
    }
  }

  /** As webContents.send. */
  send(channel: string, ...message: readonly unknown[]): void {
    const sent = structuredClone(message);
    for (const listener of this.#listeners.get(channel) ?? []) listener({ sender: 'secret' }, ...sent);
  }

  /** The page's end of the wire, as the preload imports it from electron. */
  readonly ipcRenderer = {
    invoke: (channel: string, ...args: unknown[]): Promise<unknown> => this.call(pageCall, channel, ...args),
    on: (channel: string, listener: Listener): void => {
      const listeners = this.#listeners.get(channel) ?? new Set();
      this.#listeners.set(channel, listeners.add(listener));
    },
    removeListener: (channel: string, listener: Listener): void => {
      this.#listeners.get(channel)?.delete(listener);
    },
  };
}
