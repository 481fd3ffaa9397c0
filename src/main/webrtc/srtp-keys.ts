import { ProtectionProfileAeadAes128Gcm, type RTCDtlsTransport } from 'werift';
import type { SrtpKeys } from './srtp.ts';

/** What DTLS has negotiated for the pictures (RFC 5764 §4.2). */
export interface SessionKeys {
  /** Encrypts what the station sends. */
  readonly own: SrtpKeys;
  /** Decrypts what the other end sends. */
  readonly remote: SrtpKeys;
}

/** Once the handshake has ended. */
export function srtpKeys({ srtp }: RTCDtlsTransport): SessionKeys {
  return { own: keysOf(srtp.localContext), remote: keysOf(srtp.remoteContext) };
}

function keysOf(context: RTCDtlsTransport['srtp']['localContext']): SrtpKeys {
  const { profile, srtpSessionKey, srtpSessionSalt, srtpSessionAuthTag } = context;
  return {
    profile: profile === ProtectionProfileAeadAes128Gcm ? 'aes-128-gcm' : 'aes-128-cm-sha1-80',
    key: srtpSessionKey,
    salt: srtpSessionSalt,
    authKey: srtpSessionAuthTag,
  };
}
