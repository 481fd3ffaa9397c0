import { ReplayWindow } from './replay-window.ts';
import { readRtpHeader, withoutPadding } from './rtp-packet.ts';
import { opener, type OpenRtp, type SrtpKeys } from './srtp.ts';

/** One packet of somebody who publishes, known to be his. */
export interface ReceivedPacket {
  readonly ssrc: number;
  /** Its sequence number, which counts on where the 16 bits wrap. */
  readonly number: number;
  readonly timestamp: number;
  /** Whether it ends its picture. */
  readonly isLast: boolean;
  /** Empty in packets that only probe the link. */
  readonly payload: Buffer;
}

/** Longer than any NACK can reach back. */
const replayPackets = 2_048;
/** A publisher has one; more would each cost memory. */
const maxSources = 4;
const wrap = 2 ** 16;

/** Decrypts what one end sends, once each (RFC 3711 §3.3). */
export class SrtpReceiver {
  readonly #keys: SrtpKeys;
  readonly #payloadType: number;
  readonly #sources = new Map<number, Source>();

  /** @param payloadType The only one that was agreed on. */
  constructor(keys: SrtpKeys, payloadType: number) {
    this.#keys = keys;
    this.#payloadType = payloadType;
  }

  /** @returns Null for what is not the other end's, has been there, or is of no use. */
  open(datagram: Buffer): ReceivedPacket | null {
    const header = readRtpHeader(datagram);
    if (!header || header.payloadType !== this.#payloadType) return null;
    const source = this.#sources.get(header.ssrc) ?? new Source(opener(this.#keys, header.ssrc));
    const number = source.numberOf(header.sequence);
    if (number < 0 || !source.replays.isNew(number)) return null;
    const decrypted = source.open(datagram, header.lengthBytes, Math.floor(number / wrap));
    const payload = decrypted && withoutPadding(decrypted, header);
    if (!payload) return null;
    if (!this.#sources.has(header.ssrc)) {
      if (this.#sources.size >= maxSources) return null;
      this.#sources.set(header.ssrc, source);
    }
    source.took(number);
    return { ssrc: header.ssrc, number, timestamp: header.timestamp, isLast: header.isMarked, payload };
  }
}

/** What has to be remembered of one SSRC. */
class Source {
  readonly open: OpenRtp;
  readonly replays = new ReplayWindow(replayPackets);
  #newest: number | null = null;

  constructor(open: OpenRtp) {
    this.open = open;
  }

  /** The number with these 16 bits that is nearest to the newest one (RFC 3711 §3.3.1). */
  numberOf(sequence: number): number {
    if (this.#newest === null) return sequence;
    const ahead = ((sequence - this.#newest + wrap / 2) & (wrap - 1)) - wrap / 2;
    return this.#newest + ahead;
  }

  took(number: number): void {
    this.replays.add(number);
    this.#newest = Math.max(this.#newest ?? number, number);
  }
}
