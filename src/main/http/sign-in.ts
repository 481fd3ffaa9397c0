import * as v from 'valibot';
import { passwordBounds, type Me } from '../../shared/access.ts';
import { StationError } from '../../shared/errors.ts';
import { rightsOf, type Access, type AccessToken, type GuestIn, type SignedIn } from '../access/rights.ts';
import { callerOf, remoteAddress } from './access.ts';
import { accessTokenSchema, guestInSchema, meSchema, signedInSchema } from './answers/access.ts';
import { bodyHandler, handler, noContent, ok, type Handler, type Reader } from './handler.ts';
import { readJson } from './json-body.ts';
import { Problem } from './problem.ts';
import { textOf } from './whep.ts';

const secret = v.pipe(v.string(), v.nonEmpty(), v.maxLength(256));
const keySchema = v.strictObject({ key: secret });
const refreshSchema = v.strictObject({ refreshToken: secret });
const signInSchema = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)),
  password: v.pipe(v.string(), v.nonEmpty(), v.maxLength(passwordBounds.max)),
});

/** The handlers of the URLs where somebody comes in and goes. */
export function signInHandlers(access: Access) {
  return {
    guest: bodyHandler(
      {
        summary: 'Gives a token for the key or the code of a guest link.',
        body: keySchema,
        answers: ok(guestInSchema),
      },
      read,
      async ({ key }, request): Promise<GuestIn> => orWait(await access.exchangeKey(key, remoteAddress(request))),
    ),

    signIn: bodyHandler(
      { summary: 'Signs a user in.', body: signInSchema, answers: ok(signedInSchema) },
      read,
      async ({ name, password }, request): Promise<SignedIn> => {
        const signedIn = await access.signIn(name, password, remoteAddress(request));
        if (signedIn === null) throw Problem.signInRefused();
        return orWait(signedIn);
      },
    ),

    refresh: bodyHandler(
      { summary: 'Gives another token to who has signed in.', body: refreshSchema, answers: ok(accessTokenSchema) },
      read,
      ({ refreshToken }): Promise<AccessToken> => access.refresh(refreshToken),
    ),

    signOut: bodyHandler(
      { summary: 'Ends what a user has signed in to.', body: refreshSchema, answers: noContent },
      read,
      ({ refreshToken }, _request, reply): string => {
        access.signOut(refreshToken);
        reply.code(204);
        return '';
      },
    ),
  };
}

/** Tells who calls. Where nobody is asked, everybody may do everything, and there is nobody to tell of. */
export function meHandler(asksEverybody: boolean): Handler {
  return handler(
    {
      summary: 'Tells who the token stands for, and what may be done with it; nothing where nobody is asked for one.',
      answers: asksEverybody ? ok(meSchema) : noContent,
    },
    (request, reply): Me | string => {
      if (!asksEverybody) {
        reply.code(204);
        return '';
      }
      const caller = callerOf(request);
      const standing = caller?.standing();
      if (!caller || !standing) throw StationError.signInNeeded();
      const { role, streams } = standing;
      return { kind: caller.kind, name: caller.name, role, rights: rightsOf(standing, caller.kind), streams };
    },
  );
}

/** What is wrong is not told: whoever sends this has made it from a form with the same bounds. */
const malformed = () => Problem.badRequest();
const read: Reader = (schema, request) => readJson(schema, textOf(request), malformed, malformed);

function orWait<T extends object>(result: T | { readonly waitMs: number }): T {
  if ('waitMs' in result) throw Problem.tooManyTries(result.waitMs);
  return result;
}
