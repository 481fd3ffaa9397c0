import type { IceCandidate, StationApi } from '../../../shared/api.ts';
import { StationError } from '../../../shared/errors.ts';
import { answeredSchema, doneSchema, told } from '../answers/live-view.ts';
import { sendMjpeg } from '../mjpeg.ts';
import { openSession } from '../whep.ts';
import { detectorIn, runningDetectorIn, type ViewsOf } from './calls.ts';
import { callHandler, objectIn, read } from './dialect.ts';
import {
  aCandidate,
  aCandidateText,
  aStream,
  anOffer,
  candidateObject,
  nothing,
  type CandidateObject,
} from './given.ts';
import { wishOf } from './names.ts';

/** The calls that bring the pictures. */
export function mediaCalls(station: StationApi, viewsOf: ViewsOf) {
  return {
    mjpeg_stream: callHandler(
      {
        summary: 'Sends the pictures of a detector as JPEGs without end, or with startStream=false ends that.',
        query: aStream,
        body: nothing,
        answers: { 200: { ...told(doneSchema)[200], mediaType: 'multipart/x-mixed-replace' } },
      },
      async (given, request, reply): Promise<unknown> => {
        const views = viewsOf(request);
        if (!given.startStream) {
          const running = runningDetectorIn(given, station, views);
          if (running !== undefined) await views.stop(running);
          return { status: 'success', message: 'stream stopped' };
        }
        const { id: streamId } = detectorIn(given, station);
        const wanted = { streamId, wish: wishOf(views.parameters('mjpeg')) };
        const answer = await sendMjpeg(station, request, reply, wanted);
        // The client may have gone since its first picture.
        if (!reply.raw.destroyed) {
          views.answering(streamId, answer);
          reply.raw.once('close', () => views.answered(answer));
        }
        return reply;
      },
    ),

    webrtc_offer: callHandler(
      { summary: 'Opens a session on a detector.', query: anOffer, body: anOffer, answers: told(answeredSchema) },
      async (given, request) => {
        const { sdp } = given;
        if (typeof sdp !== 'string') throw StationError.badOffer('"sdp" is missing');
        if ((given.sdp_type ?? given.type) !== 'offer') throw StationError.badOffer('"sdp_type" must be "offer"');
        const { id: streamId } = detectorIn(given, station);
        const { viewerId, answerSdp } = await openSession(station, request, streamId, sdp);
        viewsOf(request).opened(streamId, { viewerId, iceUfrag: /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? '' });
        return { status: 'success', sdp: answerSdp, type: 'answer' };
      },
    ),

    /** ImSwitch itself takes candidates and does nothing with them; here they are used. */
    webrtc_ice_candidate: callHandler(
      {
        summary: 'Takes one candidate of a session of this client.',
        query: aCandidateText,
        body: aCandidate,
        answers: told(doneSchema),
      },
      async (given, request) => {
        const { id: streamId } = detectorIn(given, station);
        const { candidate, iceUfrag } = candidateIn(partsOf(given));
        const viewerId = viewsOf(request).sessionOf(streamId, iceUfrag);
        if (viewerId === undefined) throw StationError.unknownViewer();
        await station.addIceCandidate(viewerId, candidate);
        return { status: 'success', message: 'ICE candidate received' };
      },
    ),
  };
}

/** The candidate as an object, as its JSON text (in a query), or as its bare line. */
function partsOf(
  given: Omit<CandidateObject, 'candidate'> & { readonly candidate?: string | CandidateObject | null | undefined },
): CandidateObject {
  const { candidate } = given;
  if (typeof candidate === 'object' && candidate !== null) return candidate;
  if (candidate?.trimStart().startsWith('{')) return read(candidateObject, objectIn(candidate, '"candidate"'));
  return { ...given, candidate };
}

function candidateIn({ candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment }: CandidateObject) {
  if (typeof candidate !== 'string') throw StationError.badCandidate('"candidate" is missing');
  const sent: IceCandidate = { candidate, sdpMid, sdpMLineIndex };
  return { candidate: sent, iceUfrag: usernameFragment ?? / ufrag (\S+)/.exec(candidate)?.[1] };
}
