import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer, type WebSocket } from 'ws';
import { bearerPrefix, callProtocol, signalBounds, type CallsApi } from '../../shared/calls.ts';
import { StationError } from '../../shared/errors.ts';
import { networkOf } from '../access/addresses.ts';
import type { Access, Caller } from '../access/rights.ts';
import { bearerToken, remoteAddress } from './access.ts';
import type { CallsOf } from './call-party.ts';
import { CallSocket, closeCodes } from './call-socket.ts';
import { Problem, problemOf, writeProblem } from './problem.ts';

const maxSockets = 64;
const maxSocketsPerAddress = 8;
/** How soon a socket ends after what let its caller in. */
const lookEachMs = 1_000;

/** A request for a socket that has passed the gate. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  /** For a refusal. */
  readonly response: ServerResponse<IncomingMessage>;
}

/** Who has come in. */
interface Entry {
  /** Null at a door that asks nobody. */
  readonly caller: Caller | null;
  readonly calls: CallsApi;
}

export interface CallSocketsOptions {
  readonly callsOf: CallsOf;
  /** Null at a door that asks nobody. */
  readonly access: Access | null;
  readonly log: Logger;
}

/** The WebSockets of calls at one door. */
export class CallSockets {
  readonly #options: CallSocketsOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: signalBounds.frameBytes,
    perMessageDeflate: false,
    clientTracking: false,
    // The token stands beside it, and is never said back.
    handleProtocols: (offered) => (offered.has(callProtocol) ? callProtocol : false),
  });
  /** With the address of each, and who has come in by now. */
  readonly #open = new Map<CallSocket, { readonly address: string; caller: Caller | null }>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: CallSocketsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), lookEachMs).unref();
  }

  /** Opens a socket on a call, or refuses it. @param callId As in the address. */
  async upgrade(upgrade: Upgrade, callId: string): Promise<void> {
    const { request, response } = upgrade;
    try {
      const address = remoteAddress({ ip: request.socket.remoteAddress ?? '' });
      requireHandshake(request);
      this.#requirePlace(address);
      const entry = await this.#enter(request, address);
      // Finding out who asks takes time, in which others may have come.
      this.#requirePlace(address);
      // Whether there is such a call is told only to who is in it.
      if (entry !== 'later') entry.calls.connection(callId);
      if (request.socket.destroyed) return;
      this.#server.handleUpgrade(request, upgrade.socket, upgrade.head, (socket) => {
        this.#opened(socket, address, callId, entry);
      });
    } catch (error) {
      const problem = problemOf(error) ?? Problem.internal();
      if (problem.status === 500) this.#options.log.error({ err: error }, 'A socket failed by a mistake of ours.');
      writeProblem(response, problem);
    }
  }

  /** Ends all sockets; at a door that asks, what let them in ends with it. Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    for (const socket of [...this.#open.keys()]) {
      if (this.#options.access) socket.expel();
      else socket.close(closeCodes.goingAway);
    }
  }

  /** Who asks: known by now, or told later by the first message. @throws StationError `sign_in_needed`, `not_allowed`. */
  async #enter(request: IncomingMessage, address: string): Promise<Entry | 'later'> {
    const { access } = this.#options;
    if (!access) return this.#entry(null);
    const token = bearerToken(request) ?? offeredToken(request);
    if (token !== null) return this.#entry(await access.callerOf(token, address));
    if (protocolsOf(request).includes(callProtocol)) return 'later';
    throw StationError.signInNeeded();
  }

  /** @throws StationError `sign_in_needed`, `not_allowed`. */
  #entry(caller: Caller | null): Entry {
    if (this.#options.access && !caller?.standing()) throw StationError.signInNeeded();
    const calls = this.#options.callsOf(caller);
    if (!calls) throw StationError.notAllowed();
    return { caller, calls };
  }

  #opened(socket: WebSocket, address: string, callId: string, entry: Entry | 'later'): void {
    // What `ws` finds wrong (size, encoding, framing) it closes with the right code by itself.
    socket.on('error', (error) => this.#options.log.debug({ err: error }, 'A socket of a call was misused.'));
    const end = new CallSocket(socket, this.#options.log);
    const held = { address, caller: entry === 'later' ? null : entry.caller };
    this.#open.set(end, held);
    socket.once('close', () => this.#open.delete(end));
    if (entry !== 'later') return end.join((listener) => entry.calls.join(callId, listener));
    end.awaitToken(async (token) => {
      const { caller, calls } = this.#entry((await this.#options.access?.callerOf(token, address)) ?? null);
      held.caller = caller;
      return (listener) => calls.join(callId, listener);
    });
  }

  /** @throws Problem `busy`. */
  #requirePlace(address: string): void {
    const network = networkOf(address);
    const fromThere = [...this.#open.values()].filter((held) => networkOf(held.address) === network).length;
    if (this.#open.size >= maxSockets || fromThere >= maxSocketsPerAddress) throw Problem.tooManySockets();
  }

  #look(): void {
    for (const [socket, { caller }] of this.#open) if (caller && !caller.standing()) socket.expel();
  }
}

/** RFC 6455 §4.2.1, of which `ws` takes more than browsers send. @throws Problem. */
function requireHandshake({ headers, method }: IncomingMessage): void {
  if (headers['sec-websocket-version'] !== '13') {
    throw new Problem(426, 'upgrade_refused', 'This station speaks version 13 of WebSocket only.', {
      'sec-websocket-version': '13',
    });
  }
  if (method !== 'GET' || !/^[\w+/]{22}==$/.test(headers['sec-websocket-key'] ?? '')) throw Problem.badRequest();
}

function protocolsOf({ headers }: IncomingMessage): string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}

/** Browsers can't set the Authorization header of a socket, so that the token is offered as if it were a protocol. */
function offeredToken(request: IncomingMessage): string | null {
  const offered = protocolsOf(request).filter((name) => name.startsWith(bearerPrefix));
  return offered.length === 1 ? (offered[0]?.slice(bearerPrefix.length) ?? null) : null;
}
