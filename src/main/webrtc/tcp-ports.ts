import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { isAuthenticCheck, stunClass } from './stun.ts';
import { firstFrame } from './tcp-frame.ts';

/** A session that Players may reach over TCP. */
export interface TcpSession {
  /** Our ICE password for one of our ufrags that may still be in use. */
  passwordOf(ufrag: string): string | undefined;
  /** Takes a connection whose first packet, still to be read, is a check that was signed with our password. */
  take(socket: Socket): void;
}

/** A session's part in a listening socket. */
export interface TcpSeat {
  readonly port: number;
  /** Idempotent. */
  leave(): void;
}

/** Who has not said who it is may keep us waiting no longer, and be no more than so many. */
const introductionMs = 5_000;
const maxStrangers = 64;
/** A connectivity check is a tenth of that. */
const maxFirstBytes = 1_500;

/**
 * The listening TCP sockets of all sessions (RFC 6544), one for each address, open as long as a session needs it: a firewall has to
 * know one port only. Which session a connection is for says the connectivity check that it begins with.
 */
export class TcpPorts {
  readonly #port: number;
  readonly #log: Logger;
  readonly #doors = new Map<string, TcpDoor>();

  /** @param port 0 takes any free one. */
  constructor(port: number, log: Logger) {
    this.#port = port;
    this.#log = log;
  }

  /** Listens on an address for a session as well; null where that can't be done, which is no reason to refuse it. */
  async join(address: string, session: TcpSession): Promise<TcpSeat | null> {
    const door = this.#doors.get(address) ?? this.#open(address);
    door.sessions.add(session);
    const leave = (): void => this.#leave(address, door, session);
    try {
      return { port: await door.port, leave };
    } catch (error) {
      leave();
      this.#log.warn({ err: error, address, port: this.#port }, 'Players can’t come over TCP: the port can’t be used.');
      return null;
    }
  }

  #open(address: string): TcpDoor {
    const door = new TcpDoor(address, this.#port, this.#log);
    this.#doors.set(address, door);
    return door;
  }

  #leave(address: string, door: TcpDoor, session: TcpSession): void {
    door.sessions.delete(session);
    if (door.sessions.size > 0 || this.#doors.get(address) !== door) return;
    this.#doors.delete(address);
    door.close();
  }
}

/** One listening socket. */
class TcpDoor {
  readonly sessions = new Set<TcpSession>();
  readonly port: Promise<number>;
  readonly #server: Server;
  readonly #strangers = new Set<Socket>();
  readonly #log: Logger;

  constructor(address: string, port: number, log: Logger) {
    this.#log = log;
    this.#server = createServer({ noDelay: true }, (socket) => this.#greet(socket));
    this.port = new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: address, port, exclusive: true }, () => {
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
    this.#server.on('error', (error) => log.debug({ err: error }, 'a TCP port has a fault'));
  }

  /** Who came in already stays. */
  close(): void {
    this.#server.close();
    for (const stranger of this.#strangers) stranger.destroy();
  }

  #greet(socket: Socket): void {
    const [oldest] = this.#strangers;
    if (this.#strangers.size >= maxStrangers) oldest?.destroy();
    this.#strangers.add(socket);
    socket.on('error', (error) => this.#log.debug({ err: error }, 'a TCP connection has a fault'));
    const timer = setTimeout(() => socket.destroy(), introductionMs);
    const forget = (): void => {
      clearTimeout(timer);
      this.#strangers.delete(socket);
    };
    socket.once('close', forget);
    let received = Buffer.alloc(0);
    const hear = (bytes: Buffer): void => {
      received = Buffer.concat([received, bytes]);
      const frame = firstFrame(received);
      if (!frame) return void (received.length > maxFirstBytes && socket.destroy());
      forget();
      socket.off('data', hear);
      this.#handOver(socket, frame, received);
    };
    socket.on('data', hear);
  }

  #handOver(socket: Socket, frame: Buffer, received: Buffer): void {
    const session = [...this.sessions].find(
      (each) => stunClass(frame) === 'request' && isAuthenticCheck(frame, (ufrag) => each.passwordOf(ufrag)),
    );
    if (!session) return void socket.destroy();
    socket.pause();
    socket.unshift(received);
    session.take(socket);
    socket.resume();
  }
}
