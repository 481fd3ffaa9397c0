import { once } from 'node:events';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import type * as SecretHash from '../../src/main/secret-hash.ts';
import { Calls } from '../../src/main/calls/calls.ts';
import { openPage, post, signIn, type SignedInUser } from './call-people.ts';
import { call, connectTo, openDoor, problemIn, receiveAll, type Answer } from './door.ts';
import { machineHeader, openNetworkDoor, type NetworkDoor } from './network-door.ts';

// What makes a hash slow is not looked at here, and each test signs people in.
vi.mock('../../src/main/secret-hash.ts', async (original) => {
  const real = await original<typeof SecretHash>();
  return { ...real, hashSecret: (secret: string) => real.hashSecret(secret, { N: 1_024, r: 1, p: 1 }) };
});

interface Ringing {
  readonly opened: NetworkDoor;
  readonly anna: SignedInUser;
  readonly berta: SignedInUser;
  readonly callId: string;
}

const documentIn = ({ text }: Answer) => JSON.parse(text) as Record<string, unknown>;

/** Anna has called Berta, who has a page open. */
async function ring(): Promise<Ringing> {
  const opened = await openNetworkDoor();
  const [anna, berta] = [await signIn(opened, 'Anna'), await signIn(opened, 'Berta')];
  await openPage(opened.door, berta.headers);
  const initiated = await post(opened.door, '/calls/initiate', anna.headers, { callee: 'user:Berta' });
  expect(initiated.status).toBe(201);
  return { opened, anna, berta, callId: String(documentIn(initiated)['call_id']) };
}

