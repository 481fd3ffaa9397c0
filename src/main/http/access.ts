import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Role } from '../../shared/access.ts';
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
    const token = bearerToken(request.raw);
    const caller = token === null ? null : await access.callerOf(token, remoteAddress(request));
    const standing = caller?.standing();
    // The same for what is there and what is not, so that nobody learns from it what there is.
    if (!caller || !standing) throw StationError.signInNeeded();
    if (request.is404) return;
    if (needed === undefined || !mayDo(standing, needed, caller.kind)) throw StationError.notAllowed();
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
export function remoteAddress({ ip }: { readonly ip: string }): string {
  return ip.replace(/^::ffff:(?=\d+\.)/i, '');
}

function endWithTheirCallers(app: FastifyInstance): void {
  const open = new Map<FastifyReply, { readonly caller: Caller; readonly role: Role | undefined }>();
  app.addHook('preHandler', (request, reply, done) => {
    const caller = callers.get(request);
    // Of a connection that ended meanwhile, `close` has been told and never is again.
    if (caller && !request.raw.socket.destroyed) {
      open.set(reply, { caller, role: caller.standing()?.role });
      reply.raw.once('close', () => open.delete(reply));
    }
    done();
  });
  const timer = setInterval(() => {
    // What an answer tells was decided when it began; with another role its reader begins another one.
    for (const [reply, { caller, role }] of open) if (caller.standing()?.role !== role) reply.raw.destroy();
  }, lookEachMs).unref();
  app.addHook('onClose', (_app, done) => {
    clearInterval(timer);
    done();
  });
}

/** Longer than any token of ours, of which tickets for 64 Streams are the longest; nothing longer is looked at. */
const maxTokenLength = 7_000;

/** The token of `Authorization: Bearer`, or null where there is none, or more than one. */
export function bearerToken({ headers, rawHeaders }: IncomingMessage): string | null {
  // Node passes on the first of several and drops the others; something in between may have read another one.
  const count = rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'authorization').length;
  if (count !== 1) return null;
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(headers.authorization ?? '')?.[1];
  return token !== undefined && token.length <= maxTokenLength ? token : null;
}
