import { createCipheriv, createHmac, createSecretKey } from 'node:crypto';

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
 * Makes the encryption for one SSRC. Keys are turned into KeyObjects once: from Node 24.18 on, passing bytes for each packet costs
 * ten times as much.
 */
export function protector(keys: SrtpKeys, ssrc: number): ProtectRtp {
  return keys.profile === 'aes-128-gcm' ? gcm(keys, ssrc) : counterMode(keys, ssrc);
}

/** RFC 7714. */
function gcm({ key, salt }: SrtpKeys, ssrc: number): ProtectRtp {
  const secret = createSecretKey(key);
  const base = Buffer.from(salt.subarray(0, 12));
  base.writeUInt32BE((base.readUInt32BE(2) ^ ssrc) >>> 0, 2);
  const iv = Buffer.from(base);
  return (header, payload, rollover) => {
    iv.writeUInt32BE((base.readUInt32BE(6) ^ rollover) >>> 0, 6);
    iv.writeUInt16BE(base.readUInt16BE(10) ^ header.readUInt16BE(2), 10);
    const cipher = createCipheriv('aes-128-gcm', secret, iv);
    cipher.setAAD(header);
    const packet = Buffer.allocUnsafe(protectedLength(header, payload, 16));
    const at = fill(packet, header, payload, (part) => cipher.update(part));
    cipher.final();
    packet.set(cipher.getAuthTag(), at);
    return packet;
  };
}

/** RFC 3711 §4: AES in counter mode, and the first 80 bits of an HMAC over the packet and the rollover counter. */
function counterMode({ key, salt, authKey }: SrtpKeys, ssrc: number): ProtectRtp {
  const secret = createSecretKey(key);
  const authSecret = createSecretKey(authKey);
  const base = Buffer.alloc(16);
  base.set(salt.subarray(0, 14));
  base.writeUInt32BE((base.readUInt32BE(4) ^ ssrc) >>> 0, 4);
  const iv = Buffer.from(base);
  const rolloverBytes = Buffer.alloc(4);
  return (header, payload, rollover) => {
    iv.writeUInt32BE((base.readUInt32BE(8) ^ rollover) >>> 0, 8);
    iv.writeUInt16BE(base.readUInt16BE(12) ^ header.readUInt16BE(2), 12);
    const cipher = createCipheriv('aes-128-ctr', secret, iv);
    const packet = Buffer.allocUnsafe(protectedLength(header, payload, 10));
    const at = fill(packet, header, payload, (part) => cipher.update(part));
    rolloverBytes.writeUInt32BE(rollover);
    const tag = createHmac('sha1', authSecret).update(packet.subarray(0, at)).update(rolloverBytes).digest();
    packet.set(tag.subarray(0, 10), at);
    return packet;
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
