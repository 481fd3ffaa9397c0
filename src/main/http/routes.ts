import type { AccessAdmin } from '../../shared/access.ts';
import type { StationApi } from '../../shared/api.ts';
import type { CallsDesk } from '../../shared/calls.ts';
import type { DirectoryDesk, Due } from '../../shared/directory.ts';
import type { RemoteSettingsApi } from '../../shared/settings.ts';
import type { Access, NeededRight } from '../access/rights.ts';
import { administrationHandlers } from './administration.ts';
import { callsThrough } from './call-party.ts';
import { callHandlers } from './calls.ts';
import { candidatesHandler } from './candidates.ts';
import { directoryHandlers } from './directory.ts';
import type { StateEvents } from './events.ts';
import { docsHandler } from './docs/handler.ts';
import { factHandlers } from './facts.ts';
import type { Handler } from './handler.ts';
import { liveViewRoutes } from './imswitch/routes.ts';
import { metricsHandler } from './metrics.ts';
import { offerHandlers } from './offer.ts';
import { pictureHandlers } from './pictures.ts';
import { settingsHandlers } from './settings.ts';
import { meHandler, signInHandlers } from './sign-in.ts';
import { viewerHandlers } from './viewers.ts';
import { sdpFragmentType, sdpType, whepHandlers } from './whep.ts';
import { whipHandlers } from './whip.ts';

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
  /** True where it may open a session, which costs the station so much that each machine gets so many a second only. */
  readonly opensSession?: boolean;
  /** True for a GET that changes something, so that no link on another page may lead there. */
  readonly changesByGet?: boolean;
  /** False where GET has no answer of its own that HEAD could stand for. */
  readonly hasHead?: boolean;
  readonly handler: Handler;
}

/** What a door has that asks everybody who comes. */
export interface Guard {
  readonly access: Access;
  readonly admin: AccessAdmin;
  readonly settings: RemoteSettingsApi;
  /** Where the station is the lab's directory. */
  readonly directory?: DirectoryDesk;
}

/**
 * Every URL of a door, apart from the files of the page (`/` and what the builder made, see assets.ts) and of other systems' live
 * views (imswitch/routes.ts). HEAD comes with GET; any other method of these URLs is answered 405.
 */
export function routesOf(
  station: StationApi,
  events: StateEvents,
  guard: Guard | null,
  calls: CallsDesk | null = null,
  due: () => Due | null = () => null,
): readonly Route[] {
  const facts = factHandlers(station, events, due);
  const whep = whepHandlers(station);
  const offer = offerHandlers(station);
  const pictures = pictureHandlers(station);
  const jsonType = 'application/json';
  const opensSession = true;
  const routes: readonly Route[] = [
    { method: 'GET', url: '/api/docs', right: 'watch', handler: docsHandler(() => routes, station, guard !== null) },
    { method: 'GET', url: '/healthz', right: 'public', handler: facts.signOfLife },
    { method: 'GET', url: '/status', right: 'watch', handler: facts.status },
    { method: 'GET', url: '/metrics', right: 'set_up', handler: metricsHandler(station) },
    { method: 'GET', url: '/webrtc/config', right: 'watch', handler: facts.webrtcConfig },

    { method: 'GET', url: '/api/me', right: 'watch', handler: meHandler(guard !== null) },
    { method: 'GET', url: '/api/state', right: 'watch', handler: facts.state },
    { method: 'GET', url: '/api/events', right: 'watch', hasHead: false, handler: facts.events },
    { method: 'GET', url: '/api/streams/:streamId/log', right: 'read_log', handler: facts.streamLog },
    { method: 'GET', url: '/api/cameras', right: 'set_up', handler: facts.cameras },
    { method: 'GET', url: '/api/due', right: 'see_present', handler: facts.due },

    { method: 'POST', url: '/whep/:streamId', right: 'watch', accepts: sdpType, opensSession, handler: whep.open },
    { method: 'OPTIONS', url: '/whep/:streamId', right: 'watch', handler: whep.endpointOptions },
    { method: 'PATCH', url: '/whep/sessions/:viewerId', right: 'watch', accepts: sdpFragmentType, handler: whep.patch },
    { method: 'DELETE', url: '/whep/sessions/:viewerId', right: 'watch', handler: whep.remove },
    { method: 'OPTIONS', url: '/whep/sessions/:viewerId', right: 'watch', handler: whep.sessionOptions },

    ...publishingRoutes(station),

    { method: 'POST', url: '/offer', right: 'watch', accepts: jsonType, opensSession, handler: offer.open },
    { method: 'OPTIONS', url: '/offer', right: 'watch', handler: offer.options },
    { method: 'POST', url: '/ice-candidate', right: 'watch', accepts: jsonType, handler: offer.addCandidate },
    { method: 'OPTIONS', url: '/ice-candidate', right: 'watch', handler: offer.options },

    ...offeredSessionRoutes(station),

    { method: 'GET', url: '/mjpeg/:streamId', right: 'watch', hasHead: false, handler: pictures.stream },
    { method: 'GET', url: '/frame/:streamId.jpg', right: 'watch', handler: pictures.single },

    ...liveViewRoutes(station),

    ...(calls ? callRoutes(calls, guard !== null) : []),

    ...(guard
      ? [...signInRoutes(guard.access), ...administrationRoutes(guard.admin), ...settingsRoutes(guard.settings)]
      : []),
    ...(guard?.directory ? directoryRoutes(guard.directory) : []),
  ];
  return routes;
}

