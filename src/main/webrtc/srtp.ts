import { createCipheriv, createDecipheriv, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** Keys of one direction of one session, as DTLS negotiated them. */
export interface SrtpKeys {
  readonly profile: 'aes-128-gcm' | 'aes-128-cm-sha1-80';
  readonly key: Uint8Array;
  /** 12 bytes for GCM, 14 for counter mode; more are ignored. */
  readonly salt: Uint8Array;
  /** Only for counter mode. */
  readonly authKey: Uint8Array;
}

/**
 * Encrypts one packet.
 * @param header The RTP header with its extensions: sent as it is, but protected against change.
 * @param payload The payload in one or more parts.
 * @param rollover How often the sequence number has wrapped (RFC 3711 §3.3.1).
 */
export type ProtectRtp = (header: Buffer, payload: readonly Uint8Array[], rollover: number) => Buffer;

/**
 * Decrypts one packet.
 * @param headerBytes How long its RTP header is, extensions included.
 * @returns Its payload, or null where somebody else has made it up.
 */
export type OpenRtp = (packet: Buffer, headerBytes: number, rollover: number) => Buffer | null;

/**
 * Makes the encryption for one SSRC. Keys are turned into KeyObjects once: from Node 24.18 on, passing bytes for each packet costs
 * ten times as much.
 */
export function protector(keys: SrtpKeys, ssrc: number): ProtectRtp {
  return keys.profile === 'aes-128-gcm' ? gcm(keys, ssrc) : counterMode(keys, ssrc);
}

/** Makes the decryption for one SSRC of the other end. */
export function opener(keys: SrtpKeys, ssrc: number): OpenRtp {
  return keys.profile === 'aes-128-gcm' ? gcmOpener(keys, ssrc) : counterModeOpener(keys, ssrc);
}

const gcmTagBytes = 16;
const counterModeTagBytes = 10;

/** Makes the initialisation vector of a packet from its header and rollover counter, each time in the same memory. */
type PacketIv = (header: Buffer, rollover: number) => Buffer;

function gcmIv({ salt }: SrtpKeys, ssrc: number): PacketIv {
  const base = Buffer.from(salt.subarray(0, 12));
  base.writeUInt32BE((base.readUInt32BE(2) ^ ssrc) >>> 0, 2);
  const iv = Buffer.from(base);
  return (header, rollover) => {
    iv.writeUInt32BE((base.readUInt32BE(6) ^ rollover) >>> 0, 6);
    iv.writeUInt16BE(base.readUInt16BE(10) ^ header.readUInt16BE(2), 10);
    return iv;
  };
}

function counterModeIv({ salt }: SrtpKeys, ssrc: number): PacketIv {
  const base = Buffer.alloc(16);
  base.set(salt.subarray(0, 14));
  base.writeUInt32BE((base.readUInt32BE(4) ^ ssrc) >>> 0, 4);
  const iv = Buffer.from(base);
  return (header, rollover) => {
    iv.writeUInt32BE((base.readUInt32BE(8) ^ rollover) >>> 0, 8);
    iv.writeUInt16BE(base.readUInt16BE(12) ^ header.readUInt16BE(2), 12);
    return iv;
  };
}

/** RFC 7714. */
function gcm(keys: SrtpKeys, ssrc: number): ProtectRtp {
  const secret = createSecretKey(keys.key);
  const ivOf = gcmIv(keys, ssrc);
  return (header, payload, rollover) => {
    const cipher = createCipheriv('aes-128-gcm', secret, ivOf(header, rollover));
    cipher.setAAD(header);
    const packet = Buffer.allocUnsafe(protectedLength(header, payload, gcmTagBytes));
    const at = fill(packet, header, payload, (part) => cipher.update(part));
    cipher.final();
    packet.set(cipher.getAuthTag(), at);
    return packet;
  };
}

/** RFC 3711 §4: AES in counter mode, and the first 80 bits of an HMAC over the packet and the rollover counter. */
function counterMode(keys: SrtpKeys, ssrc: number): ProtectRtp {
  const secret = createSecretKey(keys.key);
  const ivOf = counterModeIv(keys, ssrc);
  const tagOf = counterModeTag(keys);
  return (header, payload, rollover) => {
    const cipher = createCipheriv('aes-128-ctr', secret, ivOf(header, rollover));
    const packet = Buffer.allocUnsafe(protectedLength(header, payload, counterModeTagBytes));
    const at = fill(packet, header, payload, (part) => cipher.update(part));
    packet.set(tagOf(packet.subarray(0, at), rollover), at);
    return packet;
  };
}

function counterModeTag({ authKey }: SrtpKeys): (content: Buffer, rollover: number) => Buffer {
  const secret = createSecretKey(authKey);
  const rolloverBytes = Buffer.alloc(4);
  return (content, rollover) => {
    rolloverBytes.writeUInt32BE(rollover);
    const tag = createHmac('sha1', secret).update(content).update(rolloverBytes).digest();
    return tag.subarray(0, counterModeTagBytes);
  };
}

function gcmOpener(keys: SrtpKeys, ssrc: number): OpenRtp {
  const secret = createSecretKey(keys.key);
  const ivOf = gcmIv(keys, ssrc);
  return (packet, headerBytes, rollover) => {
    const end = packet.length - gcmTagBytes;
    if (end < headerBytes) return null;
    const cipher = createDecipheriv('aes-128-gcm', secret, ivOf(packet, rollover));
    cipher.setAAD(packet.subarray(0, headerBytes));
    cipher.setAuthTag(packet.subarray(end));
    const payload = cipher.update(packet.subarray(headerBytes, end));
    try {
      cipher.final();
      return payload;
    } catch {
      // A forgery, or a packet that was damaged on the way: to find that out is what this is for.
      return null;
    }
  };
}

function counterModeOpener(keys: SrtpKeys, ssrc: number): OpenRtp {
  const secret = createSecretKey(keys.key);
  const ivOf = counterModeIv(keys, ssrc);
  const tagOf = counterModeTag(keys);
  return (packet, headerBytes, rollover) => {
    const end = packet.length - counterModeTagBytes;
    const isWhole = end >= headerBytes;
    if (!isWhole || !timingSafeEqual(tagOf(packet.subarray(0, end), rollover), packet.subarray(end))) return null;
    return createDecipheriv('aes-128-ctr', secret, ivOf(packet, rollover)).update(packet.subarray(headerBytes, end));
  };
}

function protectedLength(header: Uint8Array, payload: readonly Uint8Array[], tagBytes: number): number {
  return payload.reduce((sum, part) => sum + part.length, header.length + tagBytes);
}

function fill(
  packet: Buffer,
  header: Uint8Array,
  payload: readonly Uint8Array[],
  encrypt: (part: Uint8Array) => Uint8Array,
): number {
  packet.set(header);
  let at = header.length;
  for (const part of payload) {
    packet.set(encrypt(part), at);
    at += part.length;
  }
  return at;
}
