import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessAdmin } from '../../shared/access.ts';
import type { StationApi } from '../../shared/api.ts';
import type { Access, NeededRight } from '../access/rights.ts';
import { administrationHandlers } from './administration.ts';
import { candidatesHandler } from './candidates.ts';
import type { StateEvents } from './events.ts';
import { liveViewRoutes } from './imswitch/routes.ts';
import { metricsHandler } from './metrics.ts';
import { offerHandlers } from './offer.ts';
import { pictureHandlers } from './pictures.ts';
import { signInHandlers } from './sign-in.ts';
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
  /** False where a request may do without a body. */
  readonly needsBody?: boolean;
  /** False where GET has no answer of its own that HEAD could stand for. */
  readonly hasHead?: boolean;
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

/** What a door has that asks everybody who comes. */
export interface Guard {
  readonly access: Access;
  readonly admin: AccessAdmin;
}

/**
 * Every URL of a door, apart from the files of the page (`/` and what the builder made, see assets.ts) and of other systems' live
 * views (imswitch/routes.ts). HEAD comes with GET; any other method of these URLs is answered 405.
 */
export function routesOf(station: StationApi, events: StateEvents, guard: Guard | null): readonly Route[] {
  const whep = whepHandlers(station);
  const offer = offerHandlers(station);
  const pictures = pictureHandlers(station);
  const logOf = (request: FastifyRequest) => station.streamLog(parameter(request, 'streamId'));
  return [
    { method: 'GET', url: '/healthz', right: 'public', handler: () => 'ok' },
    {
      method: 'GET',
      url: '/status',
      right: 'watch',
      handler: ({ socket }) => statusOf(station.state(), socket.localPort),
    },
    { method: 'GET', url: '/metrics', right: 'set_up', handler: metricsHandler(station) },
    { method: 'GET', url: '/webrtc/config', right: 'watch', handler: () => station.webrtcConfig() },

    { method: 'GET', url: '/api/state', right: 'watch', handler: () => station.state() },
    { method: 'GET', url: '/api/events', right: 'watch', hasHead: false, handler: events.open },
    { method: 'GET', url: '/api/streams/:streamId/log', right: 'read_log', handler: logOf },
    { method: 'GET', url: '/api/cameras', right: 'set_up', handler: () => station.cameras() },

    { method: 'POST', url: '/whep/:streamId', right: 'watch', accepts: sdpType, handler: whep.open },
    { method: 'OPTIONS', url: '/whep/:streamId', right: 'watch', handler: whep.endpointOptions },
    { method: 'PATCH', url: '/whep/sessions/:viewerId', right: 'watch', accepts: sdpFragmentType, handler: whep.patch },
    { method: 'DELETE', url: '/whep/sessions/:viewerId', right: 'watch', handler: whep.remove },
    { method: 'OPTIONS', url: '/whep/sessions/:viewerId', right: 'watch', handler: whep.sessionOptions },

    { method: 'POST', url: '/offer', right: 'watch', accepts: 'application/json', handler: offer.open },
    { method: 'OPTIONS', url: '/offer', right: 'watch', handler: offer.options },
    { method: 'POST', url: '/ice-candidate', right: 'watch', accepts: 'application/json', handler: offer.addCandidate },
    { method: 'OPTIONS', url: '/ice-candidate', right: 'watch', handler: offer.options },

    ...offeredSessionRoutes(station),

    { method: 'GET', url: '/mjpeg/:streamId', right: 'watch', hasHead: false, handler: pictures.stream },
    { method: 'GET', url: '/frame/:streamId.jpg', right: 'watch', handler: pictures.single },

    ...liveViewRoutes(station),

    ...(guard ? [...signInRoutes(guard.access), ...administrationRoutes(guard.admin)] : []),
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

/** Where somebody comes in, finds out as whom, and goes. */
function signInRoutes(access: Access): readonly Route[] {
  const signIn = signInHandlers(access);
  const accepts = 'application/json';
  return [
    { method: 'POST', url: '/api/access/guest', right: 'public', accepts, handler: signIn.guest },
    { method: 'POST', url: '/api/sign-in', right: 'public', accepts, handler: signIn.signIn },
    { method: 'POST', url: '/api/sign-in/refresh', right: 'public', accepts, handler: signIn.refresh },
    { method: 'POST', url: '/api/sign-out', right: 'public', accepts, handler: signIn.signOut },
    { method: 'GET', url: '/api/me', right: 'watch', handler: signIn.me },
  ];
}

/** Who may come in over the network, who is there, and who was. */
function administrationRoutes(admin: AccessAdmin): readonly Route[] {
  const handlers = administrationHandlers(admin);
  const accepts = 'application/json';
  const right = 'manage_access';
  return [
    { method: 'GET', url: '/api/users', right, handler: handlers.users },
    { method: 'POST', url: '/api/users', right, accepts, handler: handlers.addUser },
    { method: 'PATCH', url: '/api/users/:id', right, accepts, handler: handlers.changeUser },
    { method: 'DELETE', url: '/api/users/:id', right, handler: handlers.removeUser },
    { method: 'GET', url: '/api/machine-tokens', right, handler: handlers.machineTokens },
    { method: 'POST', url: '/api/machine-tokens', right, accepts, handler: handlers.addMachineToken },
    { method: 'DELETE', url: '/api/machine-tokens/:id', right, handler: handlers.removeMachineToken },
    { method: 'GET', url: '/api/attendance', right, handler: handlers.attendance },
    { method: 'GET', url: '/api/attendance.csv', right, handler: handlers.attendanceFile },
    { method: 'GET', url: '/api/attendance/present', right: 'see_present', handler: handlers.present },
    { method: 'DELETE', url: '/api/attendance/present/:id', right, handler: handlers.dismiss },
  ];
}
