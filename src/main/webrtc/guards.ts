import { isDtls, isMedia, isRtcp, type Address, type IceConnection } from 'werift';
import { intercept, method } from './intercept.ts';
import { ReplayWindow } from './replay-window.ts';
import { isAuthenticCheck, stunClass } from './stun.ts';

/** What the guard has to know of the session whose socket it watches. */
export interface Guarded {
  /** Our ICE password for one of our ufrags that may still be in use. */
  passwordOf(ufrag: string): string | undefined;
  /** True once the DTLS handshake has ended. */
  readonly isDtlsConnected: boolean;
  /** Decrypts a DTLS record, or returns null where it is not the Player's. */
  openRecord(record: Buffer): Buffer | null;
  /** An encrypted alert of the Player ends the session. */
  closedByPlayer(): void;
  /** The Player has signed a connectivity check. */
  checked(): void;
  /** Whether anything but SRTP is to come from the Player: true where data channels were agreed on. */
  readonly takesData: boolean;
  /** What the Player sends over DTLS itself, decrypted and never twice. */
  data(content: Buffer): void;
  /** Takes an RTP packet, still encrypted. @returns False where nobody publishes here, and none is to come. */
  rtp(datagram: Buffer): boolean;
}

/** More paths than this has no Player; each costs werift memory and packets. */
const maxKnownAddresses = 32;
/** A handshake with both certificates, and with all that is said twice, has less. werift keeps fragments until the last one comes. */
const maxHandshakeBytes = 256 * 1024;
const recordHeaderBytes = 13;
const recordType = { changeCipherSpec: 20, alert: 21, handshake: 22, data: 23 } as const;
/** Stands for a datagram that has done its work in the guard. */
const nothing = Buffer.alloc(0);

/**
 * Stands between a session's sockets and werift, which takes datagrams from anyone: without it one UDP packet of 15 bytes from a
 * stranger (a DTLS alert in plain text, or a record of an unknown type) ends a session for good, and unsigned connectivity checks
 * make the station send packets wherever a stranger likes.
 *
 * Only a connectivity check that is signed with our ICE password makes an address known, and only known addresses reach DTLS and
 * SRTP. The nominated address is such a one; others must pass too, because browsers move between paths without asking.
 */
export class DatagramGuard {
  readonly #guarded: Guarded;
  readonly #known = new Set<string>();
  readonly #replays = new ReplayWindow();
  #handshakeBytes = 0;
  #droppedCount = 0;

  constructor(guarded: Guarded) {
    this.#guarded = guarded;
  }

  /** Datagrams that did not reach werift. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** Whether a check that was signed with our password came from there. */
  knows(address: Address): boolean {
    return this.#known.has(key(address));
  }

  /** What of a datagram may reach werift; null for nothing. */
  admit(datagram: Buffer, from: Address): Buffer | null {
    const admitted = this.#judge(datagram, key(from));
    if (!admitted) this.#droppedCount++;
    return admitted === nothing ? null : admitted;
  }

  #judge(datagram: Buffer, from: string): Buffer | null {
    const kind = stunClass(datagram);
    if (kind) return this.#judgeStun(kind, datagram, from);
    if (!this.#known.has(from) || datagram.length === 0) return null;
    if (isDtls(datagram)) return this.#judgeRecords(datagram);
    if (!isMedia(datagram)) return null;
    // werift authenticates SRTCP; SRTP takes another way.
    if (isRtcp(datagram)) return datagram;
    return this.#guarded.rtp(datagram) ? nothing : null;
  }

