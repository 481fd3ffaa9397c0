import { createHmac, timingSafeEqual } from 'node:crypto';

export type StunClass = 'request' | 'indication' | 'success' | 'error';

const magicCookie = 0x2112a442;
const headerBytes = 20;
const attribute = { username: 0x0006, messageIntegrity: 0x0008 } as const;

/** The class of a STUN message, or null where the datagram is not one (RFC 8489 §5). */
export function stunClass(data: Buffer): StunClass | null {
  if (data.length < headerBytes || data.readUInt32BE(4) !== magicCookie) return null;
  if (data.readUInt16BE(2) !== data.length - headerBytes || data.length % 4 !== 0) return null;
  const type = data.readUInt16BE(0);
  if ((type & 0xc000) !== 0) return null;
  return (['request', 'indication', 'success', 'error'] as const)[((type >> 7) & 2) | ((type >> 4) & 1)]!;
}

/**
 * Whether a connectivity check comes from the Player that knows our ICE password (RFC 8445 §7.3, RFC 8489 §9.1.3).
 * @param passwordOf Our password for one of our ufrags; undefined for any other name.
 */
export function isAuthenticCheck(data: Buffer, passwordOf: (ufrag: string) => string | undefined): boolean {
  let ufrag = '';
  for (let at = headerBytes; at + 4 <= data.length;) {
    const type = data.readUInt16BE(at);
    const length = data.readUInt16BE(at + 2);
    const value = data.subarray(at + 4, at + 4 + length);
    if (value.length < length) return false;
    if (type === attribute.username) ufrag = value.toString('utf8').split(':')[0] ?? '';
    if (type === attribute.messageIntegrity) {
      const password = passwordOf(ufrag);
      return (
        password !== undefined && length === 20 && timingSafeEqual(integrity(data.subarray(0, at), password), value)
      );
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return false;
}

/** The HMAC covers the message up to the integrity attribute, with a length that ends with that attribute. */
function integrity(message: Buffer, password: string): Buffer {
  const covered = Buffer.from(message);
  covered.writeUInt16BE(message.length - headerBytes + 24, 2);
  return createHmac('sha1', password).update(covered).digest();
}
