import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { passwordBounds, type Me } from '../../shared/access.ts';
import { StationError } from '../../shared/errors.ts';
import { rightsOf, type Access, type AccessToken, type SignedIn } from '../access/rights.ts';
import { callerOf, remoteAddress } from './access.ts';
import { Problem } from './problem.ts';
import { textOf } from './whep.ts';

const secret = v.pipe(v.string(), v.nonEmpty(), v.maxLength(256));
const keySchema = v.pipe(v.string(), v.parseJson(), v.strictObject({ key: secret }));
const refreshSchema = v.pipe(v.string(), v.parseJson(), v.strictObject({ refreshToken: secret }));
const signInSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictObject({
    name: v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)),
    password: v.pipe(v.string(), v.nonEmpty(), v.maxLength(passwordBounds.max)),
  }),
);

/** The handlers of the URLs where somebody comes in, finds out as whom, and goes. */
export function signInHandlers(access: Access) {
  return {
    guest: async (request: FastifyRequest): Promise<AccessToken> => {
      const { key } = read(keySchema, request);
      return orWait(await access.exchangeKey(key, remoteAddress(request)));
    },

    signIn: async (request: FastifyRequest): Promise<SignedIn> => {
      const { name, password } = read(signInSchema, request);
      const signedIn = await access.signIn(name, password, remoteAddress(request));
      if (signedIn === null) throw Problem.signInRefused();
      return orWait(signedIn);
    },

    refresh: (request: FastifyRequest): Promise<AccessToken> =>
      access.refresh(read(refreshSchema, request).refreshToken),

    signOut: (request: FastifyRequest, reply: FastifyReply): string => {
      access.signOut(read(refreshSchema, request).refreshToken);
      reply.code(204);
      return '';
    },

    me: (request: FastifyRequest): Me => {
      const caller = callerOf(request);
      const standing = caller?.standing();
      if (!caller || !standing) throw StationError.signInNeeded();
      const { role, streams } = standing;
      return { kind: caller.kind, name: caller.name, role, rights: rightsOf(standing), streams };
    },
  };
}

/** What is wrong is not told: whoever sends this has made it from a form with the same bounds. */
function read<TSchema extends v.GenericSchema>(schema: TSchema, request: FastifyRequest): v.InferOutput<TSchema> {
  const { success, output } = v.safeParse(schema, textOf(request));
  if (!success) throw Problem.badRequest();
  return output;
}

function orWait<T extends object>(result: T | { readonly waitMs: number }): T {
  if ('waitMs' in result) throw Problem.tooManyTries(result.waitMs);
  return result;
}
