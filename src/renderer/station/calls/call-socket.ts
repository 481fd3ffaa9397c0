import { bearerPrefix, callProtocol, type CallNotice, type Signal } from '../../../shared/calls.ts';
import { backoff } from '../../../shared/retry.ts';
import { Refusal, type RefusalReason } from '../client.ts';
import { debug } from '../debug.ts';
import type { Signaling, SignalingNotices } from './station-calls.ts';

/** The station says with these that coming back is of no use: the call is over, is somebody else's, or on another page. */
const finalCodes = [1000, 4404, 4409, 4410];
const finalReasons: readonly RefusalReason[] = ['unknown_call', 'sign_in_needed', 'not_allowed'];

export interface CallSocketParts {
  readonly url: URL;
  /** What lets the page in, or null where nothing is needed. @throws Refusal. */
  readonly proof: () => Promise<string | null>;
  readonly notices: SignalingNotices;
}

/** The WebSocket of a call, opened again after every cut. */
export class CallSocket implements Signaling {
  readonly #parts: CallSocketParts;
  readonly #retry = backoff({ stepsMs: [250, 500, 1_000, 2_000, 4_000], jitterShare: 0.2 });
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #isClosed = false;

  constructor(parts: CallSocketParts) {
    this.#parts = parts;
    parts.notices.state({ kind: 'connecting' });
    void this.#open();
  }

  send(signal: Signal): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(signal));
    return true;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#parts.notices.state({ kind: 'closed' });
  }

  /** The station does not answer any more, which a silent socket would not tell for long. */
  cut(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#openLater();
    socket.close();
  }

  async #open(): Promise<void> {
    let token: string | null;
    try {
      token = await this.#parts.proof();
    } catch (error) {
      debug('The call could not be asked for.', error);
      if (error instanceof Refusal && finalReasons.includes(error.reason)) this.close();
      else this.#openLater();
      return;
    }
    if (this.#isClosed) return;
    const socket = new WebSocket(this.#parts.url, [callProtocol, ...(token === null ? [] : [bearerPrefix + token])]);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (this.#socket !== socket) return;
      this.#failures = 0;
      this.#parts.notices.state({ kind: 'open' });
    });
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (this.#socket === socket && !this.#isClosed) this.#parts.notices.notice(JSON.parse(data) as CallNotice);
    });
    socket.addEventListener('close', ({ code }) => {
      if (this.#socket !== socket) return;
      if (finalCodes.includes(code)) this.close();
      else this.#openLater();
    });
  }

  #openLater(): void {
    if (this.#isClosed) return;
    this.#socket = null;
    this.#failures += 1;
    this.#parts.notices.state({ kind: 'waiting' });
    this.#timer = setTimeout(() => void this.#open(), this.#retry.delayMs(this.#failures) ?? 0);
  }
}
