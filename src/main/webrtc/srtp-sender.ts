import { randomInt } from 'node:crypto';
import type { OfferedVideo } from './video-format.ts';
import { protector, type ProtectRtp, type SrtpKeys } from './srtp.ts';

/** Hands one datagram to the path that ICE has chosen; drops it where there is none. */
export type SendDatagram = (packet: Buffer) => void;

export interface SenderOptions {
  readonly video: OfferedVideo;
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

/** Packets kept for sending again: more than the largest keyframe, and seconds of a usual stream. A power of two. */
const historyPackets = 2_048;
/** A Player asks again before a resent packet can have arrived; over any usual round trip one answer is enough. */
const resendCoolDownMs = 30;
/** At most this share of what was sent is sent again, so that a Player's wishes can't multiply the station's traffic. */
const resendShare = 0.5;
const resendBurstBytes = 512 * 1024;

/**
 * Writes the RTP packets of one Viewer (RFC 3550): own SSRC, and own sequence numbers without a gap, because a gap across their
 * wrap would leave the Player unable to decrypt anything (RFC 3711 §3.3.1). Payloads are shared with the other Viewers; only the
 * header and the encryption are this Viewer's own.
 */
export class SrtpSender {
  readonly #send: SendDatagram;
  readonly #media: Track;
  readonly #rtx: Track | null;
  readonly #extensions: Buffer;
  readonly #history: (Sent | undefined)[] = new Array<Sent | undefined>(historyPackets);
  #totals = { packets: 0, payloadBytes: 0 };
  #resendBytes = resendBurstBytes;

  constructor({ video, ssrc, rtxSsrc, keys, send }: SenderOptions) {
    this.#send = send;
    this.#media = new Track(video.payloadType, ssrc, protector(keys, ssrc));
    this.#rtx =
      video.rtxPayloadType === null ? null : new Track(video.rtxPayloadType, rtxSsrc, protector(keys, rtxSsrc));
    this.#extensions = extensionBlock(video);
  }

  get totals(): SenderTotals {
    return this.#totals;
  }

  /** Sends one picture. */
  sendPicture(payloads: readonly Uint8Array[], timestamp: number): void {
    const last = payloads.length - 1;
    for (let index = 0; index <= last; index++) {
      const payload = payloads[index]!;
      const isLast = index === last;
      const { sequence, rollover } = this.#media.next();
      const sent = { sequence, rollover, timestamp, isLast, payload, resentAtMs: -Infinity };
      this.#history[sequence % historyPackets] = sent;
      this.#totals.packets++;
      this.#totals.payloadBytes += payload.length;
      this.#resendBytes = Math.min(resendBurstBytes, this.#resendBytes + payload.length * resendShare);
      this.#send(this.#media.protect(this.#header(this.#media, sent), [payload], rollover));
    }
  }

  /** Answers a NACK (RFC 4585 §6.2.1), as a retransmission stream (RFC 4588) where one was agreed. */
  resend(lost: readonly number[], nowMs: number): void {
    for (const number of lost) {
      const sequence = number & 0xffff;
      const sent = this.#history[sequence % historyPackets];
      if (sent?.sequence !== sequence || nowMs - sent.resentAtMs < resendCoolDownMs) continue;
      if (this.#resendBytes < sent.payload.length) return;
      this.#resendBytes -= sent.payload.length;
      sent.resentAtMs = nowMs;
      this.#send(this.#rtx ? this.#retransmission(this.#rtx, sent) : this.#again(sent));
    }
  }

  #retransmission(rtx: Track, sent: Sent): Buffer {
    const { sequence, rollover } = rtx.next();
    const original = Buffer.allocUnsafe(2);
    original.writeUInt16BE(sent.sequence);
    return rtx.protect(this.#header(rtx, { ...sent, sequence }), [original, sent.payload], rollover);
  }

  /** The very same packet: same number, same content, hence the same cipher text. */
  #again(sent: Sent): Buffer {
    return this.#media.protect(this.#header(this.#media, sent), [sent.payload], sent.rollover);
  }

  #header(track: Track, { sequence, timestamp, isLast }: Sent): Buffer {
    const hasExtensions = this.#extensions.length > 0;
    const header = Buffer.allocUnsafe(12 + this.#extensions.length);
    header[0] = hasExtensions ? 0x90 : 0x80;
    header[1] = (isLast ? 0x80 : 0) | track.payloadType;
    header.writeUInt16BE(sequence, 2);
    header.writeUInt32BE(timestamp, 4);
    header.writeUInt32BE(track.ssrc, 8);
    header.set(this.#extensions, 12);
    return header;
  }
}

interface Sent {
  readonly sequence: number;
  readonly rollover: number;
  readonly timestamp: number;
  readonly isLast: boolean;
  readonly payload: Uint8Array;
  resentAtMs: number;
}

/** The numbers and keys of one SSRC. */
class Track {
  readonly payloadType: number;
  readonly ssrc: number;
  readonly protect: ProtectRtp;
  // In the lower half, so that a Player which misses the first packets can't take them for a wrap (RFC 3711 §3.3.1).
  #sequence = randomInt(0x8000);
  #rollover = 0;

  constructor(payloadType: number, ssrc: number, protect: ProtectRtp) {
    this.payloadType = payloadType;
    this.ssrc = ssrc;
    this.protect = protect;
  }

  next(): { readonly sequence: number; readonly rollover: number } {
    const current = { sequence: this.#sequence, rollover: this.#rollover };
    this.#sequence = (this.#sequence + 1) & 0xffff;
    if (this.#sequence === 0) this.#rollover++;
    return current;
  }
}

/**
 * The header extensions that are the same in every packet (RFC 8285 §4.2): which m-line it belongs to (RFC 9143), and that the
 * picture is to be shown as soon as it is decoded instead of after a delay that smooths the network.
 */
function extensionBlock({ mid, midExtensionId, playoutDelayExtensionId }: OfferedVideo): Buffer {
  const elements: number[] = [];
  const midBytes = Buffer.from(mid);
  if (midExtensionId !== null && midBytes.length <= 16) {
    elements.push((midExtensionId << 4) | (midBytes.length - 1), ...midBytes);
  }
  if (playoutDelayExtensionId !== null) elements.push((playoutDelayExtensionId << 4) | 2, 0, 0, 0);
  if (elements.length === 0) return Buffer.alloc(0);
  while (elements.length % 4 !== 0) elements.push(0);
  return Buffer.from([0xbe, 0xde, 0, elements.length / 4, ...elements]);
}
