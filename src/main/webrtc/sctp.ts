import type { Logger } from 'pino';
import { RTCSctpTransport, type RTCDataChannel, type RTCDtlsTransport } from 'werift';
import { method } from './intercept.ts';
import { isSoundPacket } from './sctp-packet.ts';

/** The port within DTLS that the station's SCTP has (RFC 8841 §5). */
export const ownSctpPort = 5000;
/** The longest message that the station takes; its descriptions say so, and browsers then send none that is longer. */
export const maxMessageBytes = 16 * 1024;

/** How SCTP speaks up to its Peer. */
export interface SctpNotices {
  /** The Player opens a channel. Whoever takes it must listen at once; the first message may be there already. */
  channel(channel: RTCDataChannel): void;
  /** The Player has read something, so that there may be room for more. */
  roomGained(): void;
  /** The Player does what only somebody does who means harm. */
  misbehaved(): void;
}

/** What may be on its way from the Player at once. */
const receiveWindowBytes = 128 * 1024;
const maxHeldBytes = receiveWindowBytes + 4 * maxMessageBytes;
const maxHeldChunks = 512;
/**
 * How many packets may be on their way to the Player unanswered when a message follows them, some 70 KB. All of it comes late after
 * a cut, since werift gives nothing up, and much more at once doesn't fit into the receive buffers of browsers. It is
 * enough for 12 Mbit/s over 50 ms.
 */
const maxUnansweredChunks = 64;

/**
 * SCTP over a Player's DTLS (RFC 8831): werift's, behind a check of each packet, because it believes whatever it reads and
 * a packet that it can't read would end the process.
 */
export class Sctp {
  readonly #transport: RTCSctpTransport;
  readonly #read: (packet: Buffer) => unknown;
  readonly #remotePort: number;
  readonly #notices: SctpNotices;
  readonly #log: Logger;
  #droppedPackets = 0;

  /** @param remotePort The Player's port within DTLS. */
  constructor(dtls: RTCDtlsTransport, remotePort: number, notices: SctpNotices, log: Logger) {
    this.#remotePort = remotePort;
    this.#notices = notices;
    this.#log = log;
    this.#transport = new RTCSctpTransport(ownSctpPort, maxMessageBytes);
    this.#transport.setDtlsTransport(dtls);
    const { sctp } = this.#transport;
    Reflect.set(sctp, 'advertisedRwnd', receiveWindowBytes);
    this.#read = method(sctp, 'handleData');
    // Throws here, while somebody listens, if this version of werift keeps its books in another way.
    this.#isHoarding();
    this.#outbound();
    this.#transport.onDataChannel.subscribe((channel) => notices.channel(channel));
  }

  /** Packets that werift did not get, or could not read. */
  get droppedPackets(): number {
    return this.#droppedPackets;
  }

  /**
   * Whether a long message may be sent now: there is one queue for all channels, so that what is queued delays the words of the
   * keepalive, and werift takes a time that grows with the square of its length.
   */
  get hasRoom(): boolean {
    const { queued, unanswered } = this.#outbound();
    return queued.length === 0 && unanswered.length < maxUnansweredChunks;
  }

  /** To be called once DTLS has ended well. */
  start(): void {
    this.#transport.start(this.#remotePort).catch((error: unknown) => {
      this.#log.debug({ err: error }, 'SCTP did not start');
    });
  }

  /** Takes what came over DTLS. Not by werift's own way, which leaves what goes wrong to nobody. */
  receive(packet: Buffer): void {
    if (isSoundPacket(packet)) void this.#receive(packet);
    else this.#droppedPackets++;
  }

  async close(): Promise<void> {
    await this.#transport.stop();
  }

  async #receive(packet: Buffer): Promise<void> {
    try {
      await this.#read(packet);
    } catch (error) {
      this.#droppedPackets++;
      this.#log.debug({ err: error }, 'an SCTP packet could not be read');
    }
    if (this.#isHoarding()) this.#notices.misbehaved();
    else this.#notices.roomGained();
  }

  /** The pieces of messages that werift has not sent yet, and those that it has sent and the Player has not acknowledged. */
  #outbound(): { readonly queued: readonly unknown[]; readonly unanswered: readonly unknown[] } {
    const { sctp } = this.#transport;
    const queued: unknown = Reflect.get(sctp, 'outboundQueue');
    const unanswered: unknown = Reflect.get(sctp, 'sentQueue');
    if (Array.isArray(queued) && Array.isArray(unanswered)) return { queued, unanswered };
    throw new Error('werift has changed: what its SCTP still has to send can’t be known');
  }

  /** Parts of messages that never become whole, and messages behind one that never comes. */
  #isHoarding(): boolean {
    const { sctp } = this.#transport;
    const window: unknown = Reflect.get(sctp, 'advertisedRwnd');
    const early: unknown = Reflect.get(sctp, 'sackMisOrdered');
    const streams: unknown = Reflect.get(sctp, 'inboundStreams');
    if (typeof window !== 'number' || !(early instanceof Set) || typeof streams !== 'object' || streams === null) {
      throw new Error('werift has changed: what its SCTP holds can’t be known');
    }
    const chunkCounts = Object.values(streams).map((stream: { readonly reassembly: readonly unknown[] }) => {
      return stream.reassembly.length;
    });
    const heldChunks = chunkCounts.reduce((sum, count) => sum + count, 0);
    return receiveWindowBytes - window > maxHeldBytes || early.size > maxHeldChunks || heldChunks > maxHeldChunks;
  }
}
