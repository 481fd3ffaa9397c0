import { describe, expect, it } from 'vitest';
import { call, listedOrigin, openDoor, problemIn } from './door.ts';

const offer = { method: 'POST', path: '/whep/bench', body: 'v=0' };
const sdp = { 'content-type': 'application/sdp' };

describe('a page that uses the station from a browser', () => {
  it.each([
    ['no origin, as programs do', undefined, 201, undefined],
    ['an origin on the list', listedOrigin, 201, listedOrigin],
    ['an origin off the list', 'http://evil.example', 403, undefined],
    ['a listed name with another port', 'http://lab.example:3001', 403, undefined],
    ['a listed name with another scheme', 'https://lab.example:3000', 403, undefined],
    ['a name that starts like a listed one', `${listedOrigin}.evil.example`, 403, undefined],
    ['the origin null', 'null', 403, undefined],
    ['two origins', `${listedOrigin}, http://evil.example`, 403, undefined],
  ])('with %s is answered accordingly', async (_what, origin, status, allowOrigin) => {
    const door = await openDoor();
    const answer = await call(door, { ...offer, headers: { ...sdp, ...(origin !== undefined && { origin }) } });
    expect(answer.status).toBe(status);
    expect(answer.headers['access-control-allow-origin']).toBe(allowOrigin);
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect(answer.headers.vary).toBe('Origin');
  });

  it('may come from the station itself under each of its names', async () => {
    const door = await openDoor();
    const { port } = new URL(door.url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      const { status } = await call(door, { ...offer, headers: { ...sdp, host, origin: `http://${host}` } });
      expect([host, status]).toEqual([host, 201]);
    }
  });

  it('reaches the station by the address where it listens, and by no other', async () => {
    const door = await openDoor({ host: '127.0.0.2' });
    const { port } = new URL(door.url);
    expect(door.url).toBe(`http://127.0.0.2:${port}/`);
    expect((await call(door, { path: '/healthz' })).status).toBe(200);
    expect((await call(door, { path: '/healthz', headers: { host: `127.0.0.3:${port}` } })).status).toBe(421);
  });

  it('finds no station under the name of a listed origin', async () => {
    const door = await openDoor();
    expect((await call(door, { path: '/healthz', headers: { host: new URL(listedOrigin).host } })).status).toBe(421);
  });

  it('can read where its session is, its state and what to do next', async () => {
    const door = await openDoor();
    const { headers } = await call(door, { ...offer, headers: { ...sdp, origin: listedOrigin } });
    const exposed = headers['access-control-expose-headers']?.split(', ');
    expect(exposed).toEqual(expect.arrayContaining(['Location', 'ETag', 'Link', 'Retry-After']));
  });

  it.each([
    ['/whep/bench', 'POST, OPTIONS'],
    ['/whep/sessions/viewer-1', 'PATCH, DELETE, OPTIONS'],
    ['/offer', 'POST, OPTIONS'],
  ])('is told by a preflight of %s what it may send', async (path, allow) => {
    const door = await openDoor();
    const headers = { origin: listedOrigin, 'access-control-request-method': 'POST' };
    const answer = await call(door, { method: 'OPTIONS', path, headers });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': listedOrigin,
      'access-control-allow-methods': allow,
      'access-control-allow-headers': 'Authorization, Content-Type, If-Match',
    });
  });

  it('reads the reason of a refusal too', async () => {
    const door = await openDoor();
    const answer = await call(door, { path: '/nothing', headers: { origin: listedOrigin } });
    expect(answer.status).toBe(404);
    expect(answer.headers['access-control-allow-origin']).toBe(listedOrigin);
  });
});

describe('what a page only embeds, for which browsers send no origin', () => {
  const image = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
  const asked = async (headers: Record<string, string>) => {
    const door = await openDoor();
    return call(door, { path: '/frame/bench.jpg', headers: { ...image, ...headers } });
  };

  it.each([
    ['of the station itself', { 'sec-fetch-site': 'same-origin' }],
    ['of a listed origin', { 'sec-fetch-site': 'cross-site', referer: `${listedOrigin}/some/page?x` }],
    ['that the user opens by himself', { 'sec-fetch-site': 'none' }],
    [
      'to which another page leads',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ],
  ])('is given where it is one %s', async (_what, headers) => {
    expect((await asked(headers)).status).toBe(200);
  });

  it.each([
    ['another origin', { 'sec-fetch-site': 'cross-site', referer: 'http://evil.example/' }],
    ['an origin that only begins like a listed one', { 'sec-fetch-site': 'cross-site', referer: `${listedOrigin}0/` }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site', referer: 'http://127.0.0.1:1/' }],
    ['an origin that hides', { 'sec-fetch-site': 'cross-site' }],
    ['an address that is none', { 'sec-fetch-site': 'cross-site', referer: 'evil' }],
    [
      'a page that frames it',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
  ])('is refused to %s', async (_what, headers) => {
    const answer = await asked(headers);
    expect([answer.status, problemIn(answer).code]).toEqual([403, 'origin_denied']);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('can be shown by no page of another origin, also by browsers that say nothing', async () => {
    const own = await asked({});
    expect(own.headers['cross-origin-resource-policy']).toBe('same-origin');
  });
});

describe('a link that leads to what stops a live view', () => {
  const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const folder = '/LiveViewController';
  const watched = async () => {
    const door = await openDoor();
    await call(door, { method: 'POST', path: `${folder}/startLiveView` });
    return {
      open: (headers: Record<string, string>, name = 'stopLiveView') =>
        call(door, { path: `${folder}/${name}`, headers: { ...link, ...headers } }),
      isWatched: async () => (await call(door, { path: `${folder}/getLiveViewActive` })).text === 'true',
    };
  };

  it.each(['cross-site', 'same-site'])('is refused where it is on a page of another origin (%s)', async (site) => {
    const { open, isWatched } = await watched();
    for (const name of ['stopLiveView', 'mjpeg_stream?startStream=false', 'webrtc_ice_candidate?candidate=a']) {
      const answer = await open({ 'sec-fetch-site': site, referer: `${listedOrigin}/` }, name);
      expect([name, answer.status, problemIn(answer).code]).toEqual([name, 403, 'origin_denied']);
    }
    expect(await isWatched()).toBe(true);
  });

  it.each(['none', 'same-origin'])(
    'is followed where the user has typed it, or a page of the station has it (%s)',
    async (site) => {
      const { open, isWatched } = await watched();
      expect((await open({ 'sec-fetch-site': site })).status).toBe(200);
      expect(await isWatched()).toBe(false);
    },
  );
});
