import type { FastifyReply, FastifyRequest } from 'fastify';
import type * as v from 'valibot';

/** What an address answers with where it does not refuse: JSON, something of another media type, either, or nothing. */
export interface Answer {
  readonly json?: v.GenericSchema;
  readonly mediaType?: string;
}

/** What is told of a handler. The documents are made of it, so that what they say is what is read. */
export interface About {
  /** One sentence. */
  readonly summary: string;
  /** What the JSON body must be: the very schema that it is read with. */
  readonly body?: v.GenericSchema;
  /** True where there may be no body at all. */
  readonly isBodyOptional?: boolean;
  /** What the query may hold: the very schema that it is read with. */
  readonly query?: v.GenericSchema<object>;
  /** By status; refusals are the same everywhere. */
  readonly answers: Readonly<Record<number, Answer>>;
}

type Handle = (this: void, request: FastifyRequest, reply: FastifyReply) => unknown;

/** Answers one method of one URL. */
export interface Handler extends Handle {
  readonly about: About;
}

/** Takes a part of a request by a schema, or refuses it in the words of its address. */
export type Reader = <TSchema extends v.GenericSchema>(
  schema: TSchema,
  request: FastifyRequest,
) => v.InferOutput<TSchema>;

/** Answers requests that say all in their address, or a body that is no JSON. */
export function handler(about: About, handle: Handle): Handler {
  return Object.assign((request: FastifyRequest, reply: FastifyReply) => handle(request, reply), { about });
}

/** Answers requests with a JSON body. */
export function bodyHandler<TSchema extends v.GenericSchema>(
  about: About & { readonly body: TSchema },
  read: Reader,
  handle: (body: v.InferOutput<TSchema>, request: FastifyRequest, reply: FastifyReply) => unknown,
): Handler {
  return handler(about, (request, reply) => handle(read(about.body, request), request, reply));
}

/** Answers requests that say more in their query. */
export function queryHandler<TSchema extends v.GenericSchema<object>>(
  about: About & { readonly query: TSchema },
  read: Reader,
  handle: (query: v.InferOutput<TSchema>, request: FastifyRequest, reply: FastifyReply) => unknown,
): Handler {
  return handler(about, (request, reply) => handle(read(about.query, request), request, reply));
}

/** Answers OPTIONS, for programs that ask first and for browsers that have to. */
export function optionsHandler(handle: Handle): Handler {
  return handler({ summary: 'Says which methods and media types the address takes.', answers: noContent }, handle);
}

/** JSON under status 200. */
export function ok(json: v.GenericSchema): About['answers'] {
  return { 200: { json } };
}

/** JSON of something that was not there before. */
export function created(json: v.GenericSchema): About['answers'] {
  return { 201: { json } };
}

/** Something else than JSON under status 200. */
export function media(mediaType: string): About['answers'] {
  return { 200: { mediaType } };
}

/** Done, and nothing to say. */
export const noContent: About['answers'] = { 204: {} };
