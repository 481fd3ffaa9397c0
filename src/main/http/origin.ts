import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { Problem, writeProblem } from './problem.ts';

/** What a page of another origin may read of an answer. */
const exposedHeaders = 'Location, ETag, Link, Retry-After, X-Frame-Number, X-Capture-Time-Ms';

/** Which pages may use a door, asked each time. */
export type AllowedOrigins = Pick<readonly string[], 'includes'>;

/** Who may talk to the door, apart from programs and pages of the station itself. */
export interface GateRules {
  /** Whether the station answers to this name, which is as it stands in URLs, in lower case and without port. */
  readonly answersTo: (name: string) => boolean;
  /** Pages of other origins that may use the station. */
  readonly origins: AllowedOrigins;
  /** Whether every request needs a token: browsers ask first whether they may send one, and send none with that question. */
  readonly asksForTokens: boolean;
  /** What the addresses of the door begin with. */
  readonly scheme: 'http' | 'https';
  /** Whether this request may go on in another protocol. */
  readonly mayUpgrade: (request: IncomingMessage) => boolean;
}

/** The names of a door that only this machine reaches. @param host Where it listens, as configured. */
export function loopbackNames(host: string): GateRules['answersTo'] {
  const names = ['127.0.0.1', 'localhost', '[::1]', hostName(host)];
  return (name) => names.includes(name);
}

/** An address or name as it stands in a URL. */
export function hostName(host: string): string {
  return host.includes(':') ? `[${host}]` : host.toLowerCase();
}

/**
 * Decides before routing whether a request may come in, and sets the CORS headers of the answer.
 * @returns False where the request has been answered with a refusal.
 */
export function passGate(
  request: IncomingMessage,
  response: ServerResponse<IncomingMessage>,
  rules: GateRules,
): boolean {
  response.setHeader('vary', 'Origin');
  const refusal = refusalOf(request, rules);
  if (refusal) {
    writeProblem(response, refusal);
    return false;
  }
  const origin = originOf(request);
  if (origin === undefined) return true;
  if (origin === `${rules.scheme}://${request.headers.host}` || rules.origins.includes(origin)) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', exposedHeaders);
    response.setHeader('cross-origin-resource-policy', 'cross-origin');
    if (!rules.asksForTokens || !isPreflight(request)) return true;
    response.writeHead(204, { ...preflightHeaders, 'access-control-allow-methods': allMethods }).end();
    return false;
  }
  // A preflight is refused by saying nothing; a status of its own would tell the page that the station is there.
  if (request.method === 'OPTIONS') response.writeHead(204).end();
  else writeProblem(response, Problem.originDenied());
  return false;
}

/** What pages of listed origins may use; what is behind an address is told to nobody who has no token. */
const allMethods = 'GET, POST, PUT, PATCH, DELETE';
const preflightHeaders = {
  'access-control-allow-headers': 'Authorization, Content-Type, If-Match',
  'access-control-max-age': '600',
};

/** CORS-preflight requests are told from others by this header (W3C Fetch §3.3.2). */
function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** The answer to OPTIONS by an accepted origin or a program (the gate lets nobody else through). */
export function answerOptions(reply: FastifyReply, allow: string): FastifyReply {
  return reply.code(204).headers({
    allow,
    ...preflightHeaders,
    'access-control-allow-methods': allow,
  });
}

/**
 * The origin of the page that asks, or undefined where nobody but a program or the user does. Of what a page only shows (an image)
 * browsers don't say the origin but that the page is another one's (W3C Fetch Metadata); its address is then in Referer, unless it
 * hides that. Otherwise any page on the internet could start a detector and show its picture.
 */
function originOf({ headers }: IncomingMessage): string | undefined {
  if (headers.origin !== undefined) return headers.origin;
  const site = headers['sec-fetch-site'];
  const isOpened = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (site === undefined || site === 'same-origin' || site === 'none' || isOpened) return undefined;
  const { referer = '' } = headers;
  return URL.canParse(referer) ? new URL(referer).origin : 'null';
}

/**
 * Whether a browser comes because another page, whichever, has led it here by a link or a script (W3C Fetch Metadata). The gate lets it,
 * because that page is told nothing; but what the address does is done. An address that was typed has no such page.
 */
export function isLinkedFromElsewhere({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const site = headers['sec-fetch-site'] ?? 'none';
  return headers['sec-fetch-mode'] === 'navigate' && site !== 'none' && site !== 'same-origin';
}

function refusalOf(request: IncomingMessage, rules: GateRules): Problem | null {
  const url = request.url ?? '';
  const hostHeaders = request.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host');
  // Node passes on a second Host header, none in HTTP/1.0 and HTTP/0.9 lines.
  if (hostHeaders.length !== 1 || url.includes('%00')) return Problem.badRequest();
  // An absolute-form target names a host of its own (RFC 9112 §3.2.2); only proxies are asked that way.
  if (!isOurHost(request, rules) || !/^[/*]/.test(url)) {
    return new Problem(421, 'wrong_host', 'This station does not answer to that name.');
  }
  if (request.headers.upgrade !== undefined && !rules.mayUpgrade(request)) {
    // RFC 9110 §15.5.22 wants the protocol named that does serve.
    const headers = { upgrade: 'HTTP/1.1', connection: 'Upgrade' };
    return new Problem(426, 'upgrade_refused', 'This station speaks HTTP/1.1 only.', headers);
  }
  return null;
}

/**
 * A page on the internet can point its own name at this machine and then counts as the same origin (DNS rebinding). Such
 * a name shows in the Host header, so only known names pass.
 */
function isOurHost({ headers, socket }: IncomingMessage, { answersTo, scheme }: GateRules): boolean {
  // Clients leave the port out where it is the one of the scheme.
  const [, name, port = scheme === 'https' ? '443' : '80'] =
    /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(headers.host?.toLowerCase() ?? '') ?? [];
  return name !== undefined && port === String(socket.localPort) && answersTo(name);
}
