import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { StationApi } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import { answerOptions } from './origin.ts';
import { openSession, textOf } from './whep.ts';

const offerSchema = v.object(
  {
    sdp: v.string('"sdp" must be a text'),
    type: v.literal('offer', '"type" must be "offer"'),
    stream: v.optional(v.string('"stream" must be the id of a stream')),
  },
  ({ expected, received }) => (received === 'undefined' ? `${expected} is missing` : 'it must be a JSON object'),
);

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
      const { sdp, stream } = parseOffer(textOf(request));
      const session = await openSession(station, request, stream, sdp);
      return { sdp: session.answerSdp, type: 'answer', connection_id: session.viewerId };
    },

    options: (_request: FastifyRequest, reply: FastifyReply): void => {
      void answerOptions(reply, 'POST, OPTIONS').header('accept-post', 'application/json').send();
    },
  };
}

function parseOffer(text: string): v.InferOutput<typeof offerSchema> {
  const { success, output, issues } = v.safeParse(offerSchema, parseJson(text));
  if (!success) throw StationError.badOffer(issues[0].message);
  return output;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message repeats the input, so the client gets ours.
    throw StationError.badOffer('the body is not JSON');
  }
}
