import type { StationApi } from '../../shared/api.ts';
import { endIfGone, parameter, sessionHandlers, textOf } from './whep.ts';

/** The handlers of the WHIP URLs (RFC 9725): as those of WHEP, but that the pictures come in. */
export function whipHandlers(station: StationApi) {
  return sessionHandlers(station, 'whip', 'Opens a session that publishes to a stream (WHIP).', async (request) => {
    const session = await station.publish(parameter(request, 'streamId'), textOf(request));
    await endIfGone(station, request, session.publisherId);
    return { ...session, id: session.publisherId };
  });
}
