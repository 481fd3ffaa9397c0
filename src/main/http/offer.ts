import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { StationApi } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import { objectMessage, readJson } from './json-body.ts';
import { answerOptions } from './origin.ts';
import { openSession, textOf } from './whep.ts';

const offerSchema = v.object(
  {
    sdp: v.string('"sdp" must be a text'),
    type: v.literal('offer', '"type" must be "offer"'),
    stream: v.optional(v.string('"stream" must be the id of a stream')),
  },
  objectMessage,
);

const badOffer = (what: string) => StationError.badOffer(what);

/** The answer of `POST /offer`. `connection_id` steers the session at `/whep/sessions/{connection_id}`. */
export interface OfferAnswer {
  readonly sdp: string;
  readonly type: 'answer';
  readonly connection_id: string;
}

/** The handlers of `/offer`: an offer and its answer as one JSON exchange, for programs that speak no WHEP. */
export function offerHandlers(station: StationApi) {
  return {
    open: async (request: FastifyRequest): Promise<OfferAnswer> => {
      const { sdp, stream } = readJson(offerSchema, textOf(request), badOffer, () => badOffer('the body is not JSON'));
      const session = await openSession(station, request, stream, sdp);
      return { sdp: session.answerSdp, type: 'answer', connection_id: session.viewerId };
    },

    options: (_request: FastifyRequest, reply: FastifyReply): void => {
      void answerOptions(reply, 'POST, OPTIONS').header('accept-post', 'application/json').send();
    },
  };
}
