import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import {
  newMachineTokenSchema,
  newUserSchema,
  userChangeSchema,
  type AccessAdmin,
  type TimeSpan,
} from '../../shared/access.ts';
import { checked, describeRefusal } from '../../shared/checked.ts';
import { StationError } from '../../shared/errors.ts';
import { maySee } from '../access/rights.ts';
import { callerOf } from './access.ts';
import { addedMachineTokenSchema, machineTokenSchema, userSchema, visitSchema } from './answers/access.ts';
import { attendanceCsv } from './attendance-csv.ts';
import { bodyHandler, created, handler, media, noContent, ok, queryHandler, type Reader } from './handler.ts';
import { Problem } from './problem.ts';
import { parameter, textOf } from './whep.ts';

const timeMessage = 'must be milliseconds of Unix time';
const time = v.optional(v.pipe(v.string(timeMessage), v.regex(/^\d{1,15}$/, timeMessage), v.transform(Number)));
export const spanSchema = v.strictObject({ fromMs: time, untilMs: time }, 'it takes fromMs and untilMs only');

/** The handlers of the URLs where it is decided who may come in over the network, and seen who did. */
export function administrationHandlers(admin: AccessAdmin) {
  return {
    ...userHandlers(admin),
    ...machineTokenHandlers(admin),
    ...attendanceHandlers(admin),
  };
}

function userHandlers(admin: AccessAdmin) {
  return {
    users: handler({ summary: 'Lists the users.', answers: ok(v.array(userSchema)) }, () => admin.users()),

    addUser: bodyHandler(
      { summary: 'Adds a user.', body: newUserSchema, answers: created(userSchema) },
      read,
      (user, _request, reply) => {
        reply.code(201);
        return admin.addUser(user);
      },
    ),

    changeUser: bodyHandler(
      { summary: 'Changes a user; what is left out stays.', body: userChangeSchema, answers: ok(userSchema) },
      read,
      async (change, request) => (await admin.changeUser(idOf(request), change)) ?? notFound(),
    ),

    removeUser: handler({ summary: 'Removes a user.', answers: noContent }, (request, reply) =>
      done(reply, admin.removeUser(idOf(request))),
    ),
  };
}

function machineTokenHandlers(admin: AccessAdmin) {
  return {
    machineTokens: handler(
      { summary: 'Lists the machine tokens, but for the tokens themselves.', answers: ok(v.array(machineTokenSchema)) },
      () => admin.machineTokens(),
    ),

    addMachineToken: bodyHandler(
      {
        summary: 'Makes a machine token, which is told this once.',
        body: newMachineTokenSchema,
        answers: created(addedMachineTokenSchema),
      },
      read,
      (token, _request, reply) => {
        reply.code(201);
        return admin.addMachineToken(token);
      },
    ),

    removeMachineToken: handler({ summary: 'Removes a machine token.', answers: noContent }, (request, reply) =>
      done(reply, admin.removeMachineToken(idOf(request))),
    ),
  };
}

function attendanceHandlers(admin: AccessAdmin) {
  return {
    present: handler(
      { summary: 'Lists who watches over the network now.', answers: ok(v.array(visitSchema)) },
      (request) => {
        const standing = callerOf(request)?.standing();
        if (!standing) throw StationError.signInNeeded();
        return admin.present().filter(({ streamId }) => maySee(standing, streamId));
      },
    ),

    dismiss: handler(
      { summary: 'Sends somebody away who watches over the network.', answers: noContent },
      async (request, reply) => done(reply, await admin.dismiss(idOf(request))),
    ),

    attendance: queryHandler(
      { summary: 'Lists who watched over the network.', query: spanSchema, answers: ok(v.array(visitSchema)) },
      readSpan,
      (span) => admin.attendance(inFull(span)),
    ),

    attendanceFile: queryHandler(
      { summary: 'The same as a table for spreadsheets.', query: spanSchema, answers: media('text/csv') },
      readSpan,
      (span, _request, reply) => {
        reply.header('content-type', 'text/csv; charset=utf-8; header=present');
        reply.header('content-disposition', 'attachment; filename="attendance.csv"');
        return attendanceCsv(admin.attendance(inFull(span)));
      },
    ),
  };
}

export const read: Reader = (schema, request) => {
  const body = v.safeParse(v.pipe(v.string(), v.parseJson()), textOf(request));
  if (!body.success) throw Problem.notJson();
  return checked(schema, body.output);
};

/** Ids are small numbers; nothing else is one. */
export function idOf(request: FastifyRequest): number {
  const text = parameter(request, 'id');
  return /^\d{1,15}$/.test(text) ? Number(text) : notFound();
}

export const readSpan: Reader = (schema, request) => {
  const { success, output, issues } = v.safeParse(schema, request.query);
  if (!success) throw Problem.badQuery(describeRefusal(issues[0]));
  return output;
};

export function inFull({ fromMs, untilMs }: v.InferOutput<typeof spanSchema>): TimeSpan {
  return { fromMs: fromMs ?? null, untilMs: untilMs ?? null };
}

export function done(reply: FastifyReply, wasThere: boolean): string {
  if (!wasThere) return notFound();
  reply.code(204);
  return '';
}

export function notFound(): never {
  throw Problem.notFound();
}
