import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OfferLimit } from './offer-limit.ts';
import { isLinkedFromElsewhere } from './origin.ts';
import { Problem } from './problem.ts';
import type { Route } from './routes.ts';

/** @param offers What bounds the sessions that are asked for at this door. */
export function addRoute(app: FastifyInstance, route: Route, offers: OfferLimit): void {
  const { method, url, right, accepts, needsBody = true, opensSession = false, hasHead = true, handler } = route;
  const refusal = (request: FastifyRequest): Problem | undefined => {
    if (route.changesByGet && isLinkedFromElsewhere(request)) return Problem.originDenied();
    return accepts !== undefined && (needsBody || hasBody(request)) ? refusalOfBody(request, accepts) : undefined;
  };
  app.route({
    method,
    url,
    config: { right },
    exposeHeadRoute: hasHead,
    onRequest: (request, _reply, done) => done(refusal(request)),
    // Before the body is read, and only for whoever may ask for a session.
    ...(opensSession && { preParsing: (request, _reply, _body, done) => done(offers.refusal(request) ?? null) }),
    handler,
  });
}

/** RFC 9112 §6: a request has a body where one of these says so. */
function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Asked before the body is read. Browsers send forms and plain text without a preflight; the exact type stops them. */
function refusalOfBody({ headers, method }: FastifyRequest, accepts: string): Problem | undefined {
  if (headers['content-encoding'] !== undefined) {
    return new Problem(415, 'wrong_encoding', 'Send the body without Content-Encoding.');
  }
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  return type === accepts ? undefined : Problem.wrongType(accepts, { [`accept-${method.toLowerCase()}`]: accepts });
}

/** Fills a table of URLs and their methods with every route that is added from now on. */
export function collectMethods(app: FastifyInstance): ReadonlyMap<string, readonly string[]> {
  const methodsOf = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methodsOf.set(url, [...(methodsOf.get(url) ?? []), ...[method].flat()]);
  });
  return methodsOf;
}

/** Fastify answers 404 to the wrong method of a known URL; RFC 9110 §15.5.6 wants 405 and the right ones. */
export function refuseOtherMethods(app: FastifyInstance, methodsOf: ReadonlyMap<string, readonly string[]>): void {
  const all = METHODS.filter((method) => method !== 'CONNECT');
  for (const method of all) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  for (const [url, methods] of [...methodsOf]) {
    const refusal = Problem.methodNotAllowed(methods.join(', '));
    app.route({
      method: all.filter((method) => !methods.includes(method)),
      url,
      // Whoever may look around may know.
      config: { right: 'watch' },
      // Before the body is read; the handler is never reached.
      onRequest: (_request, _reply, done) => done(refusal),
      handler: () => refusal,
    });
  }
}
