import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Right, Role } from '../../src/shared/access.ts';
import { machineHeader } from '../support/guarded-door.ts';
import type { RawAnswer } from '../support/raw-http.ts';
import { openLab, type Door, type Lab } from './hardening/lab.ts';
import {
  isLiveView,
  marker,
  rightRequest,
  withHeader,
  withoutHeader,
  type RawRequest,
  type Target,
} from './hardening/request.ts';
import { goodToken, tokenTricks } from './hardening/token-tricks.ts';
import {
  bodyTricks,
  gateTricks,
  jsonTricks,
  routeTricks,
  speaksInWords,
  type Refusal,
  type Trick,
} from './hardening/tricks.ts';

let lab: Lab;
let wasLogged = 0;

beforeAll(async () => {
  lab = await openLab();
});

afterAll(() => lab.close());

afterEach(async () => {
  expect(await lab.leftBehind()).toEqual([]);
  const logged = lab.log().slice(wasLogged);
  wasLogged = lab.log().length;
  // Neither what was sent nor what opens a door is written down, and no request fails by a mistake of ours.
  for (const secret of [marker, lab.admin.slice(7), lab.guarded.link.key, '"level":50']) {
    expect(logged.includes(secret), secret).toBe(false);
  }
});

const right = (route: Target, door: Door): RawRequest =>
  rightRequest(route, lab.hosts[door], door === 'guarded' ? lab.admin : null);

/** What is wrong with a refusal, in words; nothing where it is as it should be. */
function faultsOf(answer: RawAnswer, route: Target, wanted: Refusal): string[] {
  const { status, headers, text, body } = answer;
  const faults: string[] = [];
  const inWords = wanted.status === 'any' && speaksInWords(route, body);
  const isRefused = wanted.status === 'any' ? (status >= 400 && status < 500) || inWords : status === wanted.status;
  if (!isRefused) faults.push(`status ${status}`);
  if (route.method !== 'HEAD' && wanted.code !== null && !inWords) {
    if (headers.get('content-type') !== 'application/problem+json') faults.push(`type ${headers.get('content-type')}`);
    const code = /"code":"(\w+)"/.exec(body)?.[1] ?? '';
    if (wanted.code === 'any' ? code === '' : code !== wanted.code) faults.push(`code ${code}`);
  }
  if (status >= 400 && headers.get('cache-control') !== 'no-store') faults.push('may be kept');
  if (text.toLowerCase().includes(marker)) faults.push('says what was sent');
  if (/node_modules|\bat \S+:\d+|\w+Error\b/.test(text)) faults.push('shows a stack');
  const named = [...headers.keys()].filter((name) =>
    /^(?:access-control-.*|server|x-powered-by|set-cookie)$/.test(name),
  );
  return [...faults, ...named];
}

/** Tries something at every URL of a door that it is about. @returns Where it went wrong, and how; and how often it was tried. */
async function tryAt(
  door: Door,
  { appliesTo = () => true, change, refusal, spoilsConnection = false }: Trick,
): Promise<{ wrong: string[]; tried: number }> {
  const ask = lab.stranger(door);
  const wrong: string[] = [];
  const routes = lab.routes[door].filter(appliesTo);
  for (const route of routes) {
    const request = change(right(route, door), route);
    const send = spoilsConnection ? lab.stranger(door) : ask;
    const answer = await send(request);
    const wanted = typeof refusal === 'function' ? refusal(route) : refusal;
    const faults = faultsOf(answer, { ...route, method: request.method }, wanted);
    if (faults.length > 0) wrong.push(`${route.method} ${route.url}: ${faults.join(', ')}`);
  }
  return { wrong, tried: routes.length };
}

