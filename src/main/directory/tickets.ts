import { createPrivateKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import * as v from 'valibot';
import type { AllowedStreams, Role } from '../../shared/access.ts';
import { publicKeySchema, type Due, type PublicKey } from '../../shared/directory.ts';
import { directoryIdOf, longestTicketMs, ticketAlgorithm, type Holder } from '../access/ticket-claims.ts';
import { replaceFile } from '../replace-file.ts';

const fileName = 'directory-key.json';

/** The private half is `d` (RFC 8037 §2). */
const keyFileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ ...publicKeySchema.entries, d: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)) }),
);

/** What a ticket is to open, for whom and how long. */
export interface TicketWish {
  /** The id of the station. */
  readonly station: string;
  /** Null for the directory itself. */
  readonly user: string | null;
  /** As what he is known; a user without it. */
  readonly holder?: Holder;
  readonly role: Role;
  readonly streams: AllowedStreams;
  /** When the booking ends that lets in; the ticket ends then at the latest. */
  readonly bookingUntilMs?: number | null;
  readonly due?: Due | null;
}

export interface Ticket {
  readonly token: string;
  readonly expiresInMs: number;
}

/** Signs the tickets of a directory (JWT, RFC 7519) with a key that is made once: the stations of the lab know its public half. */
export class Tickets {
  readonly publicKey: PublicKey;
  /** What the tickets name as their issuer. */
  readonly directoryId: string;
  readonly #key: KeyObject;

  private constructor({ d, ...publicKey }: v.InferOutput<typeof keyFileSchema>) {
    const { kty, crv, x } = publicKey;
    this.directoryId = directoryIdOf(publicKey);
    this.publicKey = { kty, crv, x, kid: this.directoryId, alg: ticketAlgorithm, use: 'sig' };
    this.#key = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' });
  }

  /**
   * Reads the key from the data folder, or makes it there.
   * @throws The system's error, or one that says so where the file is broken: another key would lock everybody out of every station.
   */
  static async open(dataDir: string): Promise<Tickets> {
    const path = join(dataDir, fileName);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) {
      const made = JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }));
      await replaceFile(path, made);
      return new Tickets(v.parse(keyFileSchema, made));
    }
    await chmod(path, 0o600);
    const { success, output } = v.safeParse(keyFileSchema, text);
    if (!success) throw new Error(`${fileName} holds no key of a directory.`);
    return new Tickets(output);
  }

  async issue({ station, user, holder, role, streams, bookingUntilMs = null, due }: TicketWish): Promise<Ticket> {
    const nowMs = Date.now();
    const expiresInMs = Math.max(0, Math.min(longestTicketMs, (bookingUntilMs ?? Infinity) - nowMs));
    const claims = {
      ...(holder && { holder }),
      role,
      streams,
      ...(bookingUntilMs !== null && { booking_until_ms: bookingUntilMs }),
      ...(due !== undefined && { due: due && dueClaim(due) }),
    };
    const jwt = new SignJWT(claims)
      .setProtectedHeader({ alg: ticketAlgorithm, kid: this.directoryId })
      .setIssuer(this.directoryId)
      .setAudience(station)
      .setJti(randomUUID())
      .setIssuedAt(new Date(nowMs))
      // In whole seconds, rounded down, so that none outlasts its booking.
      .setExpirationTime(new Date(nowMs + expiresInMs));
    return { token: await (user === null ? jwt : jwt.setSubject(user)).sign(this.#key), expiresInMs };
  }
}

function dueClaim({ user, fromMs, untilMs, timeZone }: Due) {
  return { user, from_ms: fromMs, until_ms: untilMs, ...(timeZone !== null && { time_zone: timeZone }) };
}
