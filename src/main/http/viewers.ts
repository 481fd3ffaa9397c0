import * as v from 'valibot';
import type { StationApi, ViewerOffer } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import { iceServersSchema } from '../../shared/ice-server.ts';
import { viewerOfferSchema } from './answers/station.ts';
import { bodyHandler, created, handler, noContent, optionsHandler, type Reader } from './handler.ts';
import { objectMessage, readJson } from './json-body.ts';
import { knownIceServers } from './known-ice-servers.ts';
import { answerOptions } from './origin.ts';
import { endIfGone, parameter, textOf } from './whep.ts';

const wishSchema = v.object({ iceServers: v.optional(iceServersSchema) }, objectMessage);

// How long they may be is bounded by the body; what they hold is the station's to judge.
const answerSchema = v.object(
  { type: v.string('"type" must be a text'), sdp: v.string('"sdp" must be a text') },
  objectMessage,
);
/** A candidate as browsers serialise it. */
export const candidateSchema = v.object(
  {
    candidate: v.string('"candidate" must be a text'),
    sdpMid: v.optional(v.nullable(v.string('"sdpMid" must be a text')), null),
    sdpMLineIndex: v.optional(v.nullable(v.number('"sdpMLineIndex" must be a number')), null),
  },
  objectMessage,
);

/** The handlers of the URLs where the station offers and the client answers. */
export function viewerHandlers(station: StationApi) {
  return {
    offer: bodyHandler(
      {
        summary: 'Opens a session in which the station offers.',
        body: wishSchema,
        isBodyOptional: true,
        answers: created(viewerOfferSchema),
      },
      readWish,
      async (wish, request, reply): Promise<ViewerOffer> => {
        const iceServers = wish.iceServers && knownIceServers(wish.iceServers, station.webrtcConfig().iceServers);
        const offer = await station.offerViewer(parameter(request, 'streamId'), iceServers);
        await endIfGone(station, request, offer.viewerId);
        reply.code(201).header('location', `/api/viewers/${encodeURIComponent(offer.viewerId)}`);
        return offer;
      },
    ),

    answer: bodyHandler(
      { summary: 'Takes the answer to a session that the station offered.', body: answerSchema, answers: noContent },
      readAnswer,
      async (answer, request, reply): Promise<string> => {
        await station.answerViewer(parameter(request, 'viewerId'), answer);
        reply.code(204);
        return '';
      },
    ),

    addCandidate: bodyHandler(
      { summary: 'Takes one candidate of the client.', body: candidateSchema, answers: noContent },
      readCandidate,
      async (candidate, request, reply): Promise<string> => {
        await station.addIceCandidate(parameter(request, 'viewerId'), candidate);
        reply.code(204);
        return '';
      },
    ),

    remove: handler({ summary: 'Ends a session.', answers: noContent }, async (request, reply): Promise<string> => {
      await station.leave(parameter(request, 'viewerId'));
      reply.code(204);
      return '';
    }),

    options: (allow: string) => optionsHandler((_request, reply) => void answerOptions(reply, allow).send()),
  };
}

const readWish: Reader = (schema, request) => readJson(schema, textOf(request) || '{}', badIceServer);
const readAnswer: Reader = (schema, request) =>
  readJson(schema, textOf(request), (what) => StationError.badAnswer(what));
const readCandidate: Reader = (schema, request) =>
  readJson(schema, textOf(request), (what) => StationError.badCandidate(what));

/** Whatever is wrong with a list is said of the list, since its parts are the affair of whoever made it. */
function badIceServer(what: string, { path }: v.BaseIssue<unknown>): StationError {
  return StationError.badIceServer(path ? '"iceServers" must be a list as RTCPeerConnection takes it' : what);
}
