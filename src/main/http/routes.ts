import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StationApi } from '../../shared/api.ts';
import type { StateEvents } from './events.ts';
import { offerHandlers } from './offer.ts';
import { statusOf } from './status.ts';
import { sdpFragmentType, sdpType, whepHandlers } from './whep.ts';

/** One method of one URL. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly url: string;
  /** The only media type that the body may have. */
  readonly accepts?: string;
  /** False where GET has no answer of its own that HEAD could stand for. */
  readonly hasHead?: boolean;
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

/**
 * Every URL of the door, apart from the files of the page (`/` and what the builder made, see assets.ts). HEAD comes with
 * GET; any other method of these URLs is answered 405.
 */
export function routesOf(station: StationApi, events: StateEvents): readonly Route[] {
  const whep = whepHandlers(station);
  const offer = offerHandlers(station);
  return [
    { method: 'GET', url: '/healthz', handler: () => 'ok' },
    { method: 'GET', url: '/status', handler: () => statusOf(station.state()) },
    { method: 'GET', url: '/webrtc/config', handler: () => station.webrtcConfig() },

    { method: 'GET', url: '/api/state', handler: () => station.state() },
    { method: 'GET', url: '/api/events', hasHead: false, handler: events.open },
    { method: 'GET', url: '/api/cameras', handler: () => station.cameras() },

    { method: 'POST', url: '/whep/:streamId', accepts: sdpType, handler: whep.open },
    { method: 'OPTIONS', url: '/whep/:streamId', handler: whep.endpointOptions },
    { method: 'PATCH', url: '/whep/sessions/:viewerId', accepts: sdpFragmentType, handler: whep.patch },
    { method: 'DELETE', url: '/whep/sessions/:viewerId', handler: whep.remove },
    { method: 'OPTIONS', url: '/whep/sessions/:viewerId', handler: whep.sessionOptions },

    { method: 'POST', url: '/offer', accepts: 'application/json', handler: offer.open },
    { method: 'OPTIONS', url: '/offer', handler: offer.options },
  ];
}
