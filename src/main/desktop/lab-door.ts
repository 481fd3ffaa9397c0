import { StationError } from '../../shared/errors.ts';
import type { SettingsGuard } from './calls-while-open.ts';
import { pageOrigin, pageScheme } from './page.ts';

/** What the page asks of another station. */
export interface LabQuestion {
  readonly method: string;
  /** What follows the station's address, with its first slash and its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

/** Asks the stations of the lab, at the addresses that the directory knows. */
export interface LabForwarder {
  /** @throws StationError. */
  forward(stationId: string, question: LabQuestion): Promise<Response>;
  endAll(): void;
}

/** The page's addresses for other stations: `app://eyepiece/stations/{id}/…`. */
const stationPath = /^\/stations\/([a-z\d][a-z\d-]{0,62})(\/.*)$/;
const methods = ['GET', 'POST', 'PATCH', 'DELETE'];
const passedHeaders = ['accept', 'authorization', 'content-type', 'if-match'];
/** As much as a station takes. */
const maxBodyBytes = 128 * 1024;

/**
 * Answers what the kiosk's page asks of other stations of the lab, while the kiosk is open. Only what comes with a ticket gets through, which
 * no script, picture or page can that is loaded by its address: so nothing of another station ever counts as the page's own.
 */
export class LabDoor {
  readonly #guard: Pick<SettingsGuard, 'requireOpen'>;
  /** Null where this station is no directory, or not yet. */
  forwarder: LabForwarder | null = null;

  constructor(guard: Pick<SettingsGuard, 'requireOpen'>) {
    this.#guard = guard;
  }

  /** Null where it is none of this door's addresses. */
  answer(request: Request): Promise<Response> | null {
    const { host, pathname, search } = new URL(request.url);
    const [, stationId, path] = stationPath.exec(pathname) ?? [];
    if (`${pageScheme}://${host}` !== pageOrigin || stationId === undefined || path === undefined) return null;
    return this.#pass(request, stationId, path + search).then(asData, (error: unknown) => {
      if (error instanceof StationError) return asData(refusal(403, error.reason, error.message));
      throw error;
    });
  }

  /** The kiosk was locked: what goes on ends. */
  endAll(): void {
    this.forwarder?.endAll();
  }

  async #pass(request: Request, stationId: string, path: string): Promise<Response> {
    const { method } = request;
    this.#guard.requireOpen();
    if (!this.forwarder) throw StationError.notAllowed();
    const headers = headersOf(request);
    if (!headers['authorization']?.startsWith('Bearer ')) throw StationError.signInNeeded();
    if (!methods.includes(method)) {
      return refusal(405, 'method_not_allowed', `Only ${methods.join(', ')} are passed on.`);
    }
    const body = await bodyOf(request);
    if (body === 'too_large') return refusal(413, 'too_large', 'The request is larger than 128 KiB.');
    const answer = await this.forwarder.forward(stationId, { method, path, headers, body });
    const location = answer.headers.get('location');
    if (location !== null) answer.headers.set('location', `/stations/${stationId}${location}`);
    return answer;
  }
}

function headersOf({ headers }: Request): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => passedHeaders.includes(name)));
}

async function bodyOf({ body }: Request): Promise<Uint8Array | null | 'too_large'> {
  if (!body) return null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBodyBytes) return 'too_large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whatever comes from elsewhere is data, however it is looked at. */
function asData(answer: Response): Response {
  answer.headers.set('content-security-policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
  answer.headers.set('x-content-type-options', 'nosniff');
  answer.headers.set('cache-control', 'no-store');
  return answer;
}

/** As the stations write theirs (RFC 9457). */
function refusal(status: number, code: string, title: string): Response {
  return Response.json({ status, code, title }, { status, headers: { 'content-type': 'application/problem+json' } });
}
