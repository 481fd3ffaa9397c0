import { Agent as PlainAgent, request as requestPlain, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';
import type { StationSource } from '../../shared/source.ts';
import { PinnedAgent } from './pinned-agent.ts';

/** A station in the same lab answers at once. */
const timeoutMs = 5_000;
/** Far more than the state of the largest station. */
const maxAnswerBytes = 1024 * 1024;

export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly sdp?: string;
  /** Less patience than usual. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface DoorAnswer {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
  /** Unix time, when the question left and its answer came. */
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

/** The door of another station: one connection, kept while it is of use. Redirections are not followed. */
export class StationDoor {
  readonly #source: StationSource;
  readonly #agent: PlainAgent;

  constructor(source: StationSource) {
    this.#source = source;
    this.#agent = agentFor(source);
  }

  /** @throws What the network says, WrongCertificate, or an Error where the answer is too long or late. */
  async ask({ method, path, sdp, timeoutMs: patienceMs = timeoutMs, signal }: Question): Promise<DoorAnswer> {
    const late = AbortSignal.timeout(patienceMs);
    const { answer, askedAtMs } = await this.#send(method, path, sdp, signal ? AbortSignal.any([signal, late]) : late);
    const answeredAtMs = Date.now();
    const { statusCode: status = 0, headers } = answer;
    return { status, body: await bodyOf(answer), location: headers.location ?? null, askedAtMs, answeredAtMs };
  }

  /** Ends the connection. Idempotent. */
  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, sdp: string | undefined, signal: AbortSignal) {
    const { url, token } = this.#source;
    const options = {
      method,
      agent: this.#agent,
      signal,
      headers: {
        accept: sdp === undefined ? 'application/json' : 'application/sdp',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(sdp !== undefined && { 'content-type': 'application/sdp', 'content-length': Buffer.byteLength(sdp) }),
      },
    };
    return new Promise<{ readonly answer: IncomingMessage; readonly askedAtMs: number }>((resolve, reject) => {
      const isTls = url.startsWith('https:');
      const request = isTls ? requestTls(new URL(path, url), options) : requestPlain(new URL(path, url), options);
      let askedAtMs = Date.now();
      const leaves = (): void => void (askedAtMs = Date.now());
      request.once('socket', (socket) => {
        leaves();
        // What is written before is kept until the handshake has ended.
        if (socket.connecting) socket.once(isTls ? 'secureConnect' : 'connect', leaves);
      });
      request.once('response', (answer) => resolve({ answer, askedAtMs }));
      request.once('error', reject).end(sdp);
      // A request that waits for its connection says nothing of its end before there is one.
      signal.addEventListener('abort', () => reject(new Error('The answer took too long.')), { once: true });
    });
  }
}

function agentFor({ url, fingerprint }: StationSource): PlainAgent {
  if (fingerprint !== undefined) return new PinnedAgent(fingerprint, timeoutMs);
  const options = { keepAlive: true, maxSockets: 1 };
  return url.startsWith('https:') ? new TlsAgent(options) : new PlainAgent(options);
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > maxAnswerBytes) throw new Error('The answer is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
