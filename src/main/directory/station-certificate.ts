import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/**
 * What is remembered of a station's certificate: that an authority vouches for it under the station's name, or the key that vouches for
 * itself, as SHA-256 of it in base64 (RFC 7469 §2.4). A certificate that is renewed keeps either.
 */
export type KnownCertificate = 'vouched' | `sha256/${string}`;

/** Nobody vouches for what a station shows, and it is not what it showed before. */
export class OtherCertificate extends Error {
  override readonly name = 'OtherCertificate';

  constructor() {
    super('The certificate is another one than before.');
  }
}

/**
 * Decides whether a connection leads to the station: the first one is believed, and each that comes after it has to be to the same.
 * @param known What is remembered; null before the first time.
 * @returns What is to be remembered from now on.
 * @throws OtherCertificate.
 */
export function takenCertificate(
  socket: Pick<TLSSocket, 'authorized' | 'getPeerX509Certificate'>,
  known: KnownCertificate | null,
): KnownCertificate {
  // Better than any memory, and after it nothing less is taken.
  if (socket.authorized) return 'vouched';
  const key = keyOf(socket);
  if (known === null || known === key) return key;
  throw new OtherCertificate();
}

function keyOf(socket: Pick<TLSSocket, 'getPeerX509Certificate'>): KnownCertificate {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw new OtherCertificate();
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return `sha256/${createHash('sha256').update(key).digest('base64')}`;
}
