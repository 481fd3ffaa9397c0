import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Page } from '@playwright/test';

export interface RelayOptions {
  /** From one end to the other; the round trip takes twice as long. */
  readonly delayMs: number;
  /** What may wait where more comes than `kbitPerS` lets through; what comes then is lost. */
  readonly queueMs?: number;
  /** Whether packets that are sent again get through; else they are all lost, as if nobody had sent them. */
  readonly passesResent?: boolean;
}

const usualQueueMs = 300;

/** A poor network between a station and its Players, all on loopback: every datagram arrives late, and some never. */
export class LossyRelay {
  /** The share of datagrams that are lost, in either direction. */
  lossShare = 0;
  /** What gets through from the station to its Players; Infinity for all of it. */
  kbitPerS = Infinity;
  /** When the last datagram of the station that was let through is on its way, where that is limited. */
  #busyUntilMs = 0;
  readonly #options: RelayOptions;
  readonly #sockets = new Set<Socket>();
  /** The payload type of what is sent again (RFC 4588), which encryption leaves in sight. */
  #resentType = Number.NaN;
  readonly #random = randomNumbers(1);

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** Sends the media of all sessions that a page opens from now on through here. */
  async join(page: Page): Promise<void> {
    await page.route('**/whep/*', async (route, request) => {
      if (request.method() !== 'POST') return route.continue();
      const response = await route.fetch();
      return route.fulfill({ response, body: await this.redirect(await response.text()) });
    });
  }

  /** The station's description with ports of the relay in place of its own. */
  async redirect(sdp: string): Promise<string> {
    this.#resentType = Number(/^a=rtpmap:(\d+) rtx\//m.exec(sdp)?.[1]);
    const lines = sdp.split('\r\n').map(async (line) => {
      const match = /^(a=candidate:\S+ 1 udp \d+) 127\.0\.0\.1 (\d+) (typ host.*)$/.exec(line);
      if (!match) return line;
      const [, begin = '', stationPort = '', end = ''] = match;
      return `${begin} 127.0.0.1 ${await this.#listen(Number(stationPort))} ${end}`;
    });
    return (await Promise.all(lines)).join('\r\n');
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
    this.#sockets.clear();
  }

  async #listen(stationPort: number): Promise<number> {
    const front = await this.#open();
    const backs = new Map<number, Promise<Socket>>();
    front.on('message', (datagram, player) => {
      const open = async (): Promise<Socket> => {
        const back = await this.#open();
        back.on('message', (answer) => {
          const waitMs = this.#waitMs(answer.length);
          if (waitMs !== null) this.#pass(front, answer, player.port, waitMs);
        });
        return back;
      };
      const back = backs.get(player.port) ?? open();
      backs.set(player.port, back);
      void back.then((socket) => this.#pass(socket, datagram, stationPort));
    });
    return front.address().port;
  }

  async #open(): Promise<Socket> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
    this.#sockets.add(socket);
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return socket;
  }

  /** How long a datagram of the station waits for those before it; null where the queue is full, so that it is lost. */
  #waitMs(bytes: number): number | null {
    const nowMs = performance.now();
    const waitMs = Math.max(0, this.#busyUntilMs - nowMs);
    if (this.kbitPerS < Infinity && waitMs > (this.#options.queueMs ?? usualQueueMs)) return null;
    const doneMs = waitMs + (8 * bytes) / this.kbitPerS;
    this.#busyUntilMs = nowMs + doneMs;
    return doneMs;
  }

  #pass(socket: Socket, datagram: Buffer, port: number, waitMs = 0): void {
    const isResent = isMedia(datagram) && (datagram.readUInt8(1) & 0x7f) === this.#resentType;
    if (this.#random() < this.lossShare || (isResent && this.#options.passesResent === false)) return;
    setTimeout(() => {
      if (this.#sockets.has(socket)) socket.send(datagram, port, '127.0.0.1');
    }, this.#options.delayMs + waitMs);
  }
}

/** RFC 7983 §7. */
function isMedia(datagram: Buffer): boolean {
  const [first = 0] = datagram;
  return datagram.length > 12 && first >= 128 && first < 192;
}

/** Numbers from 0 to 1 that are the same each time (a linear congruential generator), so that a fault can be seen again. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
