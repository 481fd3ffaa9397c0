import type { IceCandidate, StationApi } from '../../shared/api.ts';
import { eventText, maxListeners, openEventStream } from './event-stream.ts';
import { handler, media, type Handler } from './handler.ts';
import { Places } from './places.ts';
import { parameter } from './whep.ts';

const about = {
  summary: 'Tells the station’s candidates of a session as events.',
  answers: media('text/event-stream'),
};

/**
 * The handler of the URL that tells the station's candidates of one session as server-sent events. They are few and small, so
 * that a client which does not read them costs nothing worth counting.
 */
export function candidatesHandler(station: StationApi): Handler {
  const places = new Places(maxListeners);

  return handler(about, (request, reply): void => {
    // The station tells the known ones at once, and refuses an unknown session before anything is sent.
    const known: (IceCandidate | null)[] = [];
    let tell = (candidate: IceCandidate | null): unknown => known.push(candidate);
    const unsubscribe = station.onCandidate(parameter(request, 'viewerId'), (candidate) => tell(candidate));
    const response = openEventStream(request, reply, places, unsubscribe);
    if (!response) return;
    tell = (candidate) =>
      candidate === null ? response.end(eventText('end')) : response.write(eventText('candidate', candidate));
    // Where none is known yet, the client shall know all the same that it is heard.
    response.flushHeaders();
    for (const candidate of known) tell(candidate);
  });
}
