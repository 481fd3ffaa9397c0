import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyServerFactoryHandler } from 'fastify';
import type { Logger } from 'pino';
import type { StationApi } from '../../shared/api.ts';
import type { CallsDesk } from '../../shared/calls.ts';
import type { Due } from '../../shared/directory.ts';
import { contentSecurityPolicy, directoryPageSecurityPolicy } from '../../shared/content-security.ts';
import { checkRights } from './access.ts';
import { registerAssets } from './assets.ts';
import { callsThrough } from './call-party.ts';
import { CallSockets } from './call-sockets.ts';
import { openStateEvents } from './events.ts';
import { OfferLimit } from './offer-limit.ts';
import { hostName, loopbackNames, passGate } from './origin.ts';
import type { AllowedOrigins, GateRules } from './origin.ts';
import { Places } from './places.ts';
import { Problem, problemOf, problemText, sendProblem, writeProblem } from './problem.ts';
import { addRoute, collectMethods, refuseOtherMethods } from './routing.ts';
import { routesOf } from './routes.ts';
import type { Guard } from './routes.ts';
import { isCallUpgrade, serveUpgrades } from './upgrades.ts';

/** Twice the longest offer, so that one which is too long is refused as an offer; of what is longer still, no more is read. */
const maxBodyBytes = 128 * 1024;
const maxHeaderBytes = 8 * 1024;
const headersTimeoutMs = 5_000;
const requestTimeoutMs = 10_000;
const keepAliveTimeoutMs = 10_000;
const timeoutCheckMs = 1_000;
/** Browsers open up to six each. */
const maxConnections = 256;
const maxRequestsPerSocket = 100;

/** The gate's rules, and what the door's page may load and ask (CSP). */
type DoorRules = GateRules & { readonly pagePolicy: string };

/** On every answer, beside that policy: no browser guesses a type. */
const commonHeaders = Object.entries({
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
});

export interface HttpDoorOptions {
  readonly station: StationApi;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The folder of the built page, or null where there is none. */
  readonly assetsDir: string | null;
  /** Pages of other origins that may use the station, such as `http://lab.example:3000`. */
  readonly allowedOrigins: AllowedOrigins;
  /** Asks everybody who comes; without it, everybody whom the door lets in may do everything. */
  readonly guard?: Guard;
  /** The calls of whoever comes through this door; without them nobody can call or be called here. */
  readonly calls?: CallsDesk;
  /** Who has booked the station now, or is the next to; without it, nobody is ever known to. */
  readonly due?: () => Due | null;
  /** Encrypts the door; without it, whoever can read the traffic of the network can read what passes. */
  readonly tls?: TlsPair;
  /** Whether the station answers to a name, as it stands in URLs; without it, to those of loopback and `host`. */
  readonly answersTo?: (name: string) => boolean;
  readonly log: Logger;
}

