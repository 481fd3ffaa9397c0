import type { TimeSpan } from '../../shared/access.ts';
import type { BearerPass } from './access-pass.ts';
import { Refusal } from './client.ts';
import { refusalOf } from './refusal-of.ts';

/** No answer for so long counts as none. */
const answerTimeoutMs = 10_000;

/** Asks the station something, with a body of JSON where one is given. @throws Refusal. */
export type HttpAsker = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
) => Promise<Response>;

/** Asks with what proves who this page is. */
export function httpAsker(baseUrl: URL, pass: Pick<BearerPass, 'fetch'>): HttpAsker {
  return async (method, path, body) => {
    const init = {
      method,
      cache: 'no-store',
      signal: AbortSignal.timeout(answerTimeoutMs),
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    } as const;
    const response = await pass.fetch(new URL(path, baseUrl), init).catch((error: unknown) => {
      if (error instanceof Refusal) throw error;
      throw new Refusal('unreachable', `The station does not answer: ${String(error)}`);
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  };
}

/** Believed: it is this station's own answer to this version of the page. */
export async function readAnswer<T>(response: Promise<Response>): Promise<T> {
  return (await (await response).json()) as T;
}

/** A span of time as the query of an address. */
export function queryOf({ fromMs, untilMs }: TimeSpan): string {
  const query = new URLSearchParams();
  if (fromMs !== null) query.set('fromMs', String(fromMs));
  if (untilMs !== null) query.set('untilMs', String(untilMs));
  return query.size > 0 ? `?${query}` : '';
}

/** What is not there is no mistake: somebody else has removed it. */
export async function orElse<T, U>(answer: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'not_found') return otherwise;
    throw error;
  }
}

/** Removes what is at an address. Resolves with false where nothing is. */
export function removal(ask: HttpAsker): (path: string) => Promise<boolean> {
  return (path) =>
    orElse(
      ask('DELETE', path).then(() => true),
      false,
    );
}