describe('A call over HTTP', () => {
  it('rings, is accepted and ended, and says each time how it stands', async () => {
    const { opened, anna, berta, callId } = await ring();
    const pending = documentIn(await call(opened.door, { path: '/calls/active', headers: berta.headers }))['call'];
    expect(pending).toMatchObject({ call_id: callId, status: 'pending', caller: { id: 'user:Anna', name: 'Anna' } });
    const accepted = documentIn(await post(opened.door, `/calls/accept/${callId}`, berta.headers));
    expect(accepted).toMatchObject({ call_id: callId, status: 'ongoing' });
    expect(accepted['accepted_at']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    const ended = documentIn(await post(opened.door, `/calls/end/${callId}`, anna.headers));
    expect(ended).toMatchObject({ status: 'ended', why: 'hung_up', ended_by: 'user:Anna' });
    expect(documentIn(await call(opened.door, { path: '/calls/active', headers: anna.headers }))['call']).toBeNull();
  });

  it('is declined by who is called', async () => {
    const { opened, berta, callId } = await ring();
    const declined = documentIn(await post(opened.door, `/calls/decline/${callId}`, berta.headers));
    expect(declined).toMatchObject({ status: 'ended', why: 'declined' });
  });

  it('is told to the pages of both', async () => {
    const opened = await openNetworkDoor();
    const [anna, berta] = [await signIn(opened, 'Anna'), await signIn(opened, 'Berta')];
    const pageOfAnna = await openPage(opened.door, anna.headers);
    const pageOfBerta = await openPage(opened.door, berta.headers);
    await expect.poll(() => pageOfAnna()?.people.map(({ name }) => name)).toEqual(['Berta']);
    await post(opened.door, '/calls/initiate', anna.headers, { callee: 'user:Berta' });
    await expect.poll(() => pageOfBerta()?.call?.kind).toBe('pending');
    await post(opened.door, `/calls/accept/${pageOfBerta()?.call?.callId}`, berta.headers);
    await expect.poll(() => pageOfAnna()?.call?.kind).toBe('ongoing');
  });

  it('is nobody else’s: a third one is told that there is no such call', async () => {
    const { opened, callId } = await ring();
    const eve = await signIn(opened, 'Eve', 'admin');
    for (const path of [`/calls/accept/${callId}`, `/calls/end/${callId}`, '/calls/decline/none']) {
      expect(problemIn(await post(opened.door, path, eve.headers))).toMatchObject({
        status: 404,
        code: 'unknown_call',
      });
    }
    const asked = await call(opened.door, { path: `/ws/webrtc/connection-state/${callId}`, headers: eve.headers });
    expect(problemIn(asked).code).toBe('unknown_call');
  });

  it.each([
    ['oneself', { callee: 'user:Anna' }, 409, 'peer_unavailable'],
    ['somebody else meanwhile', { callee: 'user:Berta' }, 409, 'in_call'],
    ['nobody', {}, 400, 'bad_arguments'],
    ['a number', { callee: 5 }, 400, 'bad_arguments'],
    ['a very long name', { callee: 'a'.repeat(1_000) }, 400, 'bad_arguments'],
  ])('is refused in words to %s', async (_what, body, status, code) => {
    const { opened, anna } = await ring();
    const problem = problemIn(await post(opened.door, '/calls/initiate', anna.headers, body));
    expect(problem).toMatchObject({ status, code });
    expect(problem.title).toMatch(/\.$/);
  });

  it('to somebody who did not answer three times is refused for some minutes, whose number is told', async () => {
    const { opened, anna, berta, callId } = await ring();
    await post(opened.door, `/calls/decline/${callId}`, berta.headers);
    const initiate = () => post(opened.door, '/calls/initiate', anna.headers, { callee: 'user:Berta' });
    for (let tries = 0; tries < 2; tries++) {
      const again = await initiate();
      expect(again.status).toBe(201);
      await post(opened.door, `/calls/end/${String(documentIn(again)['call_id'])}`, anna.headers);
    }
    const refused = await initiate();
    expect(problemIn(refused)).toMatchObject({ status: 429, code: 'rang_in_vain' });
    expect(problemIn(refused).title).toMatch(/again in 5 minutes\.$/);
    const retryAfterS = Number(refused.headers['retry-after']);
    expect(retryAfterS).toBeGreaterThan(240);
    expect(retryAfterS).toBeLessThanOrEqual(300);
  });

  it('to somebody who is in a call is told to be busy', async () => {
    const { opened } = await ring();
    const carla = await signIn(opened, 'Carla');
    const answer = await post(opened.door, '/calls/initiate', carla.headers, { callee: 'user:Berta' });
    expect(problemIn(answer)).toMatchObject({ status: 409, code: 'peer_busy' });
  });
});

describe('Calling', () => {
  it('is not for guests and programs, whatever their role; their pages ring for nothing', async () => {
    const opened = await openNetworkDoor();
    const guest = await call(opened.door, {
      method: 'POST',
      path: '/api/access/guest',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: opened.link.key }),
    });
    const { token } = JSON.parse(guest.text) as { token: string };
    for (const headers of [{ authorization: `Bearer ${token}` }, machineHeader(opened, 'admin')]) {
      const answer = await post(opened.door, '/calls/initiate', headers, { callee: 'station' });
      expect(problemIn(answer)).toMatchObject({ status: 403, code: 'not_allowed' });
      const newest = await openPage(opened.door, headers);
      expect(newest()).toBeNull();
    }
  });

  it('needs a page that says it can ring: a program that only listens to the state is nobody to call', async () => {
    const opened = await openNetworkDoor();
    const [anna, berta] = [await signIn(opened, 'Anna'), await signIn(opened, 'Berta')];
    const asked = call(opened.door, { path: '/api/events', headers: berta.headers });
    const answer = await post(opened.door, '/calls/initiate', anna.headers, { callee: 'user:Berta' });
    expect(problemIn(answer).code).toBe('peer_unavailable');
    await opened.door.close();
    await asked;
  });

  it('shows nobody any more to a page whose user may no longer see who is there', async () => {
    const opened = await openNetworkDoor();
    const [anna, berta] = [await signIn(opened, 'Anna'), await signIn(opened, 'Berta')];
    const page = await connectTo(opened.door);
    const { host } = new URL(opened.door.url);
    const { authorization = '' } = berta.headers;
    page.write(`GET /api/events?calls HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\n\r\n`);
    const told = receiveAll(page);
    await once(page, 'data');
    await opened.file.users.change(2, { role: 'viewer' });
    // It ends by itself, and the page opens it again.
    expect(await told).toContain('event: calls');
    const again = await openPage(opened.door, berta.headers);
    await openPage(opened.door, anna.headers);
    const active = await call(opened.door, { path: '/calls/active', headers: berta.headers });
    expect(documentIn(active)['people']).toEqual([]);
    expect(again()?.people).toEqual([]);
  });

  it('is the station’s own through the door of its own machine', async () => {
    const opened = await openNetworkDoor();
    const own = await openDoor({ calls: opened.calls });
    const anna = await signIn(opened, 'Anna', 'viewer');
    const page = await openPage(own);
    const initiated = await post(opened.door, '/calls/initiate', anna.headers, { callee: 'station' });
    const callId = String(documentIn(initiated)['call_id']);
    await expect.poll(() => page()?.call?.kind).toBe('pending');
    expect(page()?.me).toEqual({ id: 'station', kind: 'station', name: 'Test station' });
    expect(documentIn(await post(own, `/calls/accept/${callId}`, {}))['status']).toBe('ongoing');
    const active = await call(own, { path: '/ws/webrtc/active-connections' });
    expect(JSON.parse(active.text)).toMatchObject([
      { call_id: callId, connection_state: 'new', ice_candidates_count: 0 },
    ]);
    const refused = await call(opened.door, { path: '/ws/webrtc/active-connections', headers: anna.headers });
    expect(problemIn(refused).code).toBe('not_allowed');
  });

  it('is not there at a door that has no calls', async () => {
    const door = await openDoor();
    expect((await post(door, '/calls/initiate', {}, { callee: 'station' })).status).toBe(404);
  });

  it('ends with the station', async () => {
    const calls = new Calls({ stationName: () => 'Room 2', log: pino({ level: 'silent' }) });
    const door = await openDoor({ calls });
    await calls.close();
    const answer = await post(door, '/calls/initiate', {}, { callee: 'user:Anna' });
    expect(problemIn(answer)).toMatchObject({ status: 503, code: 'closing' });
  });
});
