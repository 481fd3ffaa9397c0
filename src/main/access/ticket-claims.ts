import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { roleSchema, streamsSchema } from '../../shared/access.ts';
import type { PublicKey } from '../../shared/directory.ts';

/** Pinned for both ways: a ticket does not choose how it is checked (RFC 8725 §3.1). EdDSA with Ed25519 (RFC 8037). */
export const ticketAlgorithm = 'EdDSA';

/** Whoever copies a ticket from the wire can use it for so long at most, and a directory that changes its mind is heeded after it. */
export const longestTicketMs = 15 * 60_000;

const instant = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What a ticket says beside what every token says (RFC 7519 §4.1). */
export const ticketClaimsSchema = v.object({
  /** Who has it. The directory itself has none: it only asks how the station is. */
  sub: v.exactOptional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(64))),
  role: roleSchema,
  streams: streamsSchema,
  /** In seconds of Unix time. */
  iat: instant,
  exp: instant,
  /** When the booking ends that lets in, Unix time. */
  booking_until_ms: v.exactOptional(instant),
  /** Who has the station now, or is the next to: the directory's own tickets tell it. Null for nobody. */
  due: v.exactOptional(v.nullable(v.object({ user: v.string(), from_ms: instant, until_ms: instant }))),
});
export type TicketClaims = v.InferOutput<typeof ticketClaimsSchema>;

/** What a directory calls itself in its tickets: the thumbprint of its key (RFC 7638). */
export function directoryIdOf({ crv, kty, x }: Pick<PublicKey, 'crv' | 'kty' | 'x'>): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
}
