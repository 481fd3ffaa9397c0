import type { StationApi } from '../../../shared/api.ts';
import type { Mjpeg } from '../mjpeg.ts';
import { changed, defaultParameters, wishOf, type ParameterChange, type Parameters, type Protocol } from './names.ts';

/** A view that was started and has no viewer counts as running for so long. */
const expectedForMs = 10_000;
const maxClients = 64;

/** A session that a client opened. */
interface Session {
  readonly viewerId: string;
  /** From the client's offer; its candidates carry it too (RFC 8839 §5.4). */
  readonly iceUfrag: string;
}

/** One detector in one protocol, as one client sees it. */
class LiveView {
  readonly streamId: string;
  readonly protocol: Protocol;
  readonly answers = new Set<Mjpeg>();
  sessions: readonly Session[] = [];
  startedMs = performance.now();

  constructor(streamId: string, protocol: Protocol) {
    this.streamId = streamId;
    this.protocol = protocol;
  }
}

/**
 * What one client of ImSwitch has started and set. In ImSwitch that is one for all; here each client has its own, so that none can
 * stop or starve the view of another one. Nothing runs because of it: a Source runs while somebody watches.
 */
export class LiveViews {
  readonly #station: StationApi;
  #views: readonly LiveView[] = [];
  readonly #parameters = new Map<Protocol, Parameters>();

  constructor(station: StationApi) {
    this.#station = station;
  }

  /** Those that run: somebody watches, or was about to a moment ago. */
  running(): readonly LiveView[] {
    const ids = new Set(this.#station.state().viewers.map(({ id }) => id));
    const earliestMs = performance.now() - expectedForMs;
    this.#views = this.#views.filter((view) => {
      // A state names sessions by the beginning of their ids.
      view.sessions = view.sessions.filter(({ viewerId }) => ids.has(viewerId.slice(0, 8)));
      return view.sessions.length > 0 || view.answers.size > 0 || view.startedMs > earliestMs;
    });
    return this.#views;
  }

  /** @returns False where it ran already. */
  start(streamId: string, protocol: Protocol): boolean {
    if (this.#find(streamId, protocol)) return false;
    this.#views = [...this.#views, new LiveView(streamId, protocol)];
    return true;
  }

  /** Ends what this client watches of a Stream. @returns What was stopped, or null where nothing ran. */
  async stop(streamId: string): Promise<Protocol | null> {
    const stopped = this.running().filter((view) => view.streamId === streamId);
    this.#views = this.#views.filter((view) => !stopped.includes(view));
    for (const { answers } of stopped) for (const answer of answers) answer.end();
    const leaving = stopped.flatMap(({ sessions }) => sessions.map(({ viewerId }) => this.#station.leave(viewerId)));
    // One that has gone by itself meanwhile is refused, and is no failure.
    await Promise.allSettled(leaving);
    return stopped[0]?.protocol ?? null;
  }

  /** A session was opened; its view runs from now on, if it did not before. */
  opened(streamId: string, session: Session): void {
    const view = this.#take(streamId, 'webrtc');
    view.sessions = [...view.sessions, session];
  }

  /** Pictures are being sent, until `answered`. */
  answering(streamId: string, answer: Mjpeg): void {
    this.#take(streamId, 'mjpeg').answers.add(answer);
  }

  answered(answer: Mjpeg): void {
    for (const { answers } of this.#views) answers.delete(answer);
  }

  /** The session that a candidate belongs to, or undefined where that can't be told. @param iceUfrag Undefined where it doesn't say. */
  sessionOf(streamId: string, iceUfrag: string | undefined): string | undefined {
    const sessions = this.running()
      .filter((view) => view.streamId === streamId)
      .flatMap((view) => view.sessions);
    if (iceUfrag === undefined) return sessions.length === 1 ? sessions[0]?.viewerId : undefined;
    return sessions.find((session) => session.iceUfrag === iceUfrag)?.viewerId;
  }

  parameters(protocol: Protocol): Parameters {
    return this.#parameters.get(protocol) ?? defaultParameters;
  }

  /** Takes effect at once for what is being watched. */
  set(protocol: Protocol, changes: ParameterChange): void {
    const parameters = changed(this.parameters(protocol), changes);
    this.#parameters.set(protocol, parameters);
    for (const view of this.#views) {
      if (view.protocol === protocol) for (const answer of view.answers) answer.change(wishOf(parameters));
    }
  }

  #find(streamId: string, protocol: Protocol): LiveView | undefined {
    return this.running().find((view) => view.streamId === streamId && view.protocol === protocol);
  }

  #take(streamId: string, protocol: Protocol): LiveView {
    this.start(streamId, protocol);
    const view = this.#find(streamId, protocol);
    if (!view) throw new Error('A live view that was just started does not run.');
    return view;
  }
}

/**
 * The live views of each client, by its address and, where that is known, by who it is, because ImSwitch's protocol has nothing else to
 * tell clients by.
 */
export function liveViewsOfClients(station: StationApi): (client: string) => LiveViews {
  const clients = new Map<string, LiveViews>();
  return (client) => {
    const views = clients.get(client) ?? new LiveViews(station);
    // Used last stands last, so that the first is the one to be forgotten.
    clients.delete(client);
    clients.set(client, views);
    for (const oldest of clients.keys()) if (clients.size > maxClients) clients.delete(oldest);
    return views;
  };
}
