import type { FastifyRequest } from 'fastify';
import type { StationApi } from '../../../shared/api.ts';
import { StationError } from '../../../shared/errors.ts';
import { argumentsOf, bodyOf, objectOf, textArgument, type Given } from './dialect.ts';
import type { LiveViews } from './live-views.ts';
import { detectorNamed, listed, protocols, type Parameters, type Protocol } from './names.ts';

/** Finds what the caller has started and set. */
export type ViewsOf = (request: FastifyRequest) => LiveViews;

/** The calls that start and stop a live view. */
export function runningCalls(station: StationApi, viewsOf: ViewsOf) {
  return {
    /** Only says that somebody is about to watch: a Source runs while somebody does, and not longer. */
    startLiveView(this: void, request: FastifyRequest): object {
      const given = argumentsOf(request);
      const { id: detector, status } = detectorIn(given, station);
      const protocol = protocolIn(given) ?? 'webrtc';
      const views = viewsOf(request);
      views.set(protocol, { ...bodyOf(request), ...objectOf(given['params']) });
      if (status.kind === 'offline') throw StationError.sourceOffline(status.nextTryAtMs - Date.now());
      if (!views.start(detector, protocol)) {
        return { status: 'already_running', detector, protocol, message: 'This live view is running already.' };
      }
      return { status: 'success', detector, protocol, params: listed(protocol, views.parameters(protocol)) };
    },

    async stopLiveView(this: void, request: FastifyRequest): Promise<object> {
      const detector = runningDetectorIn(argumentsOf(request), station, viewsOf(request));
      const protocol = detector === undefined ? null : await viewsOf(request).stop(detector);
      if (protocol === null) return { status: 'not_running', detector, message: 'No live view is running.' };
      return { status: 'success', detector, protocol };
    },
  };
}

/** The calls that tell what runs. */
export function statusCalls(station: StationApi, viewsOf: ViewsOf) {
  return {
    getLiveViewActive: (request: FastifyRequest): boolean => viewsOf(request).running().length > 0,

    getActiveStreams(this: void, request: FastifyRequest): object {
      const running = viewsOf(request).running();
      const streams = running.map(({ streamId, protocol }) => ({ detector: streamId, protocol }));
      return { status: 'success', active_streams: streams };
    },

    getStreamStatus(this: void, request: FastifyRequest): object {
      const { streams } = station.state();
      const views = viewsOf(request);
      const running = views.running();
      const statusOf = (id: string) => {
        const protocol = running.find(({ streamId }) => streamId === id)?.protocol;
        if (protocol === undefined) return { is_streaming: false, protocol: null, params: {} };
        return { is_streaming: true, protocol, params: listed(protocol, views.parameters(protocol)) };
      };
      return {
        status: 'success',
        total_detectors: streams.length,
        active_streams: running.length,
        detectors: Object.fromEntries(streams.map(({ id }) => [id, statusOf(id)])),
        available_protocols: protocols,
      };
    },
  };
}

/** The calls about the size and rate of pictures. */
export function parameterCalls(viewsOf: ViewsOf) {
  return {
    getStreamParameters(this: void, request: FastifyRequest): object {
      const views = viewsOf(request);
      const running = views.running();
      const about = (protocol: Protocol) => {
        const active = running.filter((view) => view.protocol === protocol).map(({ streamId }) => streamId);
        return { active_detectors: active, is_active: active.length > 0 };
      };
      const protocol = protocolIn(argumentsOf(request));
      if (protocol !== undefined) {
        return { ...successOf(protocol, views.parameters(protocol)), ...about(protocol) };
      }
      return {
        status: 'success',
        current_active_protocols: Object.fromEntries(running.map((view) => [view.streamId, view.protocol])),
        current_protocol: running[0]?.protocol ?? null,
        total_active_streams: running.length,
        protocols: Object.fromEntries(
          protocols.map((name) => [name, { ...listed(name, views.parameters(name)), ...about(name) }]),
        ),
      };
    },

    setStreamParameters(this: void, request: FastifyRequest): object {
      const protocol = protocolIn(argumentsOf(request));
      if (protocol === undefined) throw new StationError('bad_arguments', '"protocol" is missing.');
      const views = viewsOf(request);
      views.set(protocol, bodyOf(request));
      return { ...successOf(protocol, views.parameters(protocol)), message: 'The parameters are in use.' };
    },
  };
}

/** The detector that is named, else the first that this client watches. */
export function runningDetectorIn(given: Given, station: StationApi, views: LiveViews): string | undefined {
  const isNamed = textArgument(given, 'detectorName') !== undefined;
  return isNamed ? detectorIn(given, station).id : views.running()[0]?.streamId;
}

export function detectorIn(given: Given, station: StationApi): ReturnType<typeof detectorNamed> {
  return detectorNamed(station.state().streams, textArgument(given, 'detectorName'));
}

function protocolIn(given: Given): Protocol | undefined {
  const name = textArgument(given, 'protocol');
  const known = protocols.find((protocol) => protocol === name);
  if (name === undefined || known) return known;
  throw new StationError('bad_arguments', `"protocol" must be one of ${protocols.join(', ')}.`);
}

function successOf(protocol: Protocol, parameters: Parameters) {
  return { status: 'success', protocol, params: listed(protocol, parameters) };
}
