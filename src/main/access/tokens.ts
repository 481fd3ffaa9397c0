import { randomBytes, randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { AccessToken } from './rights.ts';

const issuer = 'eyepiece';
/** Pinned for both ways: a token does not choose how it is checked (RFC 8725 §3.1). */
const algorithm = 'HS256';
/** Whoever copies a token from the wire can use it for so long at most. */
const longestLifeMs = 15 * 60_000;

/**
 * The tokens of one run of a station (JWT, RFC 7519). They are signed with a secret that nobody else has and that ends with the
 * process, so that none outlives it.
 */
export class Tokens {
  readonly #audience: string;
  readonly #secret: Uint8Array;

  /** @param audience The name of this run of the station. */
  constructor(audience: string, secret: Uint8Array = randomBytes(32)) {
    this.#audience = audience;
    this.#secret = secret;
  }

  /** @param subject Whom the token stands for. @param withinMs The token ends within this time, however short. */
  async issue(subject: string, withinMs: number): Promise<AccessToken> {
    const expiresInMs = Math.min(longestLifeMs, withinMs);
    const now = new Date();
    const token = await new SignJWT()
      .setProtectedHeader({ alg: algorithm })
      .setIssuer(issuer)
      .setAudience(this.#audience)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(new Date(now.getTime() + expiresInMs))
      .sign(this.#secret);
    return { token, expiresInMs };
  }

  /** @returns Whom the token stands for, or null where it is not one of ours or its time is over. */
  async subjectOf(token: string): Promise<string | null> {
    try {
      const { payload } = await jwtVerify(token, this.#secret, {
        algorithms: [algorithm],
        issuer,
        audience: this.#audience,
        requiredClaims: ['exp', 'iat', 'jti', 'sub'],
        maxTokenAge: longestLifeMs / 1_000,
      });
      // None of ours is good for longer, whoever signed it.
      const { exp = Number.POSITIVE_INFINITY, iat = 0 } = payload;
      return exp - iat <= longestLifeMs / 1_000 ? (payload.sub ?? null) : null;
    } catch (error) {
      // What exactly is wrong helps only those who try.
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}
