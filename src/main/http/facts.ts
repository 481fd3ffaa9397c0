import * as v from 'valibot';
import type { StationApi } from '../../shared/api.ts';
import type { Due } from '../../shared/directory.ts';
import { dueAnswerSchema } from './answers/directory.ts';
import { stationStateSchema } from './answers/state.ts';
import { cameraSchema, statusSchema, streamEventSchema, webrtcConfigSchema } from './answers/station.ts';
import { eventsQuerySchema, type StateEvents } from './events.ts';
import { handler, media, ok } from './handler.ts';
import { statusOf } from './status.ts';
import { parameter } from './whep.ts';

/** The handlers of the URLs that only tell what is so. */
export function factHandlers(station: StationApi, events: StateEvents, due: () => Due | null) {
  return {
    signOfLife: handler({ summary: 'Says “ok” while the station runs.', answers: media('text/plain') }, () => 'ok'),

    status: handler(
      { summary: 'Tells the state in short, for scripts and monitoring.', answers: ok(statusSchema) },
      ({ socket }) => statusOf(station.state(), socket.localPort),
    ),

    webrtcConfig: handler(
      { summary: 'Names the ICE servers that a player should use.', answers: ok(webrtcConfigSchema) },
      () => station.webrtcConfig(),
    ),

    state: handler({ summary: 'Tells the whole visible state.', answers: ok(stationStateSchema) }, () =>
      station.state(),
    ),

    events: handler(
      {
        summary: 'Tells the same on every change and each second, as events.',
        query: eventsQuerySchema,
        answers: media('text/event-stream'),
      },
      events.open,
    ),

    streamLog: handler(
      { summary: 'Lists the last events of a stream, oldest first.', answers: ok(v.array(streamEventSchema)) },
      (request) => station.streamLog(parameter(request, 'streamId')),
    ),

    due: handler(
      { summary: 'Tells who has booked the station now, or is the next to.', answers: ok(dueAnswerSchema) },
      () => ({ due: due() }),
    ),

    cameras: handler({ summary: 'Lists the capture devices of the machine.', answers: ok(v.array(cameraSchema)) }, () =>
      station.cameras(),
    ),
  };
}
