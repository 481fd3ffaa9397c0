import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { roleSchema, streamsSchema } from '../../shared/access.ts';
import type { PublicKey } from '../../shared/directory.ts';
import { plainText } from '../../shared/plain-text.ts';

/** Pinned for both ways: a ticket does not choose how it is checked (RFC 8725 §3.1). EdDSA with Ed25519 (RFC 8037). */
export const ticketAlgorithm = 'EdDSA';

/** Whom a directory's tickets name for the Streams that it lends itself: no station of the lab can have this id. */
export const lentAudience = 'urn:eyepiece:lent';

/** Whoever copies a ticket from the wire can use it for so long at most, and a directory that changes its mind is heeded after it. */
export const longestTicketMs = 15 * 60_000;

/** Whom a directory gives tickets to, beside itself: its users, programs with a token, and whoever is at its own screen. */
const holders = ['user', 'machine', 'screen'] as const;
export type Holder = (typeof holders)[number];

const instant = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What a ticket says beside what every token says (RFC 7519 §4.1). */
export const ticketClaimsSchema = v.object({
  /** Who has it. The directory itself has none: it only asks how the station is. */
  sub: v.exactOptional(plainText({ min: 1, max: 64 })),
  /** As what: a program may be called as a user is. Directories of before did not tell it. */
  holder: v.exactOptional(v.picklist(holders), 'user'),
  role: roleSchema,
  streams: streamsSchema,
  /** In seconds of Unix time. */
  iat: instant,
  exp: instant,
  /** When the booking ends that lets in, Unix time. */
  booking_until_ms: v.exactOptional(instant),
  /** Who has the station now, or is the next to: the directory's own tickets tell it. Null for nobody. */
  due: v.exactOptional(
    v.nullable(
      v.object({
        user: v.string(),
        from_ms: instant,
        until_ms: instant,
        /** The lab's, as IANA calls it. Directories of before did not tell it, and a newer one may know zones that are unknown here. */
        time_zone: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
      }),
    ),
  ),
});
export type TicketClaims = v.InferOutput<typeof ticketClaimsSchema>;

/** What a directory calls itself in its tickets: the thumbprint of its key (RFC 7638). */
export function directoryIdOf({ crv, kty, x }: Pick<PublicKey, 'crv' | 'kty' | 'x'>): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
}
