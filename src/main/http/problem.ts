import type { IncomingMessage, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import { StationError } from '../../shared/errors.ts';
import type { StationErrorReason } from '../../shared/errors.ts';

/** Every `code` that a refusal over HTTP can carry: the station's reasons and those of HTTP's own dialect. */
export type ProblemCode =
  | StationErrorReason
  | 'bad_query'
  | 'bad_request'
  | 'busy'
  | 'elsewhere'
  | 'headers_too_large'
  | 'internal'
  | 'method_not_allowed'
  | 'no_picture'
  | 'not_found'
  | 'not_json'
  | 'origin_denied'
  | 'page_not_built'
  | 'sign_in_refused'
  | 'timeout'
  | 'too_large'
  | 'too_many_tries'
  | 'upgrade_refused'
  | 'wrong_encoding'
  | 'wrong_host'
  | 'wrong_type';

type Headers = Readonly<Record<string, string>>;

/** RFC 9110 §15.5.2 wants told how to sign in, and RFC 6750 §3 a parameter with it. */
const askForToken: Headers = { 'www-authenticate': 'Bearer realm="eyepiece"' };

/**
 * A refusal in HTTP's dialect (RFC 9457). The title is one sentence that a person can act on; it never repeats what the
 * client sent, so that nothing of a request can come back as content.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: ProblemCode;
  readonly headers: Headers;

  constructor(status: number, code: ProblemCode, title: string, headers: Headers = {}) {
    super(title);
    this.status = status;
    this.code = code;
    this.headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers };
  }

  /** What the answer says, before it is JSON. */
  get document(): Readonly<Record<string, string | number>> {
    return { status: this.status, code: this.code, title: this.message };
  }

  /** The JSON text of the answer. */
  get body(): string {
    return JSON.stringify(this.document);
  }

  /** The same refusal under another status, for an address where the usual one would say something else. */
  as(status: number): Problem {
    return new Problem(status, this.code, this.message, this.headers);
  }

  static badRequest(): Problem {
    return new Problem(400, 'bad_request', 'The request is malformed.');
  }

  /** @param what Says what a part of the query must be. */
  static badQuery(what: string): Problem {
    return new Problem(400, 'bad_query', `The address is wrong: ${what}.`);
  }

  /** @param where A whole sentence. */
  static elsewhere(where: string): Problem {
    return new Problem(410, 'elsewhere', where);
  }

  static originDenied(): Problem {
    return new Problem(403, 'origin_denied', 'This page may not use the station.');
  }

  static noPicture(): Problem {
    return new Problem(504, 'no_picture', 'The detector gave no picture in 10 seconds. Try again later.', {
      'retry-after': '5',
    });
  }

  static notJson(): Problem {
    return new Problem(400, 'not_json', 'The body is not JSON.');
  }

  static busy(): Problem {
    return new Problem(503, 'busy', 'The station tells as many listeners there as it can. Try again later.', {
      'retry-after': '5',
    });
  }

  static tooManySockets(): Problem {
    return new Problem(503, 'busy', 'The station has as many calls as it takes. Try again later.', {
      'retry-after': '5',
    });
  }

  static internal(): Problem {
    return new Problem(500, 'internal', 'The station made a mistake; its log says more.');
  }

  static notFound(): Problem {
    return new Problem(404, 'not_found', 'There is nothing at this address.');
  }

  static methodNotAllowed(allow: string): Problem {
    return new Problem(405, 'method_not_allowed', `This address takes ${allow} only.`, { allow });
  }

  /** @param hint The header that names the right type to programs (`Accept-Post`, `Accept-Patch`), where there is one. */
  static wrongType(wanted: string, hint: Headers = {}): Problem {
    return new Problem(415, 'wrong_type', `Send ${wanted}.`, hint);
  }

  static tooLarge(): Problem {
    return new Problem(413, 'too_large', 'The request is larger than 128 KiB.');
  }

  /** Does not tell which of the two is wrong, nor that there is such a name. */
  static signInRefused(): Problem {
    return new Problem(401, 'sign_in_refused', 'The name or the password is wrong.', askForToken);
  }

  static tooManyTries(waitMs: number): Problem {
    return new Problem(429, 'too_many_tries', 'Too many wrong tries. Wait before the next one.', retryAfter(waitMs));
  }
}

/** The one place where the station's reasons become status codes. */
const statusOfReason: Readonly<Record<StationErrorReason, number>> = {
  bad_offer: 400,
  offer_too_complex: 400,
  bad_candidate: 400,
  no_common_codec: 406,
  bad_answer: 400,
  not_an_answer: 400,
  already_answered: 409,
  bad_ice_server: 400,
  unknown_stream: 404,
  publisher_there: 409,
  not_published: 409,
  unknown_viewer: 404,
  stale_session: 412,
  source_offline: 409,
  station_full: 503,
  too_many_offers: 429,
  closing: 503,
  sign_in_needed: 401,
  not_allowed: 403,
  peer_unavailable: 409,
  peer_busy: 409,
  in_call: 409,
  rang_in_vain: 429,
  unknown_call: 404,
  wrong_state: 409,
  unknown_station: 404,
  no_station_address: 409,
  not_booked: 403,
  booked_already: 409,
  // These come of calls that only the kiosk has; should one ever get here, it is told as what it is.
  bad_arguments: 400,
  bad_setting: 400,
  settings_fixed: 409,
  not_saved: 500,
  cannot_share: 409,
  locked: 403,
  untrusted_station: 502,
  no_directory_there: 502,
  pin_wrong: 403,
  pin_wait: 429,
  pin_refused: 400,
  no_pin: 409,
};

/** What a client is told of an error, or null where the error is a mistake of ours and no client's business. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof StationError) return problemOfStation(error);
  if (error instanceof Error) return problemOfFastify(error);
  return null;
}

function problemOfStation({ reason, message, retryAfterMs }: StationError): Problem {
  return new Problem(statusOfReason[reason], reason, message, {
    ...(retryAfterMs !== undefined && retryAfter(retryAfterMs)),
    ...(reason === 'sign_in_needed' && askForToken),
  });
}

/** In whole seconds (RFC 9110 §10.2.3), and never none. */
function retryAfter(waitMs: number): Headers {
  return { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) };
}

/** Fastify's own refusals carry a code and a status; their messages may repeat the URL, so they are not passed on. */
function problemOfFastify(error: Error & { readonly code?: unknown; readonly statusCode?: unknown }): Problem | null {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return Problem.tooLarge();
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return Problem.wrongType('a valid Content-Type');
  // No id of a stream or viewer is as long as the router's limit.
  if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') return Problem.notFound();
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? Problem.badRequest() : null;
}

/** Answers a request that reached Fastify. @param more What the answer says beside (RFC 9457 §3.2). */
export function sendProblem(reply: FastifyReply, problem: Problem, more: Readonly<Record<string, string>> = {}): void {
  const body = JSON.stringify({ ...problem.document, ...more });
  // As bytes, because Fastify adds a charset to JSON text, and JSON types have none (RFC 8259 §11).
  void reply.code(problem.status).headers(problem.headers).send(Buffer.from(body));
}

/** Answers a request before Fastify sees it. */
export function writeProblem(response: ServerResponse<IncomingMessage>, problem: Problem): void {
  response
    .writeHead(problem.status, { ...problem.headers, 'content-length': Buffer.byteLength(problem.body) })
    .end(problem.body);
}

/** The whole answer as text, for a connection on which no request could be read. */
export function problemText(problem: Problem): string {
  const headers = { ...problem.headers, 'content-length': Buffer.byteLength(problem.body), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`, ...lines, '', problem.body].join('\r\n');
}
