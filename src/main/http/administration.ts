import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { newMachineTokenSchema, newUserSchema, userChangeSchema, type AccessAdmin } from '../../shared/access.ts';
import { StationError } from '../../shared/errors.ts';
import { maySee } from '../access/rights.ts';
import { callerOf } from './access.ts';
import { attendanceCsv } from './attendance-csv.ts';
import { Problem } from './problem.ts';
import { parameter, textOf } from './whep.ts';

const timeMessage = 'must be milliseconds of Unix time';
const time = v.optional(v.pipe(v.string(timeMessage), v.regex(/^\d{1,15}$/, timeMessage), v.transform(Number)));
const spanSchema = v.strictObject({ fromMs: time, untilMs: time }, 'it takes fromMs and untilMs only');

/** The handlers of the URLs where it is decided who may come in over the network, and seen who did. */
export function administrationHandlers(admin: AccessAdmin) {
  return {
    users: () => admin.users(),

    addUser: (request: FastifyRequest, reply: FastifyReply) => {
      reply.code(201);
      return admin.addUser(read(newUserSchema, request));
    },

    changeUser: async (request: FastifyRequest) =>
      (await admin.changeUser(idOf(request), read(userChangeSchema, request))) ?? notFound(),

    removeUser: (request: FastifyRequest, reply: FastifyReply) => done(reply, admin.removeUser(idOf(request))),

    machineTokens: () => admin.machineTokens(),

    addMachineToken: (request: FastifyRequest, reply: FastifyReply) => {
      reply.code(201);
      return admin.addMachineToken(read(newMachineTokenSchema, request));
    },

    removeMachineToken: (request: FastifyRequest, reply: FastifyReply) =>
      done(reply, admin.removeMachineToken(idOf(request))),

    present: (request: FastifyRequest) => {
      const standing = callerOf(request)?.standing();
      if (!standing) throw StationError.signInNeeded();
      return admin.present().filter(({ streamId }) => maySee(standing, streamId));
    },

    dismiss: async (request: FastifyRequest, reply: FastifyReply) => done(reply, await admin.dismiss(idOf(request))),

    attendance: (request: FastifyRequest) => admin.attendance(spanOf(request)),

    attendanceFile: (request: FastifyRequest, reply: FastifyReply) => {
      reply.header('content-type', 'text/csv; charset=utf-8; header=present');
      reply.header('content-disposition', 'attachment; filename="attendance.csv"');
      return attendanceCsv(admin.attendance(spanOf(request)));
    },
  };
}

function read<TSchema extends v.GenericSchema>(schema: TSchema, request: FastifyRequest): v.InferOutput<TSchema> {
  const { success, output, issues } = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), textOf(request));
  if (success) return output;
  if (issues[0].type === 'parse_json') throw Problem.notJson();
  throw StationError.badSetting(`That is refused: ${describe(issues[0])}.`);
}

/** Names a key only where the schema knows it, so that nothing of the request comes back. */
function describe(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object') return issue.message;
  return `"${v.getDotPath(issue)?.split('.', 1)[0] ?? ''}" ${issue.message}`;
}

/** Ids are small numbers; nothing else is one. */
function idOf(request: FastifyRequest): number {
  const text = parameter(request, 'id');
  return /^\d{1,15}$/.test(text) ? Number(text) : notFound();
}

function spanOf(request: FastifyRequest): { fromMs: number | null; untilMs: number | null } {
  const { success, output, issues } = v.safeParse(spanSchema, request.query);
  if (!success) throw Problem.badQuery(describe(issues[0]));
  return { fromMs: output.fromMs ?? null, untilMs: output.untilMs ?? null };
}

function done(reply: FastifyReply, wasThere: boolean): string {
  if (!wasThere) return notFound();
  reply.code(204);
  return '';
}

function notFound(): never {
  throw Problem.notFound();
}
