import type { FastifyRequest } from 'fastify';
import type { StationApi } from '../../../shared/api.ts';
import { callerOf } from '../access.ts';
import { optionsHandler } from '../handler.ts';
import { answerOptions } from '../origin.ts';
import type { Route } from '../routes.ts';
import { parameterCalls, runningCalls, statusCalls } from './calls.ts';
import { liveViewsOfClients } from './live-views.ts';
import { mediaCalls } from './media-calls.ts';

/** Where ImSwitch's clients look: its newer versions have all their calls below a folder of their own. */
const folders = ['/LiveViewController', '/imswitch/api/LiveViewController'];

/** Every URL of ImSwitch's live view, for clients that were made for it. */
export function liveViewRoutes(station: StationApi): readonly Route[] {
  const viewsOfClient = liveViewsOfClients(station);
  const viewsOf = (request: FastifyRequest) => {
    // At a door that asks, two who come from one address (a shared machine, a proxy) are two.
    const { kind = '', name = '', directory } = callerOf(request) ?? {};
    return viewsOfClient(JSON.stringify([request.ip, kind, name, directory?.id]));
  };
  // By their names in ImSwitch, which are the last part of their addresses.
  const calls = {
    ...runningCalls(station, viewsOf),
    ...statusCalls(station, viewsOf),
    ...parameterCalls(viewsOf),
    ...mediaCalls(station, viewsOf),
  };
  const get = (call: keyof typeof calls) => ({ method: 'GET', call }) as const;
  /** What ImSwitch changes with a GET. */
  const getThatChanges = (call: keyof typeof calls) =>
    ({ method: 'GET', call, hasHead: false, changesByGet: true }) as const;
  const post = (call: keyof typeof calls, needsBody = true) =>
    ({ method: 'POST', call, accepts: 'application/json', needsBody }) as const;
  const all = [
    post('startLiveView', false),
    getThatChanges('stopLiveView'),
    get('getLiveViewActive'),
    get('getActiveStreams'),
    get('getStreamStatus'),
    get('getStreamParameters'),
    post('setStreamParameters'),
    getThatChanges('mjpeg_stream'),
    { ...post('webrtc_offer'), opensSession: true },
    // ImSwitch names GET, with which browsers send no body.
    getThatChanges('webrtc_ice_candidate'),
    post('webrtc_ice_candidate'),
  ];
  return folders.flatMap((folder) => [
    ...all.map(({ call, ...route }): Route => {
      return { ...route, url: `${folder}/${call}`, right: 'watch', handler: calls[call] };
    }),
    ...[...new Set(all.map(({ call }) => call))].map((call): Route => {
      const methods = all.filter((each) => each.call === call).map(({ method }) => method);
      const allow = [...methods, 'OPTIONS'].join(', ');
      const handler = optionsHandler((_request, reply) => void answerOptions(reply, allow).send());
      return { method: 'OPTIONS', url: `${folder}/${call}`, right: 'watch', handler };
    }),
  ]);
}
