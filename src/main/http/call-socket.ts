import type { Logger } from 'pino';
import * as v from 'valibot';
import type { WebSocket } from 'ws';
import {
  authSchema,
  signalSchema,
  type CallLeg,
  type CallNotice,
  type Signal,
  type SignalFault,
} from '../../shared/calls.ts';
import { StationError, type StationErrorReason } from '../../shared/errors.ts';
import { MessageBudget } from './message-budget.ts';

/** Why the station closes a socket, beside the codes that `ws` sends by itself (RFC 6455 §7.4.1). */
export const closeCodes = {
  done: 1000,
  goingAway: 1001,
  unsupported: 1003,
  policy: 1008,
  internal: 1011,
  signInNeeded: 4401,
  unknownCall: 4404,
  wrongState: 4409,
  elsewhere: 4410,
} as const;

const codeOfReason: Partial<Record<StationErrorReason, number>> = {
  sign_in_needed: closeCodes.signInNeeded,
  not_allowed: closeCodes.signInNeeded,
  unknown_call: closeCodes.unknownCall,
  wrong_state: closeCodes.wrongState,
};

/** A token that comes as the first message comes within this time. */
const authTimeoutMs = 3_000;
const maxBadMessages = 5;
const pingEachMs = 10_000;
const silentMs = 30_000;
/** A page that does not read is of no use to the other end either. */
const maxBacklogBytes = 1024 * 1024;

/** Takes an end of a call. @throws StationError as `join` of CallsApi. */
export type Join = (listener: (notice: CallNotice) => void) => CallLeg;

/** One end of a call as its socket: reads what comes, within its bounds, and hands on what can be read. */
export class CallSocket {
  readonly #socket: WebSocket;
  readonly #log: Logger;
  readonly #budget = new MessageBudget(performance.now());
  readonly #pings: NodeJS.Timeout;
  #heardAtMs = performance.now();
  #badMessages = 0;
  #authenticate: ((token: string) => Promise<Join>) | null = null;
  #authTimer: NodeJS.Timeout | undefined;
  #leg: CallLeg | null = null;

  constructor(socket: WebSocket, log: Logger) {
    this.#socket = socket;
    this.#log = log;
    this.#pings = setInterval(() => this.#beat(), pingEachMs).unref();
    socket.on('pong', () => (this.#heardAtMs = performance.now()));
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    socket.on('close', () => this.#end());
  }

  /** From now on signals are passed on. Where the call can't be joined, the socket is closed with the code that says why. */
  join(join: Join): void {
    // Finding out who asks takes time. Nobody would ever take away again an end whose socket has closed meanwhile.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    try {
      this.#leg = join((notice) => this.#tell(notice));
    } catch (error) {
      this.#closeFor(error);
    }
  }

  /** Joins when the first message has brought a token. @param authenticate Rejects with a StationError. */
  awaitToken(authenticate: (token: string) => Promise<Join>): void {
    this.#authenticate = authenticate;
    this.#authTimer = setTimeout(() => this.close(closeCodes.signInNeeded), authTimeoutMs).unref();
  }

  /** What let the party in has ended. */
  expel(): void {
    this.#leg?.expel();
    this.close(closeCodes.signInNeeded);
  }

  close(code: number): void {
    this.#socket.close(code);
    this.#end();
  }

  #end(): void {
    clearInterval(this.#pings);
    clearTimeout(this.#authTimer);
    this.#leg?.leave();
    this.#leg = null;
  }

  #tell(notice: CallNotice): void {
    if (this.#socket.bufferedAmount > maxBacklogBytes) this.#socket.terminate();
    else this.#socket.send(JSON.stringify(notice));
    if (notice.type === 'ended') this.close(notice.why === 'elsewhere' ? closeCodes.elsewhere : closeCodes.done);
  }

  #hear(data: WebSocket.RawData, isBinary: boolean): void {
    // Of a socket that is closing, what is on its way still comes.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#heardAtMs = performance.now();
    if (isBinary) return this.close(closeCodes.unsupported);
    const spent = this.#budget.spend(this.#heardAtMs);
    if (spent === 'too_many') return this.close(closeCodes.policy);
    if (spent === 'slow_down') return this.#refuse('slow_down', 'Too many messages at a time; this one was dropped.');
    const message = parse(data);
    if (this.#authenticate) return this.#takeToken(message, this.#authenticate);
    const { success, output } = v.safeParse(signalSchema, message);
    if (success) this.#pass(output);
    else this.#countBad();
  }

  #takeToken(message: unknown, authenticate: (token: string) => Promise<Join>): void {
    this.#authenticate = null;
    clearTimeout(this.#authTimer);
    const { success, output } = v.safeParse(authSchema, message);
    if (!success) return this.close(closeCodes.signInNeeded);
    // What comes behind the token waits until it is known whose it is.
    this.#socket.pause();
    authenticate(output.token)
      .then((join) => this.join(join))
      .catch((error: unknown) => this.#closeFor(error))
      .finally(() => this.#socket.resume());
  }

  #pass(signal: Signal): void {
    try {
      this.#leg?.send(signal);
    } catch (error) {
      if (!(error instanceof StationError)) return this.#closeFor(error);
      const { reason, message } = error;
      if (reason === 'wrong_state' || reason === 'peer_unavailable') this.#refuse(reason, message);
      else this.#closeFor(error);
    }
  }

  /** Nothing is thrown: here nobody but the process itself would catch it, and end. */
  #closeFor(error: unknown): void {
    const code = error instanceof StationError ? codeOfReason[error.reason] : undefined;
    if (code === undefined) this.#log.error({ err: error }, 'A socket of a call failed by a mistake of ours.');
    this.close(code ?? closeCodes.internal);
  }

  #countBad(): void {
    this.#badMessages += 1;
    this.#refuse('bad_message', 'That is not a message of a call.');
    if (this.#badMessages >= maxBadMessages) this.close(closeCodes.policy);
  }

  #refuse(code: SignalFault, message: string): void {
    this.#tell({ type: 'error', code, message });
  }

  #beat(): void {
    if (performance.now() - this.#heardAtMs >= silentMs) this.#socket.terminate();
    else this.#socket.ping();
  }
}

/** Undefined for what is not JSON. */
function parse(data: WebSocket.RawData): unknown {
  try {
    return Buffer.isBuffer(data) ? JSON.parse(data.toString(), refuseProto) : undefined;
  } catch {
    // What exactly is wrong with it is nobody's business here; the sender is told that it can't be read.
    return undefined;
  }
}

/** Schemas look keys up in objects, where this one is always found. */
function refuseProto(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('A key that no message has.');
  return value;
}
