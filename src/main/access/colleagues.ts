import { createPublicKey, type KeyObject } from 'node:crypto';
import { decodeJwt, errors, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import * as v from 'valibot';
import type { Due } from '../../shared/directory.ts';
import type { TrustedDirectory } from '../../shared/joining.ts';
import type { Caller, Standing } from './rights.ts';
import {
  directoryIdOf,
  lentAudience,
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

/** What a ticket is compared with. */
type Named = Omit<TrustedDirectory, 'url'>;

interface Trusted {
  readonly directory: Named;
  readonly key: KeyObject;
  /** Where the tickets are for Streams that are lent: whether that one still is. */
  readonly isLent?: (streamId: string, issuedAtMs: number) => boolean;
}

/** The newest ticket that somebody has shown. */
type Shown = Standing & { readonly place: string; readonly issuedAtMs: number; readonly expiresAtMs: number };

/**
 * Lets in whoever has a ticket of a directory that this station trusts. Nobody is asked for that: the directory's public key is in the
 * configuration. A newer ticket of the same colleague takes the place of the one before, and what was opened with that goes on.
 */
export class Colleagues {
  /** By what a ticket names as its issuer and audience. */
  readonly #trusted = new Map<string, Trusted>();
  readonly #log: Logger;
  readonly #shown = new Map<string, Shown>();
  readonly #sentAway = new Map<string, number>();
  #due: { readonly due: Due | null; readonly place: string; readonly issuedAtMs: number } | null = null;
  /** What the addresses of their pages begin with. */
  #origins: ReadonlySet<string> = new Set();

  constructor(directories: readonly TrustedDirectory[], log: Logger) {
    this.#log = log;
    this.trust(directories);
  }

  /** Takes tickets of these directories from now on, and of no others: what those had opened ends. */
  trust(directories: readonly TrustedDirectory[]): void {
    const places = new Set(directories.map(({ publicKey, station }) => placeOf(directoryIdOf(publicKey), station)));
    for (const [place, { isLent }] of this.#trusted) if (!isLent && !places.has(place)) this.#distrust(place);
    for (const directory of directories) this.#trust(directory);
    this.#origins = new Set(directories.map(({ url }) => url));
  }

  /** Whether pages of that origin belong to a directory whose tickets are taken. */
  isOfDirectory(origin: string): boolean {
    return this.#origins.has(origin);
  }

  /**
   * Lets in who has a ticket of this station's own directory for a Stream that it lends. Such a borrower is here for that Stream alone, as
   * long as it is lent.
   * @param isLent Whether a Stream is lent to whoever has a ticket of that time.
   */
  takeBorrowers(directory: Omit<Named, 'station'>, isLent: NonNullable<Trusted['isLent']>): void {
    this.#trust({ ...directory, station: lentAudience }, isLent);
  }

  /** Who is due here, as a directory told it last; null where none did, or nobody is. */
  due(): Due | null {
    const due = this.#due?.due ?? null;
    return due && due.untilMs > Date.now() ? due : null;
  }

  /** The colleague whom a ticket lets in, or null where it is for another station, of another directory, or its time is over. */
  async callerOf(ticket: string, address: string): Promise<Caller | null> {
    const place = placeIn(ticket);
    const trusted = this.#trusted.get(place);
    if (!trusted) return null;
    const issuer = directoryIdOf(trusted.directory.publicKey);
    const claims = await claimsOf(ticket, issuer, trusted);
    // It may have been removed while the ticket was checked.
    if (!claims || !this.#trusted.has(place)) return null;
    const { sub, holder, streams } = claims;
    const { isLent } = trusted;
    // Each Stream that is lent is a station of its own, for which there are tickets of its own.
    const who = JSON.stringify([issuer, holder, sub, ...(isLent ? [streams] : [])]);
    if ((this.#sentAway.get(who) ?? 0) > Date.now()) return null;
    this.#remember(who, place, claims);
    return {
      kind: isLent ? 'borrower' : 'colleague',
      name: sub ?? trusted.directory.name,
      address,
      ...(sub !== undefined && holder === 'user' && { directory: { id: issuer, name: trusted.directory.name } }),
      standing: () => this.#standing(who, isLent),
      dismiss: () => {
        this.#sentAway.set(who, Date.now() + sentAwayMs);
        this.#shown.delete(who);
        this.#log.info({ colleague: sub }, 'A colleague whom the directory had sent was sent away for an hour.');
      },
    };
  }

  #remember(who: string, place: string, { role, streams, iat, exp, due }: TicketClaims): void {
    const issuedAtMs = iat * 1_000;
    if (due !== undefined && issuedAtMs >= (this.#due?.issuedAtMs ?? 0)) {
      this.#due = { due: due && dueOf(due), place, issuedAtMs };
    }
    const known = this.#shown.get(who);
    if (known && known.issuedAtMs > issuedAtMs) return;
    this.#forget();
    this.#shown.set(who, { role, streams, place, issuedAtMs, expiresAtMs: exp * 1_000 });
  }

  #standing(who: string, isLent: Trusted['isLent']): Standing | null {
    const shown = this.#shown.get(who);
    if (!shown || shown.expiresAtMs <= Date.now()) return null;
    const { streams, issuedAtMs } = shown;
    if (isLent && (streams === 'all' || !streams.every((id) => isLent(id, issuedAtMs)))) return null;
    return shown;
  }

  #trust(directory: Named, isLent?: Trusted['isLent']): void {
    const { kty, crv, x } = directory.publicKey;
    const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
    const place = placeOf(directoryIdOf(directory.publicKey), directory.station);
    this.#trusted.set(place, { directory, key, ...(isLent && { isLent }) });
  }

  #distrust(place: string): void {
    this.#trusted.delete(place);
    for (const [who, shown] of this.#shown) if (shown.place === place) this.#shown.delete(who);
    if (this.#due?.place === place) this.#due = null;
  }

  #forget(): void {
    if (this.#shown.size < maxRemembered && this.#sentAway.size < maxRemembered) return;
    const nowMs = Date.now();
    for (const [who, { expiresAtMs }] of this.#shown) if (expiresAtMs <= nowMs) this.#shown.delete(who);
    for (const [who, untilMs] of this.#sentAway) if (untilMs <= nowMs) this.#sentAway.delete(who);
  }
}

function dueOf({ user, from_ms, until_ms, time_zone }: NonNullable<TicketClaims['due']>): Due {
  return { user, fromMs: from_ms, untilMs: until_ms, timeZone: time_zone ?? null };
}

function placeOf(issuer: string, audience: string): string {
  return `${issuer} ${audience}`;
}

/** Of whom and for whom a token says that it is, before anything of it has been checked. */
function placeIn(token: string): string {
  try {
    const { iss, aud } = decodeJwt(token);
    return placeOf(String(iss), String(aud));
  } catch (error) {
    if (error instanceof errors.JOSEError) return '';
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
