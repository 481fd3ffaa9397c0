import { randomInt } from 'node:crypto';
import {
  extensionBlock,
  noPlayoutDelay,
  sendTime,
  type ExtensionBlock,
  type PlayoutDelay,
} from './header-extensions.ts';
import type { SentPacket, SentPicture } from './sent-pictures.ts';
import { protector, type ProtectRtp, type SrtpKeys } from './srtp.ts';
import type { VideoFormat } from './video-format.ts';

/** Hands one datagram to the path that ICE has chosen; drops it where there is none. */
export type SendDatagram = (packet: Buffer) => void;

export interface SenderOptions {
  readonly video: VideoFormat;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly keys: SrtpKeys;
  readonly send: SendDatagram;
}

/** What a sender report tells (RFC 3550 §6.4.1). */
export interface SenderTotals {
  readonly packets: number;
  readonly payloadBytes: number;
}

/**
 * Writes the RTP packets of one Viewer (RFC 3550): own SSRC, and own sequence numbers without a gap, because a gap across their
 * wrap would leave the Player unable to decrypt anything (RFC 3711 §3.3.1). Payloads are shared with the other Viewers; only the
 * header and the encryption are this Viewer's own.
 */
export class SrtpSender {
  readonly #video: VideoFormat;
  readonly #send: SendDatagram;
  readonly #media: Track;
  readonly #rtx: Track | null;
  #delay = noPlayoutDelay;
  #extensions: ExtensionBlock;
  #totals = { packets: 0, payloadBytes: 0 };

  constructor({ video, ssrc, rtxSsrc, keys, send }: SenderOptions) {
    this.#video = video;
    this.#send = send;
    this.#media = new Track(video.payloadType, ssrc, protector(keys, ssrc));
    this.#rtx =
      video.rtxPayloadType === null ? null : new Track(video.rtxPayloadType, rtxSsrc, protector(keys, rtxSsrc));
    this.#extensions = extensionBlock(video, this.#delay);
  }

  get totals(): SenderTotals {
    return this.#totals;
  }

  /** For all pictures that begin from now on. */
  set playoutDelay(delay: PlayoutDelay) {
    if (delay === this.#delay) return;
    this.#delay = delay;
    this.#extensions = extensionBlock(this.#video, delay);
  }

  /** Gives a picture its numbers; its packets are the next ones that have to be sent. */
  begin(payloads: readonly Uint8Array[], timestamp: number, sentAtMs: number): SentPicture {
    const sendTimes = new Uint32Array(payloads.length);
    const firstPacket = this.#media.nextPacket;
    return { payloads, timestamp, extensions: this.#extensions, sendTimes, firstPacket, sentAtMs };
  }

  /** Sends the next packet, which has to be this one. @returns The length of its payload. */
  sendNext({ picture, index }: SentPacket): number {
    const payload = picture.payloads[index]!;
    this.#media.nextPacket++;
    this.#totals.packets++;
    this.#totals.payloadBytes += payload.length;
    picture.sendTimes[index] = sendTime(performance.now());
    this.repeat({ picture, index });
    return payload.length;
  }

  /**
   * The very same packet: same number, same content, hence the same cipher text. With another send time it would give the key of
   * its authentication away (RFC 7714 §8.4: never two packets under one number).
   */
  repeat({ picture, index }: SentPacket): void {
    const packet = picture.firstPacket + index;
    const header = this.#header(this.#media, { picture, index }, packet, picture.sendTimes[index]!);
    this.#send(this.#media.protect(header, [picture.payloads[index]!], rollover(packet)));
  }

  /** Answers a NACK (RFC 4585 §6.2.1), as a retransmission stream (RFC 4588) where one was agreed. */
  resend({ picture, index }: SentPacket): void {
    if (!this.#rtx) {
      this.repeat({ picture, index });
      return;
    }
    const packet = this.#rtx.nextPacket++;
    const original = Buffer.allocUnsafe(2);
    original.writeUInt16BE((picture.firstPacket + index) & 0xffff);
    const header = this.#header(this.#rtx, { picture, index }, packet, sendTime(performance.now()));
    this.#send(this.#rtx.protect(header, [original, picture.payloads[index]!], rollover(packet)));
  }

  /** The newest packet that was sent with this sequence number, or one that never was. */
  packetOf(sequence: number): number {
    const { nextPacket } = this.#media;
    return nextPacket - 1 - ((nextPacket - 1 - sequence) & 0xffff);
  }

  #header({ payloadType, ssrc }: Track, { picture, index }: SentPacket, packet: number, sentTime: number): Buffer {
    const { payloads, timestamp } = picture;
    const { bytes, sendTimeAt } = picture.extensions;
    const isLast = index === payloads.length - 1;
    const header = Buffer.allocUnsafe(12 + bytes.length);
    header[0] = bytes.length > 0 ? 0x90 : 0x80;
    header[1] = (isLast ? 0x80 : 0) | payloadType;
    header.writeUInt16BE(packet & 0xffff, 2);
    header.writeUInt32BE(timestamp, 4);
    header.writeUInt32BE(ssrc, 8);
    header.set(bytes, 12);
    if (sendTimeAt !== null) header.writeUIntBE(sentTime, 12 + sendTimeAt, 3);
    return header;
  }
}

/** The numbers and keys of one SSRC. */
class Track {
  readonly payloadType: number;
  readonly ssrc: number;
  readonly protect: ProtectRtp;
  /**
   * Counts on where the 16 bits of the sequence number wrap. It begins in their lower half, so that a Player which misses the
   * first packets can't take them for a wrap (RFC 3711 §3.3.1).
   */
  nextPacket = randomInt(0x8000);

  constructor(payloadType: number, ssrc: number, protect: ProtectRtp) {
    this.payloadType = payloadType;
    this.ssrc = ssrc;
    this.protect = protect;
  }
}

/** How often the sequence number had wrapped. */
function rollover(packet: number): number {
  return Math.floor(packet / 2 ** 16);
}
