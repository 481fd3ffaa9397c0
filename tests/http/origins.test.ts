import { describe, expect, it } from 'vitest';
import { call, listedOrigin, openDoor } from './door.ts';

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
