import { connect, type Socket } from 'node:net';

/** What came back; status 0 where the connection was closed without an answer. */
export interface RawAnswer {
  readonly status: number;
  /** By their names in lower case; of several of a name, the last. */
  readonly headers: ReadonlyMap<string, string>;
  /** The head and the body as they came. */
  readonly text: string;
  readonly body: string;
}

const nothing: RawAnswer = { status: 0, headers: new Map(), text: '', body: '' };

/** One connection after the other to a door, kept alive between requests, that sends bytes as they are. */
export class RawHttp {
  readonly #port: number;
  readonly #from: string;
  #socket: Socket | null = null;

  /** @param from The address of this machine that it comes from. */
  constructor(port: number, from = '127.0.0.1') {
    this.#port = port;
    this.#from = from;
  }

  /** Sends one request and waits for its answer. @param hasBody False for HEAD, whose answer tells the length of what it lacks. */
  async ask(bytes: string | Buffer, hasBody = true): Promise<RawAnswer> {
    const socket = (this.#socket ??= await this.#connect());
    if (socket.destroyed) return nothing;
    const answer = await new Promise<RawAnswer>((resolve) => {
      let received = Buffer.alloc(0);
      const take = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        const whole = answerIn(received, hasBody, false);
        if (whole) settle(whole);
      };
      const end = (): void => settle(answerIn(received, hasBody, true) ?? nothing);
      const settle = (whole: RawAnswer): void => {
        socket.off('data', take).off('close', end);
        resolve(whole);
      };
      socket.on('data', take).once('close', end);
      socket.write(bytes);
    });
    if (answer.status === 0 || answer.headers.get('connection') !== 'keep-alive') this.close();
    return answer;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  async #connect(): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: this.#port, localAddress: this.#from });
    // A reset counts as an end; `close` follows.
    socket.on('error', () => socket.destroy());
    // Longer than a door waits for anything.
    socket.setTimeout(15_000, () => socket.destroy());
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = null;
    });
    await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', resolve));
    return socket;
  }
}

/** The answer, once it is whole. */
function answerIn(received: Buffer, hasBody: boolean, isEnd: boolean): RawAnswer | null {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [statusLine = '', ...lines] = received.toString('latin1', 0, headEnd).split('\r\n');
  const headers = new Map(lines.map((line) => [line.split(':', 1)[0]!.toLowerCase(), line.replace(/^[^:]*:\s*/, '')]));
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? 0);
  const length = hasBody && status !== 204 && status !== 304 ? Number(headers.get('content-length') ?? Infinity) : 0;
  const body = received.subarray(headEnd + 4);
  const isChunkedWhole = headers.has('transfer-encoding') && body.toString('latin1').endsWith('0\r\n\r\n');
  if (body.length < length && !isChunkedWhole && !isEnd) return null;
  return { status, headers, text: received.toString(), body: body.toString() };
}
