import type { FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Call, CallConnection, CallsApi, CallsDesk } from '../../shared/calls.ts';
import { StationError } from '../../shared/errors.ts';
import { callerOf } from './access.ts';
import { activeCallsSchema, callConnectionSchema, callSchema } from './answers/calls.ts';
import type { CallsOf } from './call-party.ts';
import { bodyHandler, created, handler, ok, queryHandler, type Reader } from './handler.ts';
import { objectMessage, readJson } from './json-body.ts';
import { Problem } from './problem.ts';
import { parameter, textOf } from './whep.ts';

const calleeMessage = '"callee" must be the id of somebody to call';
const calleeSchema = v.object(
  { callee: v.pipe(v.string(calleeMessage), v.nonEmpty(calleeMessage), v.maxLength(128, calleeMessage)) },
  objectMessage,
);
const endSchema = v.object({ why: v.optional(v.picklist(['hung_up', 'lost'], 'why must be hung_up or lost')) });

/** The handlers of the URLs where calls begin and end. What they answer is in the words of other systems' calls. */
export function callHandlers(desk: CallsDesk, callsOf: CallsOf) {
  const own = (request: FastifyRequest): CallsApi => {
    const calls = callsOf(callerOf(request));
    if (!calls) throw StationError.notAllowed();
    return calls;
  };
  return {
    initiate: bodyHandler(
      { summary: 'Calls somebody who is there.', body: calleeSchema, answers: created(callSchema) },
      readBody,
      ({ callee }, request, reply) => {
        reply.code(201);
        return callDocument(own(request).initiate(callee));
      },
    ),

    accept: handler({ summary: 'Answers a call that rings.', answers: ok(callSchema) }, (request) =>
      callDocument(own(request).accept(parameter(request, 'callId'))),
    ),

    decline: handler({ summary: 'Declines a call that rings.', answers: ok(callSchema) }, (request) =>
      callDocument(own(request).decline(parameter(request, 'callId'))),
    ),

    end: queryHandler(
      { summary: 'Hangs up, or cancels a call that rings.', query: endSchema, answers: ok(callSchema) },
      readQuery,
      ({ why }, request) => callDocument(own(request).end(parameter(request, 'callId'), why)),
    ),

    active: handler(
      { summary: 'Tells the own call, and who can be called.', answers: ok(activeCallsSchema) },
      (request) => {
        const { me, people, call } = own(request).calls();
        return { me, people, call: call && call.kind !== 'ended' ? callDocument(call) : null };
      },
    ),

    connectionState: handler(
      { summary: 'Tells how a call is connected, to those in it.', answers: ok(callConnectionSchema) },
      (request) => connectionDocument(own(request).connection(parameter(request, 'callId'))),
    ),

    activeConnections: handler(
      { summary: 'Tells how all ongoing calls are connected.', answers: ok(v.array(callConnectionSchema)) },
      () => desk.connections().map(connectionDocument),
    ),

    /** Of whoever asks for a socket's address as for a page. */
    noSocket: handler({ summary: 'Opens the signaling of a call, as a WebSocket only.', answers: { 101: {} } }, () => {
      const headers = { upgrade: 'websocket', connection: 'Upgrade' };
      throw new Problem(426, 'upgrade_refused', 'This address takes WebSockets only.', headers);
    }),
  };
}

const readBody: Reader = (schema, request) =>
  readJson(schema, textOf(request), (what) => StationError.badArguments(what));

const readQuery: Reader = (schema, request) => {
  const { success, output, issues } = v.safeParse(schema, request.query);
  if (!success) throw Problem.badQuery(issues[0].message);
  return output;
};

function callDocument(call: Call): v.InferOutput<typeof callSchema> {
  const { callId, kind, caller, callee, createdAtMs } = call;
  return {
    call_id: callId,
    status: kind,
    caller,
    callee,
    created_at: timeText(createdAtMs),
    ...(call.kind === 'pending' && { rings_until: timeText(call.ringsUntilMs) }),
    ...(call.kind === 'ongoing' && { accepted_at: timeText(call.acceptedAtMs) }),
    ...(call.kind === 'ended' && { ended_at: timeText(call.endedAtMs), why: call.why, ended_by: call.by }),
  };
}

function connectionDocument(connection: CallConnection): v.InferOutput<typeof callConnectionSchema> {
  return {
    call_id: connection.callId,
    connection_state: connection.connectionState,
    ice_candidates_count: connection.iceCandidatesCount,
    created_at: timeText(connection.createdAtMs),
    updated_at: timeText(connection.updatedAtMs),
  };
}

/** In UTC, as RFC 3339 writes it. */
function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
