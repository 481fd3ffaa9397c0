import type { IceCandidate, StationApi } from '../../shared/api.ts';
import { eventText, openEventStream } from './event-stream.ts';
import { handler, media, type Handler } from './handler.ts';
import { Problem } from './problem.ts';
import { parameter } from './whep.ts';

const maxListeners = 64;

const about = {
  summary: 'Tells the station’s candidates of a session as events.',
  answers: media('text/event-stream'),
};

/**
 * The handler of the URL that tells the station's candidates of one session as server-sent events. They are few and small, so
 * that a client which does not read them costs nothing worth counting.
 */
export function candidatesHandler(station: StationApi): Handler {
  let listeners = 0;

  return handler(about, (request, reply): void => {
    if (listeners >= maxListeners) throw Problem.busy(maxListeners);
    // The station tells the known ones at once, and refuses an unknown session before anything is sent.
    const known: (IceCandidate | null)[] = [];
    let tell = (candidate: IceCandidate | null): unknown => known.push(candidate);
    const unsubscribe = station.onCandidate(parameter(request, 'viewerId'), (candidate) => tell(candidate));
    const response = openEventStream(request, reply, () => {
      listeners -= 1;
      unsubscribe();
    });
    if (!response) {
      unsubscribe();
      return;
    }
    listeners += 1;
    tell = (candidate) =>
      candidate === null ? response.end(eventText('end')) : response.write(eventText('candidate', candidate));
    // Where none is known yet, the client shall know all the same that it is heard.
    response.flushHeaders();
    for (const candidate of known) tell(candidate);
  });
}
