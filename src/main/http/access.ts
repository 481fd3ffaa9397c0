import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { StationError } from '../../shared/errors.ts';
import { mayDo, type Access, type Caller, type NeededRight } from '../access/rights.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the caller must be allowed to do. A route that does not say so is closed to all. */
    right?: NeededRight;
  }
}

/** How soon an answer that goes on and on ends after what let its reader in. */
const lookEachMs = 1_000;

const callers = new WeakMap<FastifyRequest, Caller>();

/**
 * The one place where a door asks whether a caller may do what it wants: before the body is read, for every route; and again and again,
 * for as long as an answer lasts.
 */
export function checkRights(app: FastifyInstance, access: Access): void {
  app.addHook('onRequest', async (request) => {
    const needed = request.routeOptions.config.right;
    if (needed === 'public') return;
    const token = bearerToken(request);
    const caller = token === null ? null : await access.callerOf(token, remoteAddress(request));
    const standing = caller?.standing();
    // The same for what is there and what is not, so that nobody learns from it what there is.
    if (!caller || !standing) throw StationError.signInNeeded();
    if (request.is404) return;
    if (needed === undefined || !mayDo(standing, needed)) throw StationError.notAllowed();
    callers.set(request, caller);
  });
  endWithTheirCallers(app);
  // Last, since the body is read in between, and what is read there is read on nobody's behalf.
  app.addHook('preHandler', (request, _reply, done) => {
    const caller = callers.get(request);
    if (caller) access.onBehalfOf(caller, done);
    else done();
  });
}

/** Who calls, at a door that asks; null at one that does not, and where a route is for everybody. */
export function callerOf(request: FastifyRequest): Caller | null {
  return callers.get(request) ?? null;
}

/** Where a request comes from. A socket for both families tells IPv4 addresses in the notation of the other. */
export function remoteAddress({ ip }: FastifyRequest): string {
  return ip.replace(/^::ffff:(?=\d+\.)/i, '');
}

function endWithTheirCallers(app: FastifyInstance): void {
  const open = new Map<FastifyReply, Caller>();
  app.addHook('preHandler', (request, reply, done) => {
    const caller = callers.get(request);
    // Of a connection that ended meanwhile, `close` has been told and never is again.
    if (caller && !request.raw.socket.destroyed) {
      open.set(reply, caller);
      reply.raw.once('close', () => open.delete(reply));
    }
    done();
  });
  const timer = setInterval(() => {
    for (const [reply, caller] of open) if (!caller.standing()) reply.raw.destroy();
  }, lookEachMs).unref();
  app.addHook('onClose', (_app, done) => {
    clearInterval(timer);
    done();
  });
}

/** The token of `Authorization: Bearer`, or null where there is none, or more than one. */
function bearerToken({ headers, raw }: FastifyRequest): string | null {
  // Node passes on the first of several and drops the others; something in between may have read another one.
  const count = raw.rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'authorization').length;
  return count === 1 ? (/^Bearer ([\w.~+/=-]+)$/i.exec(headers.authorization ?? '')?.[1] ?? null) : null;
}
