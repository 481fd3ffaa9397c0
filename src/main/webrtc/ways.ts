import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  Candidate,
  candidateFoundation,
  candidatePriority,
  serverReflexiveCandidate,
  StunProtocol,
  type Address,
  type IceConnection,
} from 'werift';
import { StationError } from '../../shared/errors.ts';
import { reaches, type Gathering } from './ice-options.ts';
import { method } from './intercept.ts';
import type { TcpPorts } from './tcp-ports.ts';
import { TcpWay } from './tcp-way.ts';
import { openUdp } from './udp-socket.ts';

/** Nobody shall wait long for a picture on the lab's own network because a server outside can't be reached. */
const serverTimeoutMs = 1_000;

/** RFC 8445 §5.1.2.1, RFC 6544 §4.2: the greatest preferences, for the first address. */
const maxPreference = { udp: 65_535, tcp: 8_191 } as const;

/** The sockets of one session, on which werift finds its candidates. */
export class Ways {
  readonly #connection: IceConnection;
  readonly #gathering: Gathering;
  readonly #passwordOf: (ufrag: string) => string | undefined;
  readonly #log: Logger;

  constructor(
    connection: IceConnection,
    gathering: Gathering,
    passwordOf: (ufrag: string) => string | undefined,
    log: Logger,
  ) {
    this.#connection = connection;
    this.#gathering = gathering;
    this.#passwordOf = passwordOf;
    this.#log = log;
  }

  /**
   * Opens what is not open yet. werift tells of all that is open when it gathers.
   * @throws StationError `station_full` where the configured ports are used up.
   */
  async open(): Promise<void> {
    const { addresses, tcp } = this.#gathering;
    const openings = addresses().flatMap((address, at) =>
      this.#isOpen(address) ? [] : [this.#openUdp(address, at), ...(tcp ? [this.#openTcp(tcp, address, at)] : [])],
    );
    const opened = await Promise.allSettled(openings);
    for (const each of opened) if (each.status === 'fulfilled' && each.value) this.#protocols.push(each.value);
    const faults = opened.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    const refusal = faults.find((fault) => fault instanceof StationError);
    if (refusal) throw refusal;
    // An address may have gone a moment ago, or be too new to be used.
    for (const err of faults) this.#log.debug({ err }, 'an address can’t be listened on');
  }

  /** Asks the STUN server how the sockets are seen from there, and tells of what it says in time. */
  async askStunServer(): Promise<void> {
    const { stunServer } = this.#gathering;
    if (!stunServer) return;
    const sockets = this.#protocols.filter((protocol) => protocol instanceof StunProtocol);
    await Promise.all(
      sockets
        .filter(({ localIp = '' }) => reaches(localIp, stunServer[0]))
        .map((socket) => this.#askThrough(socket, stunServer)),
    );
  }

  get #protocols(): unknown[] {
    const protocols: unknown = Reflect.get(this.#connection, 'protocols');
    if (!Array.isArray(protocols)) throw new Error('werift has changed: it has no list of sockets');
    return protocols as unknown[];
  }

  #isOpen(address: string): boolean {
    return this.#protocols.some((protocol) => protocol instanceof StunProtocol && protocol.localIp === address);
  }

  async #openUdp(address: string, at: number): Promise<object> {
    const socket = new StunProtocol();
    this.#ensure(socket);
    await openUdp(socket, address, this.#gathering.udpPorts, this.#log);
    const priority = candidatePriority('host', maxPreference.udp - at);
    socket.localCandidate = hostCandidate('udp', priority, address, socket.transport.port);
    return socket;
  }

  async #openTcp(ports: TcpPorts, address: string, at: number): Promise<object | null> {
    const way = new TcpWay();
    this.#ensure(way);
    const session = { passwordOf: this.#passwordOf, take: way.take.bind(way) };
    const seat = await ports.join(address, session);
    if (!seat) return null;
    way.sit(address, seat);
    const passive = { transport: 'tcp', tcptype: 'passive', otherPreference: maxPreference.tcp - at } as const;
    way.localCandidate = hostCandidate('tcp', candidatePriority('host', passive), address, seat.port);
    return way;
  }

  /** Puts the guard before a socket; see guardConnection. */
  #ensure(protocol: object): void {
    method(this.#connection, 'ensureProtocol')(protocol);
  }

  async #askThrough(socket: StunProtocol, server: Address): Promise<void> {
    const { generation } = this.#connection;
    const candidate = await Promise.race([
      serverReflexiveCandidate(socket, server),
      setTimeout(serverTimeoutMs, undefined, { ref: false }),
    ]);
    const isTooLate = this.#connection.state === 'closed' || this.#connection.generation !== generation;
    // Without address translation it says what is known (RFC 8445 §5.1.3).
    if (!candidate || isTooLate || candidate.host === socket.localIp) return;
    method(this.#connection, 'appendLocalCandidate')(candidate);
  }
}

function hostCandidate(transport: 'udp' | 'tcp', priority: number, address: string, port: number): Candidate {
  const foundation = candidateFoundation('host', transport, address);
  const direction = transport === 'tcp' ? 'passive' : undefined;
  return new Candidate(foundation, 1, transport, priority, address, port, 'host', undefined, undefined, direction);
}
