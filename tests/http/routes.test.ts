import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStateEvents } from '../../src/main/http/events.ts';
import { routesOf } from '../../src/main/http/routes.ts';
import type { HttpDoor } from '../../src/main/http/server.ts';
import { StationError } from '../../src/shared/errors.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { idleCalls } from '../support/idle-calls.ts';
import { call, newDoor, openDoor, problemIn } from './door.ts';

const station = fakeStation();
const calls = idleCalls();
const routes = routesOf(station, openStateEvents(station, pino({ level: 'silent' })), null, calls);
/** Of the page, which every door has. */
const pageUrls = ['/', '/v/:streamId'];
const urls = [...new Set([...pageUrls, ...routes.map(({ url }) => url)])];
const pathOf = (url: string): string => url.replace(/:\w+/g, 'some-id');
const methodsOf = (url: string): string[] => routes.filter((route) => route.url === url).map(({ method }) => method);

/** One for all that only asks, since nothing of that changes anything behind it. */
let door: HttpDoor;
beforeAll(async () => {
  door = await newDoor({ calls });
});
afterAll(() => door.close());

it('Every URL that opens a session is one that each machine may ask only so often a second', async () => {
  const opened: string[] = [];
  let asked = '';
  const open = (): never => {
    opened.push(asked);
    throw StationError.closing();
  };
  const door = await openDoor({ station: fakeStation({ watch: open, offerViewer: open, publish: open }), calls });
  for (const { method, url, accepts } of routes.filter(({ method }) => method !== 'GET' && method !== 'OPTIONS')) {
    asked = `${method} ${url}`;
    const body = accepts === 'application/json' ? '{"sdp":"v=0","type":"offer"}' : 'v=0';
    await call(door, { method, path: pathOf(url), headers: { 'content-type': accepts ?? 'text/plain' }, body });
  }
  expect(opened).toHaveLength(6);
  const limited = routes.filter(({ opensSession }) => opensSession);
  expect(opened).toEqual(limited.map(({ method, url }) => `${method} ${url}`));
});

describe('every URL of the door', () => {
  it.each(urls)('%s answers the wrong method with 405 and the right ones', async (url) => {
    for (const method of ['PUT', 'PATCH', 'QUERY', 'PROPFIND', 'TRACE'].filter(
      (name) => !methodsOf(url).includes(name),
    )) {
      const { status, headers } = await call(door, { method, path: pathOf(url) });
      expect([method, status]).toEqual([method, 405]);
      const allowed = (headers.allow ?? '').split(', ').filter((name) => name !== 'HEAD');
      expect(allowed).toEqual(pageUrls.includes(url) ? ['GET'] : methodsOf(url));
    }
  });

  it.each(urls)('%s answers under no other host name, whatever the method', async (url) => {
    for (const method of ['GET', 'PUT', ...methodsOf(url)]) {
      const { status } = await call(door, { method, path: pathOf(url), headers: { host: 'rebound.example' } });
      expect([method, status]).toEqual([method, 421]);
    }
  });

  it.each(urls)('%s tells a page of another origin nothing', async (url) => {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await call(door, {
        method,
        path: pathOf(url),
        headers: { origin: 'http://evil.example' },
      });
      expect([method, status]).toEqual([method, method === 'OPTIONS' ? 204 : 403]);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers.vary).toBe('Origin');
    }
  });

  it.each(urls)('%s has the headers that keep browsers from guessing and framing', async (url) => {
    const { headers } = await call(door, { method: 'PUT', path: pathOf(url) });
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  const odd = [
    '?',
    '?__proto__=1&constructor=2',
    '?a[]=1&a[b]=2',
    '?fps=1&fps=2&scale=x',
    '?%ff=%fe',
    '?=&&==',
    '?candidate=[1]',
  ];

  it.each(urls.filter((url) => url !== '/api/events'))(
    '%s takes what stands in its query, or refuses it',
    async (url) => {
      for (const query of odd) {
        const { status } = await call(door, { path: `${pathOf(url)}${query}` });
        expect([query, status]).toEqual([query, expect.toSatisfy((code: number) => code < 500 || code === 503)]);
      }
      const { status } = await call(door, { path: `${pathOf(url)}?long=${'a'.repeat(9_000)}` });
      expect(status).toBe(431);
    },
  );
});

describe('every URL that takes a body', () => {
  const withBody = routes.filter(({ accepts }) => accepts !== undefined);

  it.each(withBody)('$method $url takes it in one type only, not compressed, and not without end', async (route) => {
    const { method, url, accepts = '' } = route;
    const send = (headers: Record<string, string>, body = '{}') =>
      call(door, { method, path: pathOf(url), headers, body });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', `${accepts}p`]) {
      expect(problemIn(await send({ 'content-type': type }))).toMatchObject({ status: 415, code: 'wrong_type' });
    }
    expect(problemIn(await send({ 'content-type': accepts, 'content-encoding': 'gzip' })).code).toBe('wrong_encoding');
    expect(problemIn(await send({ 'content-type': accepts }, 'a'.repeat(131_073))).code).toBe('too_large');
  });
});
