import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { StationError } from '../../../shared/errors.ts';
import { handler, type About, type Handler } from '../handler.ts';
import { problemOf } from '../problem.ts';
import { textOf } from '../whep.ts';

/**
 * Answers a call of ImSwitch, which is given what it needs in the query or as a JSON object in the body; the query wins. It refuses
 * as ImSwitch does: with status 200, and words in the body. What the door refuses before it knows what is asked (name, page, right,
 * type, size) keeps HTTP's own status, and so does a mistake of ours.
 */
export function callHandler<TQuery extends v.GenericSchema<object>, TBody extends v.GenericSchema<object>>(
  about: About & { readonly query: TQuery; readonly body: TBody },
  handle: (
    given: v.InferOutput<TQuery> & v.InferOutput<TBody>,
    request: FastifyRequest,
    reply: FastifyReply,
  ) => unknown,
): Handler {
  return handler(about, async (request, reply) => {
    try {
      const query = read(about.query, queryOf(request));
      const body = read(about.body, bodyOf(request));
      return await handle({ ...body, ...query }, request, reply);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      return { status: 'error', message: problem.message };
    }
  });
}

/** @throws StationError `bad_arguments` in the words of the schema. */
export function read<TSchema extends v.GenericSchema>(schema: TSchema, value: unknown): v.InferOutput<TSchema> {
  const { success, output, issues } = v.safeParse(schema, value);
  if (!success) throw new StationError('bad_arguments', `${issues[0].message}.`);
  return output;
}

/** @param what What the text is, at the beginning of a sentence. */
export function objectIn(text: string, what: string): object {
  const value = parse(text);
  if (typeof value === 'object' && !Array.isArray(value)) return value ?? {};
  throw new StationError('bad_arguments', `${what} must be a JSON object.`);
}

/** Empty values count as none. */
function queryOf({ query }: FastifyRequest): object {
  return Object.fromEntries(Object.entries(query as object).filter(([, value]) => value !== ''));
}

/** Nothing and `null` stand for an empty object, because ImSwitch's own client sends them. */
function bodyOf(request: FastifyRequest): object {
  return objectIn(textOf(request) || '{}', 'The body');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message repeats the input; undefined is refused in our words.
    return undefined;
  }
}
