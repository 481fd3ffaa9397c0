import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Colleagues } from '../../src/main/access/colleagues.ts';
import type { Role } from '../../src/shared/access.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { hourMs, openLab, type Lab } from '../directory/lab.ts';
import { machineHeader, openGuardedDoor, type GuardedDoor, type LabParts } from '../support/guarded-door.ts';
import { call, problemIn } from './door.ts';
import { openNetworkDoor } from './network-door.ts';

const log = pino({ level: 'silent' });
const json = { 'content-type': 'application/json' };
const bench = { name: 'Bench', type: 'microscope', webrtc_url: 'https://192.0.2.7:8081' };
type Headers = Record<string, string>;

async function openLabDoor(parts: LabParts = {}): Promise<GuardedDoor & { readonly lab: Lab }> {
  const lab = await openLab();
  const opened = await openGuardedDoor(fakeStation(), log, null, {}, undefined, { directory: lab.desk, ...parts });
  onTestFinished(() => opened.close());
  return { ...opened, lab };
}

/** What lets Anna in, who is a viewer. */
async function signedIn({ file, guard }: GuardedDoor): Promise<Headers> {
  const anna = await file.users.add({ name: 'Anna', password: 'a quiet microscope', role: 'viewer', streams: 'all' });
  const { token } = await guard.access.refresh(file.signIns.open(anna).refreshToken);
  return { authorization: `Bearer ${token}` };
}

const send = (method: string, path: string, headers: Headers, body?: unknown) => ({
  method,
  path,
  headers: { ...headers, ...(body !== undefined && json) },
  ...(body !== undefined && { body: JSON.stringify(body) }),
});

