import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import * as v from 'valibot';
import type { StationApi } from '../../shared/api.ts';
import type { StationState } from '../../shared/state.ts';
import { callerOf } from './access.ts';
import type { CallsOf } from './call-party.ts';
import { eventText, maxListeners, openEventStream } from './event-stream.ts';
import { Places } from './places.ts';

const maxBacklogBytes = 1024 * 1024;

/** Each event of a kind is whole, so that a newer one takes the place of an older one. */
type EventName = 'state' | 'calls';

/** `calls`, whatever its value, asks for one's own calls too, and says that here is a page that can ring. */
export const eventsQuerySchema = v.object({ calls: v.optional(v.string()) });

/** One client of `GET /api/events`. */
interface Listener {
  readonly response: ServerResponse;
  /** The newest of each kind that a client which is behind has not been sent; replaces the one before. */
  readonly waiting: Map<EventName, string>;
  /** What it was not sent since it last caught up. */
  backlogBytes: number;
}

/** The state as server-sent events. */
export interface StateEvents {
  readonly open: (request: FastifyRequest, reply: FastifyReply) => void;
  /** Ends all answers. Idempotent. @param farewell An event that tells why, where a client can make something of it. */
  readonly close: (farewell?: 'ended') => void;
}

/**
 * Sends each state of the station to every client that listens. A state is whole, so a client that reads too slowly
 * misses the ones between and is sent the newest when it has caught up; memory per client stays at about one state.
 * @param callsOf Whose calls are told to a client that asks for them, and who can be called meanwhile.
 */
export function openStateEvents(station: StationApi, log: Logger, callsOf: CallsOf = () => null): StateEvents {
  const listeners = new Set<Listener>();
  const places = new Places(maxListeners);
  const textOf = lastText();

  return {
    open(request, reply) {
      // Each listens by itself, since a station may show each caller another state.
      const state = station.state();
      let unsubscribe = (): void => undefined;
      const response = openEventStream(request, reply, places, () => unsubscribe());
      if (!response) return;
      const listener: Listener = { response, waiting: new Map(), backlogBytes: 0 };
      listeners.add(listener);
      const stopState = station.onState((next) => send(listener, 'state', textOf(next), log));
      response.on('drain', () => catchUp(listener));
      response.write(textOf(state));
      const stopCalls = asksForCalls(request)
        ? callsOf(callerOf(request))?.onCalls((calls) => send(listener, 'calls', eventText('calls', calls), log))
        : undefined;
      unsubscribe = () => {
        stopState();
        stopCalls?.();
        listeners.delete(listener);
      };
      log.debug({ listeners: listeners.size, remote: request.ip }, 'A listener to the state has come.');
    },
    close(farewell) {
      for (const { response } of listeners) response.end(farewell && eventText(farewell));
      listeners.clear();
    },
  };
}

function asksForCalls({ query }: FastifyRequest): boolean {
  const { success, output } = v.safeParse(eventsQuerySchema, query);
  return success && output.calls !== undefined;
}

/** As text, and only once for all who are shown the very same state. */
function lastText(): (state: StationState) => string {
  let last: { readonly state: StationState; readonly text: string } | null = null;
  return (state) => {
    if (last?.state !== state) last = { state, text: eventText('state', state) };
    return last.text;
  };
}

function send(listener: Listener, name: EventName, event: string, log: Logger): void {
  const { response } = listener;
  // It is ending, and has been told why.
  if (response.writableEnded) return;
  if (!response.writableNeedDrain) {
    response.write(event);
    return;
  }
  listener.waiting.set(name, event);
  listener.backlogBytes += Buffer.byteLength(event);
  if (listener.backlogBytes > maxBacklogBytes) {
    log.warn(
      { backlogBytes: listener.backlogBytes },
      'A listener to the state does not read; its connection is closed.',
    );
    response.destroy();
  }
}

function catchUp(listener: Listener): void {
  const events = [...listener.waiting.values()];
  listener.waiting.clear();
  listener.backlogBytes = 0;
  if (events.length > 0) listener.response.write(events.join(''));
}
