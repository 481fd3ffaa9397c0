import { createPublicKey, type KeyObject } from 'node:crypto';
import { decodeJwt, errors, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import * as v from 'valibot';
import type { Due, TrustedDirectory } from '../../shared/directory.ts';
import type { Caller, Standing } from './rights.ts';
import {
  directoryIdOf,
  longestTicketMs,
  ticketAlgorithm,
  ticketClaimsSchema,
  type TicketClaims,
} from './ticket-claims.ts';

/** Clocks of two machines of a lab differ by so much at most. It makes no ticket last longer. */
const clockDifferenceMs = 60_000;
/** Their page asks for another ticket by itself, so that nothing else keeps them away. */
const sentAwayMs = 3_600_000;
/** More have no ticket that is valid at the same time. */
const maxRemembered = 1_024;

interface Trusted {
  readonly directory: TrustedDirectory;
  readonly key: KeyObject;
}

/** The newest ticket that somebody has shown. */
type Shown = Standing & { readonly issuedAtMs: number; readonly expiresAtMs: number };

/**
 * Lets in whoever has a ticket of a directory that this station trusts. Nobody is asked for that: the directory's public key is in the
 * configuration. A newer ticket of the same colleague takes the place of the one before, and what was opened with that goes on.
 */
export class Colleagues {
  readonly #trusted: ReadonlyMap<string, Trusted>;
  readonly #log: Logger;
  readonly #shown = new Map<string, Shown>();
  readonly #sentAway = new Map<string, number>();
  #due: { readonly due: Due | null; readonly issuedAtMs: number } | null = null;

  constructor(directories: readonly TrustedDirectory[], log: Logger) {
    this.#trusted = new Map(
      directories.map((directory) => {
        const { kty, crv, x } = directory.publicKey;
        return [
          directoryIdOf(directory.publicKey),
          { directory, key: createPublicKey({ key: { kty, crv, x }, format: 'jwk' }) },
        ];
      }),
    );
    this.#log = log;
  }

  /** Who is due here, as a directory told it last; null where none did, or nobody is. */
  due(): Due | null {
    const due = this.#due?.due ?? null;
    return due && due.untilMs > Date.now() ? due : null;
  }

  /** The colleague whom a ticket lets in, or null where it is for another station, of another directory, or its time is over. */
  async callerOf(ticket: string, address: string): Promise<Caller | null> {
    const issuer = issuerOf(ticket);
    const trusted = issuer === null ? undefined : this.#trusted.get(issuer);
    if (issuer === null || !trusted) return null;
    const claims = await claimsOf(ticket, issuer, trusted);
    if (!claims) return null;
    const { sub } = claims;
    const who = `${issuer} ${sub ?? ''}`;
    if ((this.#sentAway.get(who) ?? 0) > Date.now()) return null;
    this.#remember(who, claims);
    return {
      kind: 'colleague',
      name: sub ?? trusted.directory.name,
      address,
      standing: () => this.#standing(who),
      dismiss: () => {
        this.#sentAway.set(who, Date.now() + sentAwayMs);
        this.#shown.delete(who);
        this.#log.info({ colleague: sub }, 'A colleague whom the directory had sent was sent away for an hour.');
      },
    };
  }

  #remember(who: string, { role, streams, iat, exp, due }: TicketClaims): void {
    const issuedAtMs = iat * 1_000;
    if (due !== undefined && issuedAtMs >= (this.#due?.issuedAtMs ?? 0)) {
      this.#due = { due: due && { user: due.user, fromMs: due.from_ms, untilMs: due.until_ms }, issuedAtMs };
    }
    const known = this.#shown.get(who);
    if (known && known.issuedAtMs > issuedAtMs) return;
    this.#forget();
    this.#shown.set(who, { role, streams, issuedAtMs, expiresAtMs: exp * 1_000 });
  }

  #standing(who: string): Standing | null {
    const shown = this.#shown.get(who);
    return shown && shown.expiresAtMs > Date.now() ? shown : null;
  }

  #forget(): void {
    if (this.#shown.size < maxRemembered && this.#sentAway.size < maxRemembered) return;
    const nowMs = Date.now();
    for (const [who, { expiresAtMs }] of this.#shown) if (expiresAtMs <= nowMs) this.#shown.delete(who);
    for (const [who, untilMs] of this.#sentAway) if (untilMs <= nowMs) this.#sentAway.delete(who);
  }
}

/** Who a token says that it is of, before anything of it has been checked. */
function issuerOf(token: string): string | null {
  try {
    return decodeJwt(token).iss ?? null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

async function claimsOf(ticket: string, issuer: string, { directory, key }: Trusted): Promise<TicketClaims | null> {
  try {
    const { payload } = await jwtVerify(ticket, key, {
      algorithms: [ticketAlgorithm],
      issuer,
      audience: directory.station,
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    const { success, output } = v.safeParse(ticketClaimsSchema, payload);
    if (!success) return null;
    const isShort = output.exp - output.iat <= longestTicketMs / 1_000;
    return isShort && output.iat * 1_000 <= Date.now() + clockDifferenceMs ? output : null;
  } catch (error) {
    // What exactly is wrong helps only those who try.
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
