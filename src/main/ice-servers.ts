import { createHmac } from 'node:crypto';
import type { IceServer } from '../shared/api.ts';
import type { ConfiguredIceServer } from '../shared/ice-server.ts';

/** A wall that was opened in the morning can still be repaired in the evening. */
const defaultTtlS = 86_400;

/**
 * The servers as a Player takes them. Where a server shares a secret with the station, the name is the second (Unix time) at
 * which it ends, and the password that name signed with the secret (draft-uberti-behave-turn-rest-00 §2.2), which nobody can tell
 * the secret from.
 */
export function iceServersAt(configured: readonly ConfiguredIceServer[], timeMs: number): IceServer[] {
  return configured.map(({ urls, username, credential, secret, ttlS = defaultTtlS }) => {
    if (secret === undefined) {
      return { urls, ...(username !== undefined && { username }), ...(credential !== undefined && { credential }) };
    }
    const endsAtS = Math.floor(timeMs / 1000) + ttlS;
    const name = username === undefined ? `${endsAtS}` : `${endsAtS}:${username}`;
    return { urls, username: name, credential: createHmac('sha1', secret).update(name).digest('base64') };
  });
}
