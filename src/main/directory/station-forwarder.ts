import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { StationError } from '../../shared/errors.ts';
import { askStation, type StationPlace } from './ask-station.ts';
import { OtherCertificate } from './station-certificate.ts';
import type { Stations } from './stations.ts';

/** A station waits for a picture for ten seconds before it says that none came. */
const answerTimeoutMs = 15_000;
/** Pictures of long exposures are rare; after this nobody waits for another one. */
const silenceMs = 60_000;
/** A page watches one station at a time, with a few answers without end and a session for each picture. */
const maxOpen = 64;

/** What the page reads of an answer; nothing else of it gets there. */
const passedHeaders = ['content-type', 'etag', 'retry-after', 'x-capture-time-ms', 'x-frame-number'] as const;
/** Answers that have no body, whatever follows. */
const bodiless: readonly number[] = [204, 205];

/** A request for another station, which a door has looked at. */
export interface ForwardedRequest {
  readonly method: string;
  /** What follows the station's address, with its first slash and its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

export interface StationForwarderParts {
  readonly stations: Pick<Stations, 'find' | 'place'>;
  /** What the addresses of this station's own network door begin with, behind which lent Streams are; null while it is closed. */
  readonly ownDoor: () => string | null;
  readonly log: Logger;
  /** As askStation's. */
  readonly mayAsk?: (address: string) => boolean;
}

/**
 * Asks other stations of the lab in the stead of the kiosk's page, which no station lets in by itself. It asks at the addresses that the
 * directory knows, and carries descriptions and states; the media of a session go from station to page.
 */
export class StationForwarder {
  readonly #parts: StationForwarderParts;
  readonly #open = new Set<AbortController>();

  constructor(parts: StationForwarderParts) {
    this.#parts = parts;
  }

  /**
   * @returns The answer as it comes; its `location` is a path below the station's address. Status 502 and 504 are of the forwarder itself.
   * Cancelling the body ends the exchange.
   * @throws StationError `unknown_station`, `no_station_address`, `untrusted_station`.
   */
  async forward(stationId: string, { method, path, headers, body }: ForwardedRequest): Promise<Response> {
    const place = this.#placeOf(stationId);
    if (this.#open.size >= maxOpen) return problem(503, 'busy', 'Too much is asked of other stations at a time.');
    const exchange = new AbortController();
    const { signal } = exchange;
    this.#open.add(exchange);
    const timer = setTimeout(() => exchange.abort(), answerTimeoutMs);
    const { mayAsk } = this.#parts;
    try {
      const answer = await askStation({
        place,
        method,
        path,
        headers,
        signal,
        ...(body && { body }),
        ...(mayAsk && { mayAsk }),
      });
      answer.once('close', () => this.#open.delete(exchange));
      return responseOf(answer, place.url);
    } catch (error) {
      this.#open.delete(exchange);
      if (error instanceof OtherCertificate) throw StationError.untrustedStation();
      this.#parts.log.debug({ err: error, station: stationId }, 'A station of the lab did not answer.');
      return problem(504, 'unreachable', 'The station does not answer.');
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends all exchanges that go on. */
  endAll(): void {
    for (const exchange of this.#open) exchange.abort();
    this.#open.clear();
  }

  #placeOf(stationId: string): StationPlace {
    const { stations, ownDoor } = this.#parts;
    const station = stations.find(stationId);
    if (!station) throw StationError.unknownStation();
    const place = stations.place(stationId);
    if (place) return place;
    const url = station.rtsp_url === null ? null : ownDoor();
    if (url === null) throw StationError.noStationAddress('This station has no address yet.');
    // Nobody comes between this machine and itself, whatever certificate it has at the moment.
    return { url, certificate: null, remember: () => true };
  }
}

function responseOf(answer: IncomingMessage, stationUrl: string): Response {
  const { statusCode: status = 0, headers } = answer;
  if (status < 200 || (status >= 300 && status < 400) || status >= 600) {
    answer.destroy();
    return problem(
      502,
      'bad_gateway',
      'What answers at the address of the station sends elsewhere, or answers as no station does.',
    );
  }
  const passed = passedHeaders.flatMap((name) =>
    headers[name] === undefined ? [] : [[name, String(headers[name])] as const],
  );
  const location = pathBelow(stationUrl, headers.location);
  const init = { status, headers: { ...Object.fromEntries(passed), ...(location !== null && { location }) } };
  if (bodiless.includes(status)) {
    answer.destroy();
    return new Response(null, init);
  }
  answer.setTimeout(silenceMs, () => answer.destroy());
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array<ArrayBuffer>>, init);
}

/** Null where there is none, or it leads elsewhere. */
function pathBelow(stationUrl: string, location: string | undefined): string | null {
  const base = new URL(`${stationUrl}/`);
  if (location === undefined || !URL.canParse(location, base.href)) return null;
  const url = new URL(location, base);
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) return null;
  return url.pathname.slice(base.pathname.length - 1) + url.search;
}

/** A refusal as the stations write theirs (RFC 9457). */
function problem(status: number, code: string, title: string): Response {
  return Response.json({ status, code, title }, { status, headers: { 'content-type': 'application/problem+json' } });
}
