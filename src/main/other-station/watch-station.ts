import type { Logger } from 'pino';
import { StationError } from '../../shared/errors.ts';
import type { StationSource } from '../../shared/source.ts';
import type { SourceFault } from '../../shared/state.ts';
import type { PublisherEnd } from '../../shared/stream-event.ts';
import type { OfferToWatch, Publisher, WatchedNotices, WatchSession, WatchStation } from '../station/ports.ts';
import { faultOf, faultOfEnd, OtherStationFault, refusal } from './faults.ts';
import { StationDoor, type DoorAnswer, type Question } from './station-door.ts';
import { readStation, type OtherStation, type OtherStream } from './station-facts.ts';

/** Sooner than the Supervisor gives up on a first picture, so that the cause is told. */
const connectMs = 7_000;
/** Quartzes part by a few milliseconds in that time. */
const clockEveryMs = 60_000;
/** Ending a session must not keep the next one waiting. */
const goodbyeMs = 2_000;

export interface WatchStationParts {
  readonly offerToWatch: OfferToWatch;
  /** Whether a run is that of this very station. */
  readonly isSelf: (runId: string) => boolean;
  readonly log: Logger;
}

/** Watches Streams of other stations as a Player does: WHEP, and one look at the state for what its pictures don't tell. */
export function watchStation(parts: WatchStationParts): WatchStation {
  return (source, notices) => new WatchedStation(parts, source, notices);
}

class WatchedStation {
  readonly #parts: WatchStationParts;
  readonly #source: StationSource;
  readonly #notices: WatchedNotices;
  readonly #door: StationDoor;
  readonly #leaving = new AbortController();
  readonly #opening: Promise<void>;
  #session: WatchSession | null = null;
  /** Its path at the other station; null while there is none. */
  #location: string | null = null;
  #clockAheadMs: number | null = null;
  #clockTimer: NodeJS.Timeout | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #isEnded = false;
  #closing: Promise<void> | null = null;

  constructor(parts: WatchStationParts, source: StationSource, notices: WatchedNotices) {
    this.#parts = parts;
    this.#source = source;
    this.#notices = notices;
    this.#door = new StationDoor(source);
    // Not before the caller knows of it.
    this.#opening = Promise.resolve()
      .then(() => this.#open())
      .catch((error: unknown) => this.#fail(error));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #open(): Promise<void> {
    const station = await this.#askState();
    const stream = this.#choose(station);
    const { offerToWatch } = this.#parts;
    const session = await offerToWatch(reachOf(this.#source), {
      connected: () => clearTimeout(this.#connectTimer),
      frame: (frame) => this.#notices.frame(frame),
      gone: (reason) => this.#lost(reason),
    });
    this.#session = session;
    const publisher = await this.#join(session, stream);
    if (this.#closing) return;
    this.#connectTimer = setTimeout(() => this.#lost('connect_timeout'), connectMs);
    this.#clockTimer = setInterval(() => void this.#lookAtClock(), clockEveryMs);
    this.#notices.opened(publisher, stream);
  }

  async #askState(): Promise<OtherStation> {
    const answer = await this.#ask({ method: 'GET', path: '/api/state' });
    if (answer.status !== 200) throw this.#refusal(answer.status);
    const station = readStation(answer);
    if (!station) throw new OtherStationFault('bad_output', `What answers at ${this.#source.url} is not a station.`);
    const { clockAheadMs: aheadMs, clockDoubtMs: doubtMs } = station;
    // What was known stays as long as it can be true: an answer that took long says little.
    this.#clockAheadMs = Math.min(Math.max(this.#clockAheadMs ?? aheadMs, aheadMs - doubtMs), aheadMs + doubtMs);
    this.#parts.log.debug({ aheadMs, doubtMs }, 'asked another station');
    return station;
  }

  /** Streams that would go in a circle are refused, so that none can feed itself. */
  #choose({ runId, streams }: OtherStation): OtherStream {
    const { url, stream: wanted } = this.#source;
    if (this.#parts.isSelf(runId)) {
      throw new OtherStationFault('bad_output', `${url} is this very station. Show its streams by themselves.`);
    }
    const stream = wanted === undefined ? streams[0] : streams.find(({ id }) => id === wanted);
    if (!stream) throw this.#refusal(404);
    if (stream.sourceKind === 'station') {
      throw new OtherStationFault(
        'bad_output',
        `${stream.stationName} has that stream from another station itself. Give the address of that one.`,
      );
    }
    return stream;
  }

  async #join(session: WatchSession, { id, awayBecause, stationName }: OtherStream): Promise<Publisher> {
    const path = `/whep/${encodeURIComponent(id)}`;
    const { status, location, body } = await this.#ask({ method: 'POST', path, sdp: session.offerSdp });
    if (status === 409 && awayBecause !== null) {
      throw new OtherStationFault('away_there', `${stationName} says: ${awayBecause}`);
    }
    if (status !== 201) throw this.#refusal(status);
    this.#location = sessionPath(location);
    try {
      return session.answer(body, () => this.#clockAheadMs ?? 0);
    } catch (error) {
      if (!(error instanceof StationError)) throw error;
      throw new OtherStationFault('bad_output', error.message);
    }
  }

  #ask(question: Question): Promise<DoorAnswer> {
    return this.#door.ask({ ...question, signal: this.#leaving.signal });
  }

  #refusal(status: number): OtherStationFault {
    const { url, token } = this.#source;
    return refusal(status, { url, hasToken: token !== undefined });
  }

  /** The clocks of two machines drift apart, and one of them may be set. */
  async #lookAtClock(): Promise<void> {
    try {
      await this.#askState();
    } catch (error) {
      // Pictures come all the same, and whether they do decides.
      this.#parts.log.debug({ err: error }, 'the clock of another station was not learned');
    }
  }

  #lost(reason: PublisherEnd): void {
    this.#end(() => faultOfEnd(reason, this.#source.url));
  }

  #fail(error: unknown): void {
    this.#end(() => {
      const fault = faultOf(error, this.#source.url);
      this.#parts.log.debug({ err: error, reason: fault.reason }, 'another station could not be watched');
      return fault;
    });
  }

  #end(fault: () => SourceFault): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#clockTimer);
    clearTimeout(this.#connectTimer);
    this.#notices.ended(fault());
  }

  async #close(): Promise<void> {
    this.#end(() => ({ reason: 'ended', detail: 'The station has ended this Capture.' }));
    this.#leaving.abort();
    await this.#opening;
    // Its goodbye over DTLS tells the other station first; where there is no path yet, only the request does.
    await this.#session?.close();
    await this.#sayGoodbye();
    this.#door.close();
  }

  async #sayGoodbye(): Promise<void> {
    if (this.#location === null) return;
    try {
      await this.#door.ask({ method: 'DELETE', path: this.#location, timeoutMs: goodbyeMs });
    } catch (error) {
      this.#parts.log.debug({ err: error }, 'another station was not told of the end of a session');
    }
  }
}

/** Only a path of that very station is of use: elsewhere nobody is to get the token. */
function sessionPath(location: string | null): string | null {
  return location !== null && /^\/whep\/sessions\/[\w%.~-]{1,256}$/.test(location) ? location : null;
}

/** Media stay on this machine where the other station is at one of its loopback addresses. */
function reachOf({ url }: StationSource): 'loopback' | 'network' {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname) ? 'loopback' : 'network';
}
