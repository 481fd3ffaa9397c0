import { verify, X509Certificate } from 'node:crypto';
import { DtlsClient, type DtlsSocket } from 'werift';

const serverKeyExchange = 12;
const certificateVerify = 15;
const hashNames: Readonly<Record<number, string>> = { 4: 'sha256', 5: 'sha384', 6: 'sha512' };

/**
 * Whether the Player has the private key of the certificate that it showed (RFC 5246 §7.4.8: its signature over the handshake so
 * far). werift compares the certificate with the offer's fingerprint but leaves this signature unread, and a certificate alone
 * proves nothing: everybody on the way can copy it.
 */
export function provesItsCertificate(socket: DtlsSocket): boolean {
  return socket instanceof DtlsClient ? provesAsServer(socket) : provesAsClient(socket);
}

function provesAsClient({ dtls, cipher }: DtlsSocket): boolean {
  const messages = dtls.sortedHandshakeCache;
  const at = messages.findIndex((message) => message.msg_type === certificateVerify);
  const proof = messages[at]?.fragment;
  if (!proof || proof.length < 4 || !cipher.remoteCertificate) return false;
  const hashName = hashNames[proof.readUInt8(0)];
  const signature = proof.subarray(4, 4 + proof.readUInt16BE(2));
  const signed = Buffer.concat(messages.slice(0, at).map((message) => message.serialize()));
  const { publicKey } = new X509Certificate(cipher.remoteCertificate);
  return hashName !== undefined && verify(hashName, signed, publicKey, signature);
}

/** RFC 8422 §5.4: a server signs its half of the key exchange, together with both random values. werift leaves that unread too. */
function provesAsServer({ dtls, cipher }: DtlsSocket): boolean {
  const message = dtls.sortedHandshakeCache.find(({ msg_type }) => msg_type === serverKeyExchange)?.fragment;
  if (!message || message.length < 4 || !cipher.remoteCertificate) return false;
  const paramsBytes = 4 + message.readUInt8(3);
  if (message.length < paramsBytes + 4) return false;
  const params = message.subarray(0, paramsBytes);
  const hashName = hashNames[message.readUInt8(paramsBytes)];
  const signature = message.subarray(paramsBytes + 4, paramsBytes + 4 + message.readUInt16BE(paramsBytes + 2));
  // What was signed has to be what the keys were made of.
  const { publicKey: usedKey } = cipher.remoteKeyPair;
  const isUsed = usedKey !== undefined && params.subarray(4).equals(usedKey);
  const signed = Buffer.concat([cipher.localRandom.serialize(), cipher.remoteRandom.serialize(), params]);
  const { publicKey } = new X509Certificate(cipher.remoteCertificate);
  return isUsed && hashName !== undefined && verify(hashName, signed, publicKey, signature);
}

const recordHeaderBytes = 13;
const dtls12 = 0xfefd;

/** The content of an encrypted record, or null where somebody else has made it up. */
export function openRecord({ cipher, sessionType }: DtlsSocket, record: Buffer): Buffer | null {
  const header = {
    type: record.readUInt8(0),
    version: record.readUInt16BE(1),
    epoch: record.readUInt16BE(3),
    sequenceNumber: record.readUIntBE(5, 6),
  };
  try {
    return cipher.cipher.decrypt(sessionType, record.subarray(recordHeaderBytes), header);
  } catch {
    // A forgery: to find that out is what this function is for, and the guard counts it.
    return null;
  }
}

/** The record that ends a session (RFC 5246 §7.2.1). werift has none, and without it a Player needs a timeout to notice. */
export function closeNotify({ cipher, dtls, sessionType }: DtlsSocket): Buffer {
  const header = { type: 21, version: dtls12, epoch: 1, sequenceNumber: ++dtls.recordSequenceNumber };
  const alert = cipher.cipher.encrypt(sessionType, Buffer.from([1, 0]), header);
  const record = Buffer.alloc(recordHeaderBytes + alert.length);
  record.writeUInt8(header.type, 0);
  record.writeUInt16BE(header.version, 1);
  record.writeUInt16BE(header.epoch, 3);
  record.writeUIntBE(header.sequenceNumber, 5, 6);
  record.writeUInt16BE(alert.length, 11);
  record.set(alert, recordHeaderBytes);
  return record;
}
