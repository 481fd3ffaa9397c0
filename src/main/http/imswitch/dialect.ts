import type { FastifyReply, FastifyRequest } from 'fastify';
import { StationError } from '../../../shared/errors.ts';
import { problemOf } from '../problem.ts';
import { textOf } from '../whep.ts';

/** What a call is given. */
export type Given = Readonly<Record<string, unknown>>;

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/**
 * Refuses as ImSwitch does: with status 200, and words in the body. What the door refuses before it knows what is asked (name, page,
 * right, type, size) keeps HTTP's own status, and so does a mistake of ours.
 */
export function refusingInWords(handler: Handler): Handler {
  return async (request, reply) => {
    try {
      return await handler(request, reply);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      return { status: 'error', message: problem.message };
    }
  };
}

/** What a call is given, in the query or as a JSON object in the body; the query wins. @throws StationError `bad_arguments`. */
export function argumentsOf(request: FastifyRequest): Given {
  const given = Object.entries(request.query as Record<string, unknown>).filter(([, value]) => value !== '');
  return { ...bodyOf(request), ...Object.fromEntries(given) };
}

/** The JSON object in the body. Nothing and `null` stand for an empty one, because ImSwitch's own client sends them. */
export function bodyOf(request: FastifyRequest): Given {
  const text = textOf(request);
  return text === '' ? {} : objectIn(text, 'The body');
}

/** @param what What the text is, at the beginning of a sentence. */
export function objectIn(text: string, what: string): Given {
  const value = parse(text);
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Given;
  throw new StationError('bad_arguments', `${what} must be a JSON object.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message repeats the input; undefined is refused in our words.
    return undefined;
  }
}

/** An object among arguments; an empty one for everything else. */
export function objectOf(value: unknown): Given {
  return typeof value === 'object' && value !== null ? (value as Given) : {};
}

/** A text among arguments; undefined where it is left out. */
export function textArgument(given: Given, name: string): string | undefined {
  const value = given[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new StationError('bad_arguments', `"${name}" must be a text.`);
}

/** A boolean among arguments, as FastAPI reads it from a query. */
export function flagArgument(given: Given, name: string, missing: boolean): boolean {
  const value = given[name] ?? missing;
  const text = typeof value === 'string' ? value.toLowerCase() : JSON.stringify(value);
  if (['true', '1', 'yes', 'on'].includes(text)) return true;
  if (['false', '0', 'no', 'off'].includes(text)) return false;
  throw new StationError('bad_arguments', `"${name}" must be true or false.`);
}