describe('The directory over HTTP', () => {
  test('is not there at a door of a station that is none', async () => {
    const opened = await openNetworkDoor();
    const headers = machineHeader(opened, 'admin');
    for (const path of ['/api/stations', '/api/bookings', '/api/directory', '/api/directory/key']) {
      expect([path, (await call(opened.door, { path, headers })).status]).toEqual([path, 404]);
    }
  });

  test('has a page that may ask stations elsewhere, which no other door’s may', async () => {
    const policyOf = async ({ door }: Pick<GuardedDoor, 'door'>): Promise<unknown> =>
      (await call(door, { path: '/' })).headers['content-security-policy'];
    expect(await policyOf(await openLabDoor())).toContain("script-src 'self'; ");
    expect(await policyOf(await openLabDoor())).toContain("connect-src 'self' http: https: ws: wss:; ");
    expect(await policyOf(await openNetworkDoor())).toContain("connect-src 'self'; ");
  });

  test('is changed by admins, used by whoever has signed in, and closed to guests', async () => {
    const opened = await openLabDoor();
    const [admin, anna] = [machineHeader(opened, 'admin'), await signedIn(opened)];
    const { token } = await opened.guard.access
      .exchangeKey(opened.link.key, '192.0.2.9')
      .then((guest) => ('token' in guest ? guest : { token: '' }));
    const guest = { authorization: `Bearer ${token}` };
    expect((await call(opened.door, send('POST', '/api/stations', anna, bench))).status).toBe(403);
    const added = await call(opened.door, send('POST', '/api/stations', admin, bench));
    expect([added.status, JSON.parse(added.text)]).toEqual([
      201,
      { ...bench, id: 'bench', rtsp_url: null, access: 'open', status: 'unknown', last_seen_ms: null },
    ]);
    expect(JSON.parse((await call(opened.door, { path: '/api/stations', headers: anna })).text)).toHaveLength(1);
    expect((await call(opened.door, { path: '/api/stations', headers: guest })).status).toBe(403);
    expect((await call(opened.door, { path: '/api/stations' })).status).toBe(401);
    const changed = await call(opened.door, send('PATCH', '/api/stations/bench', admin, { name: 'Old bench' }));
    expect(JSON.parse(changed.text)).toMatchObject({ id: 'bench', name: 'Old bench' });
    expect((await call(opened.door, send('DELETE', '/api/stations/bench', anna))).status).toBe(403);
    expect((await call(opened.door, send('DELETE', '/api/stations/bench', admin))).status).toBe(204);
    expect((await call(opened.door, send('DELETE', '/api/stations/bench', admin))).status).toBe(404);
  });

  test('sends somebody to a station with a ticket, and says where to go with what is not its own', async () => {
    const opened = await openLabDoor();
    const [admin, anna] = [machineHeader(opened, 'admin'), await signedIn(opened)];
    await call(opened.door, send('POST', '/api/stations', admin, bench));
    const wish = { robot_type: 'microscope', sdp: 'v=0', type: 'offer', extra: 1 };
    const sent = await call(opened.door, send('POST', '/webrtc/offer', anna, wish));
    const connection = JSON.parse(sent.text) as { ticket: string };
    expect(connection).toMatchObject({
      robot_id: 'bench',
      webrtc_url: bench.webrtc_url,
      ticket_expires_in_ms: 900_000,
    });
    const { publicKey } = opened.lab.tickets;
    const key = await call(opened.door, { path: '/api/directory/key' });
    expect(JSON.parse(key.text)).toEqual(publicKey);
    const station = new Colleagues([{ name: 'Lab', url: 'https://192.0.2.1', publicKey, station: 'bench' }], log);
    expect(await station.callerOf(connection.ticket, '192.0.2.9')).toMatchObject({ name: 'Anna' });

    const nowhere = await call(opened.door, send('POST', '/webrtc/offer', anna, { robot_id: 'nowhere' }));
    expect(problemIn(nowhere)).toMatchObject({ status: 404, code: 'unknown_station' });
    const unsaid = await call(opened.door, send('POST', '/webrtc/offer', anna, {}));
    expect(unsaid.status).toBe(400);
    const answer = await call(opened.door, { path: '/webrtc/answer', headers: anna });
    expect(problemIn(answer)).toMatchObject({ status: 410, code: 'elsewhere' });
    expect(answer.text).toContain('POST {webrtc_url}/offer');
    const candidate = await call(opened.door, send('POST', '/webrtc/ice-candidate', anna, { candidate: '' }));
    expect(candidate.status).toBe(410);
    expect(candidate.text).toContain('POST {webrtc_url}/ice-candidate');
  });

  test('takes bookings, gives them as a calendar, and tells operators and their programs who is next', async () => {
    const opened = await openLabDoor();
    const [admin, anna] = [machineHeader(opened, 'admin'), await signedIn(opened)];
    await call(opened.door, send('POST', '/api/stations', admin, bench));
    const fromMs = Date.now() + hourMs;
    const wish = { station: 'bench', fromMs, untilMs: fromMs + hourMs, purpose: 'cells' };
    const booked = await call(opened.door, send('POST', '/api/bookings', anna, wish));
    const { id } = JSON.parse(booked.text) as { id: number };
    expect([booked.status, JSON.parse(booked.text)]).toEqual([201, { ...wish, id, user: 'Anna', isOwn: true }]);
    const again = await call(opened.door, send('POST', '/api/bookings', anna, wish));
    expect(problemIn(again)).toMatchObject({ status: 409, code: 'booked_already' });
    const inverted = await call(opened.door, send('POST', '/api/bookings', anna, { ...wish, untilMs: 0 }));
    expect(problemIn(inverted)).toMatchObject({ status: 400, code: 'bad_setting' });
    const span = await call(opened.door, { path: `/api/bookings?fromMs=0&untilMs=${fromMs}`, headers: anna });
    expect(JSON.parse(span.text)).toEqual([]);
    const file = await call(opened.door, { path: '/api/bookings.ics', headers: anna });
    expect(file.headers['content-type']).toBe('text/calendar; charset=utf-8');
    expect(file.headers['content-disposition']).toBe('attachment; filename="bookings.ics"');
    expect(file.text).toContain('SUMMARY:Bench: Anna');
    const operator = machineHeader(opened, 'operator');
    const next = await call(opened.door, { path: '/api/stations/bench/next', headers: operator });
    expect(JSON.parse(next.text)).toMatchObject({ current: null, next: { id, user: 'Anna', purpose: 'cells' } });
    expect((await call(opened.door, { path: '/api/stations/bench/next', headers: anna })).status).toBe(403);
    const later = { untilMs: fromMs + 2 * hourMs };
    expect((await call(opened.door, send('PATCH', `/api/bookings/${id}`, anna, later))).status).toBe(200);
    expect((await call(opened.door, send('DELETE', `/api/bookings/${id}`, anna))).status).toBe(204);
    expect((await call(opened.door, send('DELETE', `/api/bookings/${id}`, anna))).status).toBe(404);
  });
});