/** Sessions whose pictures come in. */
function publishingRoutes(station: StationApi): readonly Route[] {
  const whip = whipHandlers(station);
  const right = 'publish';
  const session = '/whip/sessions/:viewerId';
  return [
    { method: 'POST', url: '/whip/:streamId', right, accepts: sdpType, opensSession: true, handler: whip.open },
    { method: 'OPTIONS', url: '/whip/:streamId', right, handler: whip.endpointOptions },
    { method: 'PATCH', url: session, right, accepts: sdpFragmentType, handler: whip.patch },
    { method: 'DELETE', url: session, right, handler: whip.remove },
    { method: 'OPTIONS', url: session, right, handler: whip.sessionOptions },
  ];
}

/** Sessions in which the station offers. */
function offeredSessionRoutes(station: StationApi): readonly Route[] {
  const viewers = viewerHandlers(station);
  const accepts = 'application/json';
  const right = 'watch';
  const session = '/api/viewers/:viewerId';
  return [
    {
      method: 'POST',
      url: '/api/streams/:streamId/viewers',
      right,
      accepts,
      opensSession: true,
      handler: viewers.offer,
    },
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

/** Conversations between two people. What opens a socket is in upgrades.ts. */
function callRoutes(calls: CallsDesk, asks: boolean): readonly Route[] {
  const handlers = callHandlers(calls, callsThrough(calls, asks));
  const accepts = 'application/json';
  const right = 'call';
  return [
    { method: 'POST', url: '/calls/initiate', right, accepts, handler: handlers.initiate },
    { method: 'POST', url: '/calls/accept/:callId', right, handler: handlers.accept },
    { method: 'POST', url: '/calls/decline/:callId', right, handler: handlers.decline },
    { method: 'POST', url: '/calls/end/:callId', right, handler: handlers.end },
    { method: 'GET', url: '/calls/active', right, handler: handlers.active },
    { method: 'GET', url: '/ws/webrtc/:callId', right, hasHead: false, handler: handlers.noSocket },
    { method: 'GET', url: '/ws/webrtc/connection-state/:callId', right, handler: handlers.connectionState },
    {
      method: 'GET',
      url: '/ws/webrtc/active-connections',
      right: 'manage_access',
      handler: handlers.activeConnections,
    },
  ];
}

/** Where somebody comes in and goes. */
function signInRoutes(access: Access): readonly Route[] {
  const signIn = signInHandlers(access);
  const accepts = 'application/json';
  return [
    { method: 'POST', url: '/api/access/guest', right: 'public', accepts, handler: signIn.guest },
    { method: 'POST', url: '/api/sign-in', right: 'public', accepts, handler: signIn.signIn },
    { method: 'POST', url: '/api/sign-in/refresh', right: 'public', accepts, handler: signIn.refresh },
    { method: 'POST', url: '/api/sign-out', right: 'public', accepts, handler: signIn.signOut },
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

/** What the station shows. On its own machine that is changed at the kiosk, or in its file. */
function settingsRoutes(settings: RemoteSettingsApi): readonly Route[] {
  const handlers = settingsHandlers(settings);
  const accepts = 'application/json';
  const right = 'change_settings';
  const stream = '/api/settings/streams/:streamId';
  return [
    { method: 'GET', url: '/api/settings', right, handler: handlers.settings },
    { method: 'PATCH', url: '/api/settings', right, accepts, handler: handlers.renameStation },
    { method: 'POST', url: '/api/settings/streams', right, accepts, handler: handlers.addStream },
    { method: 'PATCH', url: stream, right, accepts, handler: handlers.changeStream },
    { method: 'PUT', url: `${stream}/place`, right, accepts, handler: handlers.moveStream },
    { method: 'DELETE', url: stream, right, handler: handlers.removeStream },
  ];
}

/** Which stations the lab has, who may connect to them, and when. */
function directoryRoutes(desk: DirectoryDesk): readonly Route[] {
  const handlers = directoryHandlers(desk);
  const accepts = 'application/json';
  const [use, manage] = ['use_directory', 'manage_directory'] as const;
  return [
    { method: 'GET', url: '/api/directory', right: use, handler: handlers.info },
    { method: 'GET', url: '/api/directory/key', right: 'public', handler: handlers.key },
    { method: 'POST', url: '/webrtc/offer', right: use, accepts, opensSession: true, handler: handlers.connect },
    { method: 'GET', url: '/webrtc/answer', right: use, handler: handlers.noAnswer },
    { method: 'POST', url: '/webrtc/ice-candidate', right: use, handler: handlers.noCandidate },

    { method: 'GET', url: '/api/stations', right: use, handler: handlers.stations },
    { method: 'POST', url: '/api/stations', right: manage, accepts, handler: handlers.addStation },
    { method: 'GET', url: '/api/stations/found', right: manage, hasHead: false, handler: handlers.found },
    { method: 'PATCH', url: '/api/stations/:id', right: manage, accepts, handler: handlers.changeStation },
    { method: 'DELETE', url: '/api/stations/:id', right: manage, handler: handlers.removeStation },
    { method: 'GET', url: '/api/stations/:id/next', right: 'see_present', handler: handlers.agenda },

    { method: 'GET', url: '/api/bookings', right: use, handler: handlers.bookings },
    { method: 'GET', url: '/api/bookings.ics', right: use, handler: handlers.calendar },
    { method: 'POST', url: '/api/bookings', right: use, accepts, handler: handlers.book },
    { method: 'PATCH', url: '/api/bookings/:id', right: use, accepts, handler: handlers.changeBooking },
    { method: 'DELETE', url: '/api/bookings/:id', right: use, handler: handlers.cancelBooking },
  ];
}
