import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { StationApi, ViewerOffer } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import { objectMessage, readJson } from './json-body.ts';
import { knownIceServers } from './known-ice-servers.ts';
import { answerOptions } from './origin.ts';
import { endIfGone, parameter, textOf } from './whep.ts';

const wishSchema = v.object({ iceServers: v.optional(v.unknown()) }, objectMessage);

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
    offer: async (request: FastifyRequest, reply: FastifyReply): Promise<ViewerOffer> => {
      const body = textOf(request);
      const wish = body === '' ? {} : readJson(wishSchema, body, (what) => StationError.badIceServer(what));
      const iceServers =
        wish.iceServers === undefined ? undefined : knownIceServers(wish.iceServers, station.webrtcConfig().iceServers);
      const offer = await station.offerViewer(parameter(request, 'streamId'), iceServers);
      await endIfGone(station, request, offer.viewerId);
      reply.code(201).header('location', `/api/viewers/${encodeURIComponent(offer.viewerId)}`);
      return offer;
    },

    answer: async (request: FastifyRequest, reply: FastifyReply): Promise<string> => {
      const answer = readJson(answerSchema, textOf(request), (what) => StationError.badAnswer(what));
      await station.answerViewer(parameter(request, 'viewerId'), answer);
      reply.code(204);
      return '';
    },

    addCandidate: async (request: FastifyRequest, reply: FastifyReply): Promise<string> => {
      const candidate = readJson(candidateSchema, textOf(request), (what) => StationError.badCandidate(what));
      await station.addIceCandidate(parameter(request, 'viewerId'), candidate);
      reply.code(204);
      return '';
    },

    remove: async (request: FastifyRequest, reply: FastifyReply): Promise<string> => {
      await station.leave(parameter(request, 'viewerId'));
      reply.code(204);
      return '';
    },

    options: (allow: string) => (_request: FastifyRequest, reply: FastifyReply) =>
      void answerOptions(reply, allow).send(),
  };
}
