import { createHmac, randomUUID } from 'node:crypto';
import { CompactSign, SignJWT, UnsecuredJWT, type JWTHeaderParameters } from 'jose';
import { audience, secret, type GuardedDoor } from '../../support/guarded-door.ts';
import { marker } from './request.ts';

/** What somebody sends who has no right to come in: the values of Authorization headers. */
export type TokenTrick = readonly [what: string, authorization: (opened: GuardedDoor) => Promise<readonly string[]>];

const nowS = (): number => Math.floor(Date.now() / 1_000);

/** The claims of a guest's token that is good, but for those that are given. Undefined leaves a claim out. */
function claims({ link }: GuardedDoor, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const right = {
    iss: 'eyepiece',
    aud: audience,
    sub: `guest:${link.id}`,
    jti: marker,
    iat: nowS(),
    exp: nowS() + 600,
  };
  return { ...right, ...changes };
}

function sign(payload: Record<string, unknown>, header: Partial<JWTHeaderParameters> = {}, key: Uint8Array = secret) {
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256', ...header }).sign(key);
}

const bearer = (token: string): readonly string[] => [`Bearer ${token}`];
const otherKey = new Uint8Array(32).fill(8);
const ownKey: object = { kty: 'oct', k: Buffer.from(otherKey).toString('base64url') };
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const literal = (what: string, ...authorization: readonly string[]): TokenTrick => [
  what,
  () => Promise.resolve(authorization),
];
/** A token with our signature, and a claim that none of ours has. */
const claimed = (what: string, changes: () => Record<string, unknown>): TokenTrick => [
  what,
  async (opened) => bearer(await sign(claims(opened, changes()))),
];
/** A token that says by itself with what it is to be checked, signed with that. */
const headed = (what: string, header: Partial<JWTHeaderParameters>): TokenTrick => [
  what,
  async (opened) => bearer(await sign(claims(opened), header, otherKey)),
];

/** A token that opens the door, as the tricks begin from. */
export async function goodToken(opened: GuardedDoor): Promise<string> {
  return sign(claims(opened));
}

export const tokenTricks: readonly TokenTrick[] = [
  literal('no token'),
  literal('an empty token', 'Bearer '),
  literal('junk', `Bearer ${marker}`),
  literal('junk in three parts', 'Bearer a.b.c'),
  literal('a word that is no scheme', marker),
  literal('a machine token that nobody made', `Bearer eym_${marker}`),
  ['the guest key itself', ({ link }) => Promise.resolve(bearer(link.key))],
  ['a password', ({ link }) => Promise.resolve([`Basic ${btoa(`guest:${link.key}`)}`])],
  ['an unsigned token (alg none)', (opened) => Promise.resolve(bearer(new UnsecuredJWT(claims(opened)).encode()))],
  [
    'an unsigned token that writes None in another way',
    (opened) => Promise.resolve(bearer(`${base64({ alg: 'None' })}.${base64(claims(opened))}.`)),
  ],
  ['a token without its signature', async (o) => bearer(`${(await goodToken(o)).split('.').slice(0, 2).join('.')}.`)],
  ['a token of two parts', async (o) => bearer((await goodToken(o)).split('.').slice(0, 2).join('.'))],
  ['a token of four parts', async (o) => bearer(`${await goodToken(o)}.${marker}`)],
  ['a token with another letter', async (o) => bearer((await goodToken(o)).replace(/.\./, 'A.'))],
  ['a token whose payload is no base64', async (o) => bearer((await goodToken(o)).replace(/\.[^.]+\./, '.=+~.'))],
  ['a token of another key', async (o) => bearer(await sign(claims(o), {}, otherKey))],
  [
    'another algorithm with our key',
    async (o) => bearer(await sign(claims(o), { alg: 'HS512' }, Buffer.concat([secret, secret]))),
  ],
  ['our signature under the name of RS256', async (o) => bearer(await renamed(o, 'RS256'))],
  ['our signature under the name of none', async (o) => bearer(await renamed(o, 'none'))],
  headed('a path as the name of its key', { kid: '../../../../dev/null' }),
  headed('an address for its key', { jku: `http://${marker}.example/keys` }),
  headed('its own key with it', { jwk: ownKey }),
  headed('a certificate from elsewhere', { x5u: `http://${marker}.example/cert` }),
  ['something critical that nobody knows', (o) => Promise.resolve(bearer(critical(o)))],
  ['a list for its claims', async () => bearer(await compact([marker]))],
  ['no JSON for its claims', async () => bearer(await compact(undefined))],
  ['a token longer than any of ours', async (o) => bearer(await sign(claims(o, { padding: marker.repeat(515) })))],
  claimed('a token that has ended', () => ({ exp: nowS() - 1 })),
  claimed('a token that never ends', () => ({ exp: undefined })),
  claimed('a token that ends in a day', () => ({ exp: nowS() + 86_400 })),
  claimed('a token whose end is a text', () => ({ exp: marker })),
  claimed('an old token that ends in a year', () => ({ iat: 1, exp: 4_102_444_800 })),
  claimed('a token that is good only later', () => ({ nbf: nowS() + 600 })),
  claimed('a token of the future', () => ({ iat: nowS() + 600, exp: nowS() + 1_200 })),
  claimed('a token without its time', () => ({ iat: undefined })),
  claimed('a token without a name', () => ({ jti: undefined })),
  claimed('a token for nobody', () => ({ sub: undefined })),
  claimed('a token for somebody who never was', () => ({ sub: 'sign-in:999999' })),
  claimed('a token of another run of the station', () => ({ aud: 'run-2' })),
  claimed('a token of another issuer', () => ({ iss: marker })),
  claimed('a token of a link that has ended', () => ({ sub: `guest:${randomUUID()}` })),
  [
    'two headers, both right',
    async (opened) => {
      const token = await goodToken(opened);
      return [`Bearer ${token}`, `Bearer ${token}`];
    },
  ],
  ['two tokens in one header', async (o) => [`Bearer ${await goodToken(o)}, Bearer ${await goodToken(o)}`]],
];

async function renamed(opened: GuardedDoor, alg: string): Promise<string> {
  const [, payload = '', signature = ''] = (await goodToken(opened)).split('.');
  return `${base64({ alg })}.${payload}.${signature}`;
}

/** RFC 7515 §4.1.11: who does not know what it names must not take the token. */
function critical(opened: GuardedDoor): string {
  const header = base64({ alg: 'HS256', crit: [marker], [marker]: 1 });
  const signed = `${header}.${base64(claims(opened))}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function compact(value: unknown): Promise<string> {
  const text = value === undefined ? marker : JSON.stringify(value);
  return new CompactSign(Buffer.from(text)).setProtectedHeader({ alg: 'HS256' }).sign(secret);
}
