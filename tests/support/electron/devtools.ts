import type { Readable, Writable } from 'node:stream';
// Playwright keeps the protocol's types to itself.
import type { Protocol } from '../../../node_modules/playwright-core/types/protocol.d.ts';

export type { Protocol };

type Method = keyof Protocol.CommandParameters;
type EventName = keyof Protocol.Events;
type Listener = (params: never) => void;

interface Incoming {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: never;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The commands and events of one target. */
export interface DevToolsSession {
  readonly send: <T extends Method>(
    method: T,
    params?: Protocol.CommandParameters[T],
  ) => Promise<Protocol.CommandReturnValues[T]>;
  readonly on: <T extends EventName>(event: T, listener: (params: Protocol.Events[T]) => void) => void;
}

/** Speaks the DevTools protocol with a Chromium over the pipes it was started with (`--remote-debugging-pipe`). */
export class DevTools implements DevToolsSession {
  readonly #output: Writable;
  readonly #calls = new Map<number, Call>();
  readonly #listeners = new Map<string, Listener[]>();
  #lastId = 0;
  #rest = '';

  constructor(output: Writable, input: Readable) {
    this.#output = output;
    input.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    input.on('close', () => {
      for (const { reject } of this.#calls.values()) reject(new Error('Chromium has gone.'));
      this.#calls.clear();
    });
    // Told by the other pipe's end, too.
    output.on('error', () => undefined);
  }

  send = <T extends Method>(
    method: T,
    params?: Protocol.CommandParameters[T],
  ): Promise<Protocol.CommandReturnValues[T]> => this.#send(method, params);

  on = <T extends EventName>(event: T, listener: (params: Protocol.Events[T]) => void): void =>
    this.#listen(event, listener);

  session(sessionId: string): DevToolsSession {
    return {
      send: (method, params) => this.#send(method, params, sessionId),
      on: (event, listener) => this.#listen(`${sessionId} ${event}`, listener),
    };
  }

  #send<T extends Method>(
    method: T,
    params: object | undefined,
    sessionId?: string,
  ): Promise<Protocol.CommandReturnValues[T]> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, {
        resolve: (value) => resolve(value as Protocol.CommandReturnValues[T]),
        reject: ({ message }) => reject(new Error(`${method}: ${message}`)),
      });
      this.#output.write(`${JSON.stringify({ id, method, params: params ?? {}, sessionId })}\0`);
    });
  }

  #listen(key: string, listener: Listener): void {
    this.#listeners.set(key, [...(this.#listeners.get(key) ?? []), listener]);
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split('\0');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#handle(JSON.parse(part) as Incoming);
  }

  #handle({ id, sessionId, method, params, result, error }: Incoming): void {
    if (id === undefined) {
      const key = sessionId ? `${sessionId} ${method}` : (method ?? '');
      for (const listener of this.#listeners.get(key) ?? []) listener(params as never);
      return;
    }
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (error) call?.reject(new Error(error.message));
    else call?.resolve(result);
  }
}
