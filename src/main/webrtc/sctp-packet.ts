interface Chunk {
  readonly flags: number;
  readonly body: Buffer;
}

/** What a Player may send (RFC 9260 §3.2, RFC 6525, RFC 3758), by type. */
const chunkChecks: Readonly<Record<number, (chunk: Chunk) => boolean>> = {
  0: isSoundData,
  1: ({ body }) => body.length >= 16 && hasSoundParameters(body.subarray(16)),
  2: ({ body }) => body.length >= 16 && hasSoundParameters(body.subarray(16)),
  3: isSoundSack,
  4: ({ body }) => hasSoundParameters(body),
  5: ({ body }) => hasSoundParameters(body),
  6: ({ body }) => hasSoundParameters(body),
  7: ({ body }) => body.length === 4,
  8: ({ body }) => body.length === 0,
  9: ({ body }) => hasSoundParameters(body),
  10: ({ body }) => body.length >= 4,
  11: ({ body }) => body.length === 0,
  14: ({ body }) => body.length === 0,
  130: ({ body }) => hasSoundParameters(body),
  192: isSoundForwardTsn,
};

const packetHeaderBytes = 12;
const chunkHeaderBytes = 4;
/** Browsers take the lowest number that is free, and a Viewer has few channels. */
const maxStreamId = 63;
/** More messages than this can't be on their way from the station at once. */
const maxGapEnd = 16_384;

/** What a message is (RFC 8831 §8): about its channel, text, bytes, and the empty ones of both. */
const payloadKinds = new Set([50, 51, 53, 56, 57]);
const aboutChannel = 50;
const wholeMessage = 0b11;
const channelOpen = 3;

/**
 * Whether werift may read this packet: a length of zero makes it run for ever, a wide gap fills its memory, and a message of an
 * unknown kind ends the process. Who has come through the DTLS handshake is not a friend for that.
 */
export function isSoundPacket(packet: Buffer): boolean {
  if (packet.length < packetHeaderBytes + chunkHeaderBytes) return false;
  for (let at = packetHeaderBytes; at < packet.length;) {
    if (at + chunkHeaderBytes > packet.length) return false;
    const isSound = chunkChecks[packet.readUInt8(at)];
    const length = packet.readUInt16BE(at + 2);
    if (!isSound || length < chunkHeaderBytes || at + length > packet.length) return false;
    const body = packet.subarray(at + chunkHeaderBytes, at + length);
    if (!isSound({ flags: packet.readUInt8(at + 1), body })) return false;
    at += padded(length);
  }
  return true;
}

function isSoundData({ flags, body }: Chunk): boolean {
  if (body.length <= 12 || body.readUInt16BE(4) > maxStreamId) return false;
  const kind = body.readUInt32BE(8);
  if (kind !== aboutChannel) return payloadKinds.has(kind);
  // The station opens no channel, so that there is nothing else that a Player could say of one.
  return (flags & wholeMessage) === wholeMessage && body.readUInt8(12) === channelOpen;
}

function isSoundSack({ body }: Chunk): boolean {
  if (body.length < 12) return false;
  const gapCount = body.readUInt16BE(8);
  if (body.length !== 12 + 4 * (gapCount + body.readUInt16BE(10))) return false;
  let last = 0;
  for (let at = 12; at < 12 + 4 * gapCount; at += 4) {
    const start = body.readUInt16BE(at);
    const end = body.readUInt16BE(at + 2);
    if (start <= last || end < start || end > maxGapEnd) return false;
    last = end;
  }
  return true;
}

function isSoundForwardTsn({ body }: Chunk): boolean {
  if (body.length < 4 || body.length % 4 !== 0) return false;
  for (let at = 4; at < body.length; at += 4) {
    if (body.readUInt16BE(at) > maxStreamId) return false;
  }
  return true;
}

function hasSoundParameters(body: Buffer): boolean {
  for (let at = 0; at + 4 <= body.length;) {
    const length = body.readUInt16BE(at + 2);
    if (length < 4 || at + length > body.length) return false;
    at += padded(length);
  }
  return true;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
