import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StationApi } from '../../shared/api.ts';
import type { Access, NeededRight } from '../access/rights.ts';
import { signInHandler } from './access.ts';
import { candidatesHandler } from './candidates.ts';
import type { StateEvents } from './events.ts';
import { metricsHandler } from './metrics.ts';
import { offerHandlers } from './offer.ts';
import { statusOf } from './status.ts';
import { viewerHandlers } from './viewers.ts';
import { parameter, sdpFragmentType, sdpType, whepHandlers } from './whep.ts';

/** One method of one URL. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly url: string;
  /** What a caller must be allowed to do, at a door that asks. Whoever knows the id of a session may steer and end it. */
  readonly right: NeededRight;
  /** The only media type that the body may have. */
  readonly accepts?: string;
  /** False where GET has no answer of its own that HEAD could stand for. */
  readonly hasHead?: boolean;
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

/**
 * Every URL of a door, apart from the files of the page (`/` and what the builder made, see assets.ts). HEAD comes with
 * GET; any other method of these URLs is answered 405.
 */
export function routesOf(station: StationApi, events: StateEvents, access: Access | null): readonly Route[] {
  const whep = whepHandlers(station);
  const offer = offerHandlers(station);
  const logOf = (request: FastifyRequest) => station.streamLog(parameter(request, 'streamId'));
  return [
    { method: 'GET', url: '/healthz', right: 'public', handler: () => 'ok' },
    { method: 'GET', url: '/status', right: 'watch', handler: () => statusOf(station.state()) },
    { method: 'GET', url: '/metrics', right: 'set_up', handler: metricsHandler(station) },
    { method: 'GET', url: '/webrtc/config', right: 'watch', handler: () => station.webrtcConfig() },

    { method: 'GET', url: '/api/state', right: 'watch', handler: () => station.state() },
    { method: 'GET', url: '/api/events', right: 'watch', hasHead: false, handler: events.open },
    { method: 'GET', url: '/api/streams/:streamId/log', right: 'watch', handler: logOf },
    { method: 'GET', url: '/api/cameras', right: 'set_up', handler: () => station.cameras() },

    { method: 'POST', url: '/whep/:streamId', right: 'watch', accepts: sdpType, handler: whep.open },
    { method: 'OPTIONS', url: '/whep/:streamId', right: 'watch', handler: whep.endpointOptions },
    { method: 'PATCH', url: '/whep/sessions/:viewerId', right: 'watch', accepts: sdpFragmentType, handler: whep.patch },
    { method: 'DELETE', url: '/whep/sessions/:viewerId', right: 'watch', handler: whep.remove },
    { method: 'OPTIONS', url: '/whep/sessions/:viewerId', right: 'watch', handler: whep.sessionOptions },

    { method: 'POST', url: '/offer', right: 'watch', accepts: 'application/json', handler: offer.open },
    { method: 'OPTIONS', url: '/offer', right: 'watch', handler: offer.options },

    ...offeredSessionRoutes(station),

    ...(access ? [signInRoute(access)] : []),
  ];
}

/** Sessions in which the station offers. */
function offeredSessionRoutes(station: StationApi): readonly Route[] {
  const viewers = viewerHandlers(station);
  const accepts = 'application/json';
  const right = 'watch';
  const session = '/api/viewers/:viewerId';
  return [
    { method: 'POST', url: '/api/streams/:streamId/viewers', right, accepts, handler: viewers.offer },
    { method: 'OPTIONS', url: '/api/streams/:streamId/viewers', right, handler: viewers.options('POST, OPTIONS') },
    { method: 'PUT', url: `${session}/answer`, right, accepts, handler: viewers.answer },
    { method: 'OPTIONS', url: `${session}/answer`, right, handler: viewers.options('PUT, OPTIONS') },
    { method: 'POST', url: `${session}/candidates`, right, accepts, handler: viewers.addCandidate },
    { method: 'GET', url: `${session}/candidates`, right, hasHead: false, handler: candidatesHandler(station) },
    { method: 'OPTIONS', url: `${session}/candidates`, right, handler: viewers.options('POST, GET, OPTIONS') },
    { method: 'DELETE', url: session, right, handler: viewers.remove },
    { method: 'OPTIONS', url: session, right, handler: viewers.options('DELETE, OPTIONS') },
  ];
}

function signInRoute(access: Access): Route {
  return {
    method: 'POST',
    url: '/api/access/guest',
    right: 'public',
    accepts: 'application/json',
    handler: signInHandler(access),
  };
}