describe.each<Door>(['open', 'guarded'])('every URL of the %s door', (door) => {
  it('takes a request that nothing is wrong with', async () => {
    const ask = lab.stranger(door);
    const refused: string[] = [];
    // An answer without an end.
    for (const route of lab.routes[door].filter(({ url }) => url !== '/api/events')) {
      const { status } = await ask(right(route, door));
      const isTaken = (status >= 200 && status < 300) || [400, 404, 409].includes(status);
      // Whose wrong words are those of a wrong name, too.
      const isSignIn = status === 401 && route.right === 'public';
      if (!isTaken && !isSignIn) refused.push(`${route.method} ${route.url}: ${status}`);
    }
    expect(refused).toEqual([]);
    expect(lab.routes[door].length).toBeGreaterThan(60);
  });

  it.each([...gateTricks, ...routeTricks, ...bodyTricks, ...jsonTricks])('refuses $what', async (trick) => {
    const { wrong, tried } = await tryAt(door, trick);
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(10);
  });

  it('names the right methods to whoever uses a wrong one', async () => {
    const ask = lab.stranger(door);
    const urls = [...new Set(lab.routes[door].map(({ url }) => url))];
    const wrong: string[] = [];
    for (const url of urls) {
      const routes = lab.routes[door].filter((route) => route.url === url);
      const methods = routes.map(({ method }) => method);
      const first = right(routes[0]!, door);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((name) => !methods.includes(name))) {
        const answer = await ask({ ...first, method });
        const allowed = answer.headers.get('allow')?.split(', ') ?? [];
        const faults = faultsOf(answer, { ...routes[0]!, method }, { status: 405, code: 'method_not_allowed' });
        const isSame = allowed.toSorted().join() === methods.toSorted().join();
        if (!isSame || faults.length > 0) wrong.push(`${method} ${url}: ${allowed.join()} ${faults.join()}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is no way into a tunnel', async () => {
    const ask = lab.stranger(door);
    for (const route of lab.routes[door]) {
      const { status } = await ask({ ...right(route, door), method: 'CONNECT', path: `${marker}.example:443` });
      expect([route.url, status]).toEqual([route.url, 0]);
    }
  });

  it('opens sessions for one machine at a bounded rate', async () => {
    const ask = lab.stranger(door);
    const refusals = new Map<string, number>();
    for (const route of lab.routes[door].filter(({ opensSession }) => opensSession)) {
      for (let count = 0; count < 60; count++) {
        const answer = await ask(right(route, door));
        if (answer.status !== 429) continue;
        expect(faultsOf(answer, route, { status: 429, code: 'too_many_offers' })).toEqual([]);
        expect(answer.headers.get('retry-after')).toBe('1');
        refusals.set(route.url, (refusals.get(route.url) ?? 0) + 1);
      }
    }
    expect(refusals.size).toBe(lab.routes[door].filter(({ opensSession }) => opensSession).length);
    expect(refusals.size).toBeGreaterThan(4);
    // Another machine is not the one that asks too much.
    const { status } = await lab.stranger(door)(
      right(
        lab.routes[door].find(({ url }) => url === '/offer')!,
        door,
      ),
    );
    expect(status).toBe(400);
  });
});

describe('every URL of the guarded door', () => {
  const closed = () => lab.routes.guarded.filter((route) => route.right !== 'public');

  it('takes the token that the forged ones are made from', async () => {
    const ask = lab.stranger('guarded');
    const authorization = `Bearer ${await goodToken(lab.guarded)}`;
    const refused: string[] = [];
    for (const route of closed().filter(({ right, url }) => right === 'watch' && url !== '/api/events')) {
      const { status } = await ask(withHeader(right(route, 'guarded'), ['Authorization', authorization]));
      if (status === 401) refused.push(route.url);
    }
    expect(refused).toEqual([]);
  });

  it.each(tokenTricks)('refuses %s', async (_what, authorizationFor) => {
    const values = await authorizationFor(lab.guarded);
    const headers = values.map((value) => ['Authorization', value] as const);
    const { wrong, tried } = await tryAt('guarded', {
      what: '',
      appliesTo: (route) => route.right !== 'public',
      change: (request) => withHeader(withoutHeader(request, 'Authorization'), ...headers),
      refusal: { status: 401, code: 'sign_in_needed' },
    });
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(70);
    for (const value of values) {
      const secret = value.split(' ').at(-1)!;
      expect(secret.length > 5 && lab.log().includes(secret)).toBe(false);
    }
  });

  it.each(['token', 'access_token', 'authorization', 'jwt', 'key'])(
    'takes no token from the address, as %s',
    async (name) => {
      const { wrong } = await tryAt('guarded', {
        what: '',
        appliesTo: (route) => route.right !== 'public',
        change: (request) => {
          const joint = request.path.includes('?') ? '&' : '?';
          return {
            ...withoutHeader(request, 'Authorization'),
            path: `${request.path}${joint}${name}=${lab.admin.slice(7)}`,
          };
        },
        refusal: { status: 401, code: 'sign_in_needed' },
      });
      expect(wrong).toEqual([]);
    },
  );

  it('takes no token from a cookie', async () => {
    const { wrong } = await tryAt('guarded', {
      what: '',
      appliesTo: (route) => route.right !== 'public',
      change: (request) =>
        withHeader(withoutHeader(request, 'Authorization'), ['Cookie', `token=${lab.admin.slice(7)}`]),
      refusal: { status: 401, code: 'sign_in_needed' },
    });
    expect(wrong).toEqual([]);
  });

  const rightsOf: Readonly<Record<Role, readonly Right[]>> = {
    viewer: ['watch'],
    operator: ['watch', 'set_up', 'read_log', 'see_present', 'publish'],
    admin: ['watch', 'set_up', 'read_log', 'see_present', 'publish', 'change_settings', 'manage_access'],
  };

  it.each<Role>(['viewer', 'operator', 'admin'])(
    'refuses a program with the role %s what the role may not',
    async (role) => {
      const { authorization = '' } = machineHeader(lab.guarded, role);
      await lab.leftBehind();
      const { wrong } = await tryAt('guarded', {
        what: '',
        appliesTo: (route) => route.right !== 'public' && !rightsOf[role].includes(route.right),
        change: (request) => withHeader(request, ['Authorization', authorization]),
        refusal: { status: 403, code: 'not_allowed' },
      });
      expect(wrong).toEqual([]);
    },
  );

  it('answers the same about a stream that is not allowed and one that is not there', async () => {
    const { authorization = '' } = machineHeader(lab.guarded, 'operator', ['two']);
    await lab.leftBehind();
    const named = lab.routes.guarded.filter(
      (route) => route.url.includes(':streamId') || isLiveView(route) || route.url === '/offer',
    );
    expect(named.length).toBeGreaterThan(20);
    const about = async (route: Target, stream: string): Promise<string> => {
      const request = withHeader(right(route, 'guarded'), ['Authorization', authorization]);
      const body = request.body === '{}' ? JSON.stringify({ sdp: 'v=0', type: 'offer', stream }) : request.body;
      const { status, body: said } = await lab.stranger('guarded')({
        ...request,
        path: request.path.replace(marker, stream),
        body,
      });
      return `${status} ${said}`;
    };
    for (const route of named) {
      const [other, missing] = [await about(route, 'one'), await about(route, 'missing')];
      expect([route.method, route.url, other]).toEqual([route.method, route.url, missing]);
      expect(other).not.toContain('"one"');
    }
  });
});

it('after all of that the doors are open, and whoever watched still does', async () => {
  for (const door of ['open', 'guarded'] as const) {
    const health = lab.routes[door].find(({ method, url }) => method === 'GET' && url === '/healthz')!;
    const { status, body } = await lab.stranger(door)(right(health, door));
    expect([status, body]).toEqual([200, 'ok']);
  }
  await lab.nextPicture();
});
