import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IceCandidate, StationApi } from '../../../shared/api.ts';
import { StationError } from '../../../shared/errors.ts';
import { sendMjpeg } from '../mjpeg.ts';
import { openSession } from '../whep.ts';
import { detectorIn, runningDetectorIn, type ViewsOf } from './calls.ts';
import { argumentsOf, flagArgument, objectIn, objectOf, textArgument, type Given } from './dialect.ts';
import { wishOf } from './names.ts';

/** The calls that bring the pictures. */
export function mediaCalls(station: StationApi, viewsOf: ViewsOf) {
  return {
    async mjpeg_stream(this: void, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
      const given = argumentsOf(request);
      const views = viewsOf(request);
      if (!flagArgument(given, 'startStream', true)) {
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

    async webrtc_offer(this: void, request: FastifyRequest): Promise<object> {
      const given = argumentsOf(request);
      const sdp = textArgument(given, 'sdp');
      if (sdp === undefined) throw StationError.badOffer('"sdp" is missing');
      if ((textArgument(given, 'sdp_type') ?? textArgument(given, 'type')) !== 'offer') {
        throw StationError.badOffer('"sdp_type" must be "offer"');
      }
      const { id: streamId } = detectorIn(given, station);
      const { viewerId, answerSdp } = await openSession(station, request, streamId, sdp);
      viewsOf(request).opened(streamId, { viewerId, iceUfrag: /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? '' });
      return { status: 'success', sdp: answerSdp, type: 'answer' };
    },

    /** ImSwitch itself takes candidates and does nothing with them; here they are used. */
    async webrtc_ice_candidate(this: void, request: FastifyRequest): Promise<object> {
      const given = argumentsOf(request);
      const { id: streamId } = detectorIn(given, station);
      const { candidate, iceUfrag } = candidateIn(given);
      const viewerId = viewsOf(request).sessionOf(streamId, iceUfrag);
      if (viewerId === undefined) throw StationError.unknownViewer();
      await station.addIceCandidate(viewerId, candidate);
      return { status: 'success', message: 'ICE candidate received' };
    },
  };
}

/** The candidate as an object, as its JSON text (in a query), or as its bare line. */
function candidateIn(given: Given): { readonly candidate: IceCandidate; readonly iceUfrag: string | undefined } {
  const { candidate: raw } = given;
  const parts = typeof raw === 'string' ? partsOf(raw, given) : objectOf(raw);
  const line = textArgument(parts, 'candidate');
  if (line === undefined) throw StationError.badCandidate('"candidate" is missing');
  const { sdpMLineIndex } = parts;
  return {
    candidate: {
      candidate: line,
      sdpMid: textArgument(parts, 'sdpMid') ?? null,
      sdpMLineIndex: typeof sdpMLineIndex === 'number' ? sdpMLineIndex : null,
    },
    iceUfrag: textArgument(parts, 'usernameFragment') ?? / ufrag (\S+)/.exec(line)?.[1],
  };
}

function partsOf(text: string, given: Given): Given {
  return text.trimStart().startsWith('{') ? objectIn(text, '"candidate"') : given;
}
