import * as v from 'valibot';
import type { IceCandidate, StationApi } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import { offerAnswerSchema, successSchema } from './answers/station.ts';
import { bodyHandler, handler, ok, optionsHandler, type Handler, type Reader } from './handler.ts';
import { objectMessage, readJson } from './json-body.ts';
import { answerOptions } from './origin.ts';
import { problemOf, sendProblem } from './problem.ts';
import { candidateSchema } from './viewers.ts';
import { openSession, textOf } from './whep.ts';

const offerSchema = v.object(
  {
    sdp: v.string('"sdp" must be a text'),
    type: v.literal('offer', '"type" must be "offer"'),
    stream: v.optional(v.string('"stream" must be the id of a stream')),
  },
  objectMessage,
);

const id = (name: string) => v.optional(v.nullable(v.string(`"${name}" must be a text`)));
const trickleSchema = v.object(
  {
    connection_id: id('connection_id'),
    peer_id: id('peer_id'),
    /** Null, or an empty one, is the end of the list. */
    candidate: v.nullable(candidateSchema),
  },
  objectMessage,
);

const badOffer = (what: string) => StationError.badOffer(what);
const badCandidate = (what: string) => StationError.badCandidate(what);

const readOffer: Reader = (schema, request) =>
  readJson(schema, textOf(request), badOffer, () => badOffer('the body is not JSON'));
const readTrickle: Reader = (schema, request) => readJson(schema, textOf(request), badCandidate);

/** The answer of `POST /offer`. `connection_id` steers the session at `/whep/sessions/{connection_id}`. */
export interface OfferAnswer {
  readonly sdp: string;
  readonly type: 'answer';
  readonly connection_id: string;
  /** The same, as robot camera servers call it. */
  readonly peer_id: string;
}

/**
 * The handlers of `/offer` and `/ice-candidate`: WebRTC as an exchange of JSON, for programs that speak no WHEP, such as those that
 * were made for the camera server of a robot.
 */
export function offerHandlers(station: StationApi) {
  return {
    open: sayingError(
      bodyHandler(
        {
          summary: 'Opens a session on a stream; offer and answer are JSON.',
          body: offerSchema,
          answers: ok(offerAnswerSchema),
        },
        readOffer,
        async ({ sdp, stream }, request): Promise<OfferAnswer> => {
          const { viewerId, answerSdp } = await openSession(station, request, stream, sdp);
          return { sdp: answerSdp, type: 'answer', connection_id: viewerId, peer_id: viewerId };
        },
      ),
    ),

    addCandidate: sayingError(
      bodyHandler(
        { summary: 'Takes one candidate of a client of /offer.', body: trickleSchema, answers: ok(successSchema) },
        readTrickle,
        async ({ connection_id, peer_id, candidate }): Promise<{ readonly success: true }> => {
          const viewerId = connection_id ?? peer_id ?? '';
          if (viewerId === '') throw badCandidate('"connection_id" is missing');
          await station.addIceCandidate(viewerId, candidate ?? endOfCandidates);
          return { success: true };
        },
      ),
    ),

    options: optionsHandler((_request, reply) => {
      void answerOptions(reply, 'POST, OPTIONS').header('accept-post', 'application/json').send();
    }),
  };
}

const endOfCandidates: IceCandidate = { candidate: '' };

/** Refuses as robot camera servers do: with `error` beside what every refusal has, and 400 where nobody has that id. */
function sayingError(inner: Handler): Handler {
  return handler(inner.about, async (request, reply) => {
    try {
      return await inner(request, reply);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      const refusal = problem.code === 'unknown_viewer' ? problem.as(400) : problem;
      sendProblem(reply, refusal, { error: refusal.message });
      return reply;
    }
  });
}
