import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { StationError } from '../../shared/errors.ts';
import type { Access, AccessToken, NeededRight } from '../access/rights.ts';
import { Problem } from './problem.ts';
import { textOf } from './whep.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the caller must be allowed to do. A route that does not say so is closed to all. */
    right?: NeededRight;
  }
}

const keySchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictObject({ key: v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)) }),
);

/** The one place where a door asks whether a caller may do what it wants: before the body is read, for every route. */
export function checkRights(app: FastifyInstance, access: Access): void {
  app.addHook('onRequest', async (request) => {
    const needed = request.routeOptions.config.right;
    if (needed === 'public') return;
    const token = bearerToken(request);
    const rights = token === null ? null : await access.rightsOf(token);
    // The same for what is there and what is not, so that nobody learns from it what there is.
    if (rights === null) throw StationError.signInNeeded();
    if (request.is404) return;
    if (needed === undefined || !rights.has(needed)) throw StationError.notAllowed();
  });
}

/** The token of `Authorization: Bearer`, or null where there is none, or more than one. */
function bearerToken({ headers, raw }: FastifyRequest): string | null {
  // Node passes on the first of several and drops the others; something in between may have read another one.
  const count = raw.rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'authorization').length;
  return count === 1 ? (/^Bearer ([\w.~+/=-]+)$/i.exec(headers.authorization ?? '')?.[1] ?? null) : null;
}

/** The handler of the URL where a guest signs in. */
export function signInHandler(access: Access) {
  return async (request: FastifyRequest): Promise<AccessToken> => {
    const { success, output } = v.safeParse(keySchema, textOf(request));
    if (!success) throw Problem.badRequest();
    const exchange = await access.exchangeKey(output.key);
    if ('waitMs' in exchange) throw Problem.tooManyTries(exchange.waitMs);
    return exchange;
  };
}