describe('A station that trusts a directory', () => {
  const origin = 'https://192.0.2.1:8081';

  async function openTrusting() {
    const lab = await openLab();
    const { publicKey } = lab.tickets;
    const colleagues = new Colleagues([{ name: 'Lab', url: origin, publicKey, station: 'bench' }], log);
    const opened = await openGuardedDoor(fakeStation(), log, null, {}, undefined, {
      colleagues,
      allowedOrigins: [origin],
    });
    onTestFinished(() => opened.close());
    const issue = async (role: Role, station = 'bench') => {
      const { token } = await lab.tickets.issue({ station, user: 'Anna', role, streams: 'all' });
      return { authorization: `Bearer ${token}` };
    };
    return { ...opened, lab, issue };
  }

  test('lets a colleague with its ticket in to watch, and not to change anything', async () => {
    const { door, issue } = await openTrusting();
    const headers = await issue('admin');
    const me = await call(door, { path: '/api/me', headers });
    expect(JSON.parse(me.text)).toMatchObject({ kind: 'colleague', name: 'Anna', role: 'admin', streams: 'all' });
    expect((await call(door, { path: '/api/state', headers })).status).toBe(200);
    expect((await call(door, { path: '/api/users', headers })).status).toBe(403);
    expect((await call(door, { path: '/api/settings', headers })).status).toBe(403);
    expect((await call(door, { path: '/api/state', headers: await issue('viewer', 'other') })).status).toBe(401);
  });

  test('tells operators and admins who is due there, and nobody else', async () => {
    const opened = await openTrusting();
    const asks = async (headers: Headers) => {
      const { status, text } = await call(opened.door, { path: '/api/due', headers });
      return [status, JSON.parse(text) as object];
    };
    const operator = machineHeader(opened, 'operator');
    expect(await asks(operator)).toEqual([200, { due: null }]);
    const due = { user: 'Anna', fromMs: Date.now(), untilMs: Date.now() + hourMs, timeZone: 'Europe/Berlin' };
    const own = { station: 'bench', user: null, role: 'viewer', streams: [], due } as const;
    const { token } = await opened.lab.tickets.issue(own);
    await call(opened.door, { path: '/status', headers: { authorization: `Bearer ${token}` } });
    expect(await asks(operator)).toEqual([200, { due }]);
    expect(await asks(machineHeader(opened, 'admin'))).toEqual([200, { due }]);
    expect(await asks(machineHeader(opened, 'viewer'))).toMatchObject([403, { code: 'not_allowed' }]);
    expect(await asks(await opened.issue('viewer'))).toMatchObject([403, { code: 'not_allowed' }]);
  });

  test('may be called by pages of the directory, and by no others', async () => {
    const { door, issue } = await openTrusting();
    const headers = await issue('viewer');
    const asked = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    const preflight = await call(door, { method: 'OPTIONS', path: '/whep/bench', headers: asked });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe(origin);
    expect(preflight.headers['access-control-allow-headers']).toContain('Authorization');
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
    expect(preflight.headers.vary).toBe('Origin');
    const state = await call(door, { path: '/api/state', headers: { ...headers, origin } });
    expect([state.status, state.headers['access-control-allow-origin']]).toEqual([200, origin]);
    // What a page needs no leave for is still asked for its token.
    expect((await call(door, { path: '/api/state', headers: { origin } })).status).toBe(401);

    const elsewhere = { origin: 'https://192.0.2.1:8082' };
    const refused = await call(door, { method: 'OPTIONS', path: '/whep/bench', headers: { ...asked, ...elsewhere } });
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
    expect((await call(door, { path: '/api/state', headers: { ...headers, ...elsewhere } })).status).toBe(403);
  });
});