  #judgeStun(kind: string, datagram: Buffer, from: string): Buffer | null {
    // werift checks answers itself: they must be to a request of ours, and signed where the request was.
    if (kind !== 'request') return kind === 'indication' ? null : datagram;
    if (!isAuthenticCheck(datagram, (ufrag) => this.#guarded.passwordOf(ufrag))) return null;
    if (!this.#known.has(from) && this.#known.size >= maxKnownAddresses) return null;
    this.#known.add(from);
    this.#guarded.checked();
    return datagram;
  }

  /** DTLS puts several records into one datagram (RFC 6347 §4.1.1): a bad one must not take a good one with it. */
  #judgeRecords(datagram: Buffer): Buffer | null {
    const good: Buffer[] = [];
    let isHeard = false;
    for (let at = 0; at < datagram.length;) {
      if (at + recordHeaderBytes > datagram.length) break;
      const end = at + recordHeaderBytes + datagram.readUInt16BE(at + 11);
      if (end > datagram.length) break;
      const record = datagram.subarray(at, end);
      if (this.#isGoodRecord(record)) good.push(record);
      else if (record[0] === recordType.data) isHeard = this.#hearData(record) || isHeard;
      at = end;
    }
    if (good.length > 0) return Buffer.concat(good);
    return isHeard ? nothing : null;
  }

  /**
   * Before the handshake has ended, its own messages pass; after it, only encrypted ones, so that nobody who writes the Player's
   * address on a packet can start it again. Application data takes another way.
   */
  #isGoodRecord(record: Buffer): boolean {
    const type = record.readUInt8(0);
    const isEncrypted = record.readUInt16BE(3) > 0;
    const { isDtlsConnected } = this.#guarded;
    if (type === recordType.handshake) return (isEncrypted || !isDtlsConnected) && this.#hasHandshakeRoom(record);
    if (type === recordType.changeCipherSpec) return !isDtlsConnected;
    if (type === recordType.alert && isEncrypted && isDtlsConnected) this.#hearAlert(record);
    return false;
  }

  /** In all the time of a session, so that whoever may open one can't fill the memory with fragments that never end. */
  #hasHandshakeRoom({ length }: Buffer): boolean {
    this.#handshakeBytes += length;
    return this.#handshakeBytes <= maxHandshakeBytes;
  }

  /** werift hands on what somebody has recorded and sends again, and its SCTP begins anew on an old greeting. */
  #hearData(record: Buffer): boolean {
    const { isDtlsConnected, takesData } = this.#guarded;
    const number = record.readUIntBE(5, 6);
    const isReadable = isDtlsConnected && takesData && record.readUInt16BE(3) === 1;
    if (!isReadable || !this.#replays.isNew(number)) return false;
    const content = this.#guarded.openRecord(record);
    if (!content) return false;
    this.#replays.add(number);
    this.#guarded.data(content);
    return true;
  }

  /** werift believes alerts without decrypting them; here one counts only if it is the Player's. */
  #hearAlert(record: Buffer): void {
    const alert = this.#guarded.openRecord(record);
    const isFatal = alert?.[0] === 2;
    const isCloseNotify = alert?.[1] === 0;
    if (isFatal || isCloseNotify) this.#guarded.closedByPlayer();
  }
}

function key([host, port]: Address): string {
  return `${host} ${port}`;
}

const guardedSockets = new WeakSet<object>();

/**
 * Puts a guard in front of every socket that a connection will open, now and at an ICE restart: werift hands each one to
 * `ensureProtocol` before it is bound.
 * @throws Error where this version of werift has no such place; unguarded it must not be used.
 */
export function guardConnection(connection: IceConnection, guard: DatagramGuard): void {
  intercept(connection, 'ensureProtocol', (original) => (...args) => {
    const [protocol] = args;
    if (typeof protocol === 'object' && protocol !== null) guardSocket(protocol, guard);
    return original(...args);
  });
}

/** @throws Error unless every socket of the connection is guarded. */
export function assertGuarded(connection: IceConnection): void {
  const protocols: unknown = Reflect.get(connection, 'protocols');
  const isGuarded =
    Array.isArray(protocols) &&
    protocols.every((protocol: unknown) => typeof protocol === 'object' && protocol && guardedSockets.has(protocol));
  if (!isGuarded) throw new Error('werift has changed: a media socket would be open to strangers');
}

/**
 * Has each way out of a connection checked with each candidate of the Player; werift does it by itself only for those that are
 * there in time. What is checked already stays as it is.
 */
export function pairWithRemotes(connection: IceConnection): void {
  for (const candidate of connection.remoteCandidates) method(connection, 'pairRemoteCandidate')(candidate);
}

function guardSocket(protocol: object, guard: DatagramGuard): void {
  // werift's plain UDP socket, its connections over TCP, and its way over a TURN server.
  const names = ['datagramReceived', 'handleFrame', 'handleStunMessage'] as const;
  const receive = names.find((name) => name in protocol) ?? 'handleStunMessage';
  intercept(protocol, receive, (original) => (datagram, from) => {
    if (!Buffer.isBuffer(datagram) || !isAddress(from)) return undefined;
    const admitted = guard.admit(datagram, from);
    return admitted ? original(admitted, from) : undefined;
  });
  guardedSockets.add(protocol);
}

function isAddress(value: unknown): value is Address {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}