/** What an encrypted door shows, and proves to have. */
export interface TlsPair {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface HttpDoor {
  /** Where the page is, such as `http://127.0.0.1:8080/`. */
  readonly url: string;
  readonly port: number;
  /** Encrypts connections from now on with another pair. Only of a door that was opened with one. */
  useTls(tls: TlsPair): void;
  /** Ends all connections. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens a door for browsers and programs.
 * @throws The system's error where the address can't be listened on; its `code` is `EADDRINUSE` where the port is taken.
 */
export async function openHttpDoor(options: HttpDoorOptions): Promise<HttpDoor> {
  const {
    station,
    host,
    port,
    assetsDir,
    allowedOrigins,
    guard = null,
    calls = null,
    tls = null,
    answersTo = loopbackNames(host),
    log,
  } = options;
  const scheme = tls ? 'https' : 'http';
  const mayUpgrade = (request: IncomingMessage): boolean => calls !== null && isCallUpgrade(request);
  const rules: DoorRules = {
    answersTo,
    origins: allowedOrigins,
    asksForTokens: guard !== null,
    scheme,
    mayUpgrade,
    pagePolicy: guard?.directory ? directoryPageSecurityPolicy : contentSecurityPolicy,
  };
  const app = createApp(rules, tls, log);
  const callsOf = calls ? callsThrough(calls, guard !== null) : () => null;
  const events = openStateEvents(station, log, callsOf);
  const sockets = new CallSockets({ callsOf, access: guard?.access ?? null, log });
  serveUpgrades(app.server, (request, response) => enter(request, response, rules), sockets);
  app.addHook('preClose', (done) => {
    // What let a caller in through a door that asks ends with the door.
    events.close(guard ? 'ended' : undefined);
    sockets.close();
    done();
  });
  if (guard) checkRights(app, guard.access);
  try {
    const methodsOf = collectMethods(app);
    const offers = new OfferLimit();
    for (const route of routesOf(station, events, guard, calls, options.due)) addRoute(app, route, offers);
    await registerAssets(app, assetsDir);
    refuseOtherMethods(app, methodsOf);
    await app.listen({
      host,
      port,
      // Fastify does not know that its server encrypts.
      listenTextResolver: (address) => `The HTTP door is open at ${address.replace(/^http(?=:)/, scheme)}/.`,
    });
  } catch (error) {
    await app.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  const address = addressOf(app.server);
  return {
    url: `${scheme}://${hostName(address.address)}:${address.port}/`,
    port: address.port,
    useTls: ({ certPem: cert, keyPem: key }) => {
      if (app.server instanceof TlsServer) app.server.setSecureContext({ cert, key });
    },
    close: () => (closing ??= app.close()),
  };
}

function createApp(rules: DoorRules, tls: TlsPair | null, log: Logger): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = log;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    // Half a request may hang for ever once the server has stopped looking at timeouts, so closing waits for nobody.
    forceCloseConnections: true,
    // While closing, the station itself refuses what it can't do any more.
    return503OnClosing: false,
    serverFactory: (handler) => shareConnections(createGuardedServer(handler, rules, tls), log),
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, _request, reply) => sendProblem(reply, problemOf(error) ?? Problem.badRequest()),
  });
  // Every body is text; which type it must have is said by the route.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, Problem.notFound()));
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (!problem) log.error({ err: error, route: request.routeOptions.url }, 'A request failed by a mistake of ours.');
    sendProblem(reply, problem ?? Problem.internal());
  });
  return app;
}

/** Node's server with its limits; who may not come in is refused before anything is routed. */
function createGuardedServer(handler: FastifyServerFactoryHandler, rules: DoorRules, tls: TlsPair | null): Server {
  const limits = {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: timeoutCheckMs,
    // Node's own refusal has no body; the gate's has.
    requireHostHeader: false,
  };
  const listener: RequestListener = (request, response) => {
    if (enter(request, response, rules)) handler(request, response);
  };
  const server = tls
    ? createTlsServer({ ...limits, handshakeTimeout: headersTimeoutMs, cert: tls.certPem, key: tls.keyPem }, listener)
    : createServer(limits, listener);
  // Without this Node answers by itself, before anybody has looked at who asks.
  server.on('checkExpectation', (request, response) => {
    setCommonHeaders(response, rules);
    if (passGate(request, response, rules)) writeProblem(response, Problem.badRequest().as(417));
  });
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  return server;
}

/** Closes each connection at once for which the machine it comes from has no place left. */
function shareConnections(server: Server, log: Logger): Server {
  const places = new Places(maxConnections);
  // Behind the server's own listener, so that it learns of the end as of any other.
  return server.on('connection', (socket: Socket) => {
    const leave = places.take(socket.remoteAddress ?? '');
    if (leave) return void socket.once('close', leave);
    log.debug({ remote: socket.remoteAddress }, 'A connection was refused: its machine holds as many as are free.');
    socket.destroy();
  });
}

/** @returns False where the request has been answered with a refusal. */
function enter(request: IncomingMessage, response: ServerResponse<IncomingMessage>, rules: DoorRules): boolean {
  setCommonHeaders(response, rules);
  return passGate(request, response, rules);
}

function setCommonHeaders(response: ServerResponse<IncomingMessage>, { pagePolicy }: DoorRules): void {
  response.setHeader('content-security-policy', pagePolicy);
  for (const [name, value] of commonHeaders) response.setHeader(name, value);
}

/** Answers what Node could not read as a request. */
function refuseConnection(error: Error & { readonly code: string }, socket: Socket): void {
  if (socket.writable) socket.write(problemText(connectionProblem(error.code)));
  socket.destroy();
}

function connectionProblem(code: string): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem(431, 'headers_too_large', 'The headers are larger than 8 KiB.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem(408, 'timeout', 'The request did not arrive in time.');
    default:
      return Problem.badRequest();
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The HTTP door has no network address.');
  return address;
}
