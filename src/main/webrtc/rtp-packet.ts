/** The fixed part of an RTP header (RFC 3550 §5.1). */
export interface RtpHeader {
  readonly payloadType: number;
  /** Where video is concerned: the last packet of a picture. */
  readonly isMarked: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** With contributing sources and extensions. */
  readonly lengthBytes: number;
  /** Whether the payload ends with bytes that only fill it. */
  readonly isPadded: boolean;
}

/** Reads the header of a packet, or returns null where that is none. Extensions are passed over. */
export function readRtpHeader(packet: Buffer): RtpHeader | null {
  if (packet.length < 12) return null;
  const first = packet.readUInt8(0);
  if (first >> 6 !== 2) return null;
  let lengthBytes = 12 + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (packet.length < lengthBytes + 4) return null;
    lengthBytes += 4 + 4 * packet.readUInt16BE(lengthBytes + 2);
  }
  if (packet.length < lengthBytes) return null;
  const second = packet.readUInt8(1);
  return {
    payloadType: second & 0x7f,
    isMarked: (second & 0x80) !== 0,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    lengthBytes,
    isPadded: (first & 0x20) !== 0,
  };
}

/** What is left of a payload without its padding; null where that can't be. */
export function withoutPadding(payload: Buffer, { isPadded }: RtpHeader): Buffer | null {
  if (!isPadded) return payload;
  const padding = payload.at(-1) ?? 0;
  return padding === 0 || padding > payload.length ? null : payload.subarray(0, payload.length - padding);
}
