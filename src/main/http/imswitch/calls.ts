import type { FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { StationApi } from '../../../shared/api.ts';
import { StationError } from '../../../shared/errors.ts';
import {
  activeStreamsSchema,
  alreadyRunningSchema,
  notRunningSchema,
  parametersOfAllSchema,
  parametersOfOneSchema,
  parametersSetSchema,
  startedSchema,
  stoppedSchema,
  streamStatusSchema,
  told,
} from '../answers/live-view.ts';
import { callHandler } from './dialect.ts';
import { aDetector, aLiveView, aLiveViewWithParameters, aProtocol, aProtocolWithParameters, nothing } from './given.ts';
import type { LiveViews } from './live-views.ts';
import { detectorNamed, listed, protocols, type Parameters, type Protocol } from './names.ts';

/** Finds what the caller has started and set. */
export type ViewsOf = (request: FastifyRequest) => LiveViews;

/** What a call is given that may name a detector. */
interface Named {
  readonly detectorName?: string | null | undefined;
}

/** The calls that start and stop a live view. */
export function runningCalls(station: StationApi, viewsOf: ViewsOf) {
  return {
    /** Only says that somebody is about to watch: a Source runs while somebody does, and not longer. */
    startLiveView: callHandler(
      {
        summary: 'Starts a live view of a detector.',
        query: aLiveView,
        body: aLiveViewWithParameters,
        answers: told(startedSchema, alreadyRunningSchema),
      },
      (given, request) => {
        const { id: detector, status } = detectorIn(given, station);
        const protocol = given.protocol ?? 'webrtc';
        const views = viewsOf(request);
        views.set(protocol, { ...given, ...given.params });
        if (status.kind === 'offline') throw StationError.sourceOffline(status.nextTryAtMs - Date.now());
        if (!views.start(detector, protocol)) {
          return { status: 'already_running', detector, protocol, message: 'This live view is running already.' };
        }
        return { status: 'success', detector, protocol, params: listed(protocol, views.parameters(protocol)) };
      },
    ),

    stopLiveView: callHandler(
      {
        summary: 'Stops the live view of a detector.',
        query: aDetector,
        body: nothing,
        answers: told(stoppedSchema, notRunningSchema),
      },
      async (given, request) => {
        const detector = runningDetectorIn(given, station, viewsOf(request));
        const protocol = detector === undefined ? null : await viewsOf(request).stop(detector);
        if (protocol === null) return { status: 'not_running', detector, message: 'No live view is running.' };
        return { status: 'success', detector, protocol };
      },
    ),
  };
}

/** The calls that tell what runs. */
export function statusCalls(station: StationApi, viewsOf: ViewsOf) {
  return {
    getLiveViewActive: callHandler(
      {
        summary: 'Tells whether any live view of this client runs.',
        query: nothing,
        body: nothing,
        answers: told(v.boolean()),
      },
      (_given, request): boolean => viewsOf(request).running().length > 0,
    ),

    getActiveStreams: callHandler(
      {
        summary: 'Lists the live views of this client.',
        query: nothing,
        body: nothing,
        answers: told(activeStreamsSchema),
      },
      (_given, request) => {
        const running = viewsOf(request).running();
        const streams = running.map(({ streamId, protocol }) => ({ detector: streamId, protocol }));
        return { status: 'success', active_streams: streams };
      },
    ),

    getStreamStatus: callHandler(
      {
        summary: 'Tells of each detector whether this client views it, and how.',
        query: nothing,
        body: nothing,
        answers: told(streamStatusSchema),
      },
      (_given, request) => statusOfAll(station, viewsOf(request)),
    ),
  };
}

function statusOfAll(station: StationApi, views: LiveViews): object {
  const { streams } = station.state();
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
}

/** The calls about the size and rate of pictures. */
export function parameterCalls(viewsOf: ViewsOf) {
  return {
    getStreamParameters: callHandler(
      {
        summary: 'Tells the parameters of one protocol, or of all.',
        query: aProtocol,
        body: nothing,
        answers: told(parametersOfOneSchema, parametersOfAllSchema),
      },
      ({ protocol }, request) => parametersOf(protocol ?? null, viewsOf(request)),
    ),

    setStreamParameters: callHandler(
      {
        summary: 'Sets the size and rate of the pictures of a protocol.',
        query: aProtocol,
        body: aProtocolWithParameters,
        answers: told(parametersSetSchema),
      },
      ({ protocol, ...changes }, request) => {
        if (!protocol) throw new StationError('bad_arguments', '"protocol" is missing.');
        const views = viewsOf(request);
        views.set(protocol, changes);
        return { ...successOf(protocol, views.parameters(protocol)), message: 'The parameters are in use.' };
      },
    ),
  };
}

function parametersOf(protocol: Protocol | null, views: LiveViews): object {
  const running = views.running();
  const about = (protocol: Protocol) => {
    const active = running.filter((view) => view.protocol === protocol).map(({ streamId }) => streamId);
    return { active_detectors: active, is_active: active.length > 0 };
  };
  if (protocol) return { ...successOf(protocol, views.parameters(protocol)), ...about(protocol) };
  return {
    status: 'success',
    current_active_protocols: Object.fromEntries(running.map((view) => [view.streamId, view.protocol])),
    current_protocol: running[0]?.protocol ?? null,
    total_active_streams: running.length,
    protocols: Object.fromEntries(
      protocols.map((name) => [name, { ...listed(name, views.parameters(name)), ...about(name) }]),
    ),
  };
}

/** The detector that is named, else the first that this client watches. */
export function runningDetectorIn(given: Named, station: StationApi, views: LiveViews): string | undefined {
  return given.detectorName ? detectorIn(given, station).id : views.running()[0]?.streamId;
}

export function detectorIn({ detectorName }: Named, station: StationApi): ReturnType<typeof detectorNamed> {
  return detectorNamed(station.state().streams, detectorName ?? undefined);
}

function successOf(protocol: Protocol, parameters: Parameters) {
  return { status: 'success', protocol, params: listed(protocol, parameters) };
}
