import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { decodeJwt } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Colleagues } from '../../src/main/access/colleagues.ts';
import { captureProcesses, forkCapture } from '../../src/main/capture/process.ts';
import { simulatedStream } from '../../src/main/config.ts';
import { Seats } from '../../src/main/station/seats.ts';
import { Station, type StationParts } from '../../src/main/station/station.ts';
import { webrtcSessions } from '../../src/main/webrtc/sessions.ts';
import type { AllowedStreams } from '../../src/shared/access.ts';
import type { Booking, Connection } from '../../src/shared/directory.ts';
import { captureRetry } from '../../src/shared/retry.ts';
import type { StationState } from '../../src/shared/state.ts';
import { hourMs, openLab } from '../directory/lab.ts';
import { fixedSettings, machineHeader, openGuardedDoor, type GuardedDoor } from '../support/guarded-door.ts';
import { rtspServerMissing, startRtspServer } from '../support/rtsp-server.ts';
import { WeriftPlayer } from '../support/werift-player.ts';
import { call, type Answer } from './door.ts';

const recording = fileURLToPath(new URL('../data/beads-in-water.mp4', import.meta.url));
const captureEntry = new URL('../../src/main/capture/worker/main.ts', import.meta.url);
const missing = rtspServerMissing();
const password = 'opensesame';
type Headers = Record<string, string>;
type Ask = (method: string, path: string, headers: Headers, body?: object | string) => Promise<Answer>;

/** The lab's directory as it runs, but that cameras on this machine itself may be set too. */
async function openDirectory() {
  let told = '';
  const log = pino({ level: 'trace' }, { write: (line: string) => (told += line) });
  const parts: StationParts = {
    name: 'Directory',
    version: '0.0.0',
    notices: [],
    streams: [simulatedStream('clock')],
    startCapture: captureProcesses({ entry: captureEntry, engine: 'auto', fork: forkCapture, log }),
    watchStation: () => ({ close: () => Promise.resolve() }),
    ...webrtcSessions({ loopbackHost: '127.0.0.1', log }),
    listCameras: () => Promise.resolve([]),
    captureRetry,
    iceServers: () => [],
    maxViewers: 8,
    lingerMs: 0,
    logger: log,
  };
  const seats = new Seats(parts);
  const [station, lent] = [new Station(parts, seats), new Station({ ...parts, streams: [] }, seats)];
  await Promise.all([station.setShared(true), lent.setShared(true)]);
  const lab = await openLab({
    showLent: (streams) => void lent.setStreams(streams),
    checkedCamera: (url) => Promise.resolve(url),
  });
  const colleagues = new Colleagues([], log);
  colleagues.takeBorrowers({ name: 'Lab', publicKey: lab.tickets.publicKey }, (...loan) => lab.lending.has(...loan));
  const parties = { directory: lab.desk, colleagues, lent };
  const opened = await openGuardedDoor(station, log, null, {}, fixedSettings, parties);
  onTestFinished(async () => {
    await opened.close();
    await lent.close();
    await station.close();
  });
  const ask: Ask = async (method, path, headers, body) => {
    const type = typeof body === 'string' ? 'application/sdp' : 'application/json';
    const answer = await call(opened.door, {
      method,
      path,
      headers: { ...headers, ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    told += answer.text;
    return answer;
  };
  return { ...opened, station, lent, lab, ask, admin: machineHeader(opened, 'admin'), told: () => told };
}

type Opened = Awaited<ReturnType<typeof openDirectory>>;

async function signedIn({ file, guard }: GuardedDoor, name: string, streams: AllowedStreams = 'all'): Promise<Headers> {
  const user = await file.users.add({ name, password: 'a quiet microscope', role: 'operator', streams });
  const { token } = await guard.access.refresh(file.signIns.open(user).refreshToken);
  return { authorization: `Bearer ${token}` };
}

/** A camera that asks for a password, which the directory knows as a station. */
async function addCamera({ lab }: Opened, change: object = {}): Promise<void> {
  const server = await startRtspServer(recording, 0, `lab:${password}`);
  onTestFinished(() => server.close());
  addStation(lab, { rtsp_url: server.url.replace('//', `//lab:${password}@`), ...change });
}

function addStation({ file }: Opened['lab'], change: object): void {
  const door = { id: 'door', name: 'Door camera', type: 'camera', webrtc_url: null, rtsp_url: null };
  file.stations.add({ ...door, access: 'open', ...change });
}

async function connect({ ask }: Opened, headers: Headers, robot_id = 'door'): Promise<Connection> {
  const answer = await ask('POST', '/webrtc/offer', headers, { robot_id });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return JSON.parse(answer.text) as Connection;
}

const bearer = ({ ticket }: Connection): Headers => ({ authorization: `Bearer ${ticket}` });

/** Opens a WHEP session with a ticket. */
async function watch({ ask }: Opened, headers: Headers) {
  const player = new WeriftPlayer();
  onTestFinished(() => player.close());
  const answer = await ask('POST', '/whep/door', headers, await player.offer());
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  await player.accept(answer.text);
  await player.connected;
  return { player, session: answer.headers.location ?? '' };
}

const stateOf = async ({ ask }: Opened, headers: Headers): Promise<StationState> =>
  JSON.parse((await ask('GET', '/api/state', headers)).text) as StationState;
const idsIn = ({ streams }: StationState): string[] => streams.map(({ id }) => id);

afterEach(() => void vi.useRealTimers());

describe('A station with an RTSP address only', () => {
  beforeEach(({ skip }) => skip(missing !== null, missing ?? ''));

  test('is shown through the directory to whoever has a ticket for it, and to nobody else', async () => {
    const opened = await openDirectory();
    const { door, ask, admin, station, lab, guard, link } = opened;
    await addCamera(opened);
    addStation(lab, { id: 'other', rtsp_url: 'rtsp://192.0.2.8/live' });
    const [anna, ben] = [await signedIn(opened, 'Anna'), await signedIn(opened, 'Ben')];
    await connect(opened, ben, 'other');

    const connection = await connect(opened, anna);
    expect(connection).toMatchObject({ robot_id: 'door', webrtc_url: door.url.replace(/\/$/, '') });
    const ticket = bearer(connection);
    const { player, session } = await watch(opened, ticket);
    await vi.waitFor(() => expect(player.pictures.length).toBeGreaterThan(5), { timeout: 20_000 });
    expect(await stateOf(opened, ticket)).toMatchObject({
      streams: [{ id: 'door', name: 'Door camera', sourceKind: 'url', status: { kind: 'live' }, viewers: 1 }],
      viewers: [{ streamId: 'door' }],
    });
    expect(guard.admin.present()).toMatchObject([{ kind: 'borrower', name: 'Anna', streamId: 'door' }]);

    // Neither those who may see all there is, nor the station's own screens.
    const guest = await guard.access.exchangeKey(link.key, '192.0.2.9');
    const guestHeader = { authorization: `Bearer ${'token' in guest ? guest.token : ''}` };
    for (const headers of [anna, ben, admin, guestHeader]) {
      expect(await stateOf(opened, headers)).toMatchObject({ streams: [{ id: 'clock' }], viewers: [] });
      expect((await ask('POST', '/whep/door', headers, await player.offer())).status).toBe(404);
      expect((await ask('GET', '/frame/door.jpg', headers)).status).toBe(404);
    }
    expect(idsIn(station.state())).toEqual(['clock']);
    await expect(station.watch('door', '')).rejects.toMatchObject({ reason: 'unknown_stream' });
    expect((await ask('GET', '/metrics', admin)).text).not.toContain('door');
    expect((await ask('GET', '/status', admin)).text).not.toContain('door');

    // The ticket is for that one Stream, and for nothing but watching it.
    for (const streamId of ['clock', 'other']) {
      expect((await ask('POST', `/whep/${streamId}`, ticket, await player.offer())).status).toBe(403);
    }
    for (const path of ['/metrics', '/api/stations', '/calls/active', '/api/streams/door/log', '/api/settings']) {
      expect([path, (await ask('GET', path, ticket)).status]).toEqual([path, 403]);
    }
    expect(JSON.parse((await ask('GET', '/api/me', ticket)).text)).toMatchObject({ rights: ['watch'] });
    expect((await ask('DELETE', session, ticket)).status).toBe(200);
    await vi.waitFor(() => expect(guard.admin.present()).toEqual([]));
    // Clients of robots’ directories name no stream.
    const robot = { type: 'offer', sdp: await player.offer() };
    expect((await ask('POST', '/offer', ticket, robot)).status).toBe(200);
    expect(opened.told()).not.toContain(password);
  });

  test('closes with the booking that let in, and with nobody else’s', async () => {
    const opened = await openDirectory();
    const { ask, admin, lent, guard } = opened;
    await addCamera(opened, { access: 'booking' });
    const anna = await signedIn(opened, 'Anna');
    expect((await ask('POST', '/webrtc/offer', anna, { robot_id: 'door' })).text).toContain('not_booked');
    const fromMs = Date.now();
    const wish = { station: 'door', fromMs, untilMs: fromMs + hourMs / 10 };
    expect(JSON.parse((await ask('POST', '/api/bookings', anna, wish)).text) as Booking).toMatchObject(wish);
    const connection = await connect(opened, anna);
    expect(connection.booking_until_ms).toBe(wish.untilMs);
    await watch(opened, bearer(connection));
    const ofAdmin = await connect(opened, admin);
    await watch(opened, bearer(ofAdmin));
    expect(guard.admin.present()).toHaveLength(2);

    vi.useFakeTimers({ toFake: ['Date'], now: wish.untilMs });
    await vi.waitFor(() => expect(guard.admin.present()).toMatchObject([{ name: 'a admin' }]), { timeout: 10_000 });
    expect(lent.state().streams).toMatchObject([{ id: 'door', viewers: 1 }]);
    expect((await ask('GET', '/api/state', bearer(connection))).status).toBe(401);
    expect((await ask('GET', '/api/state', bearer(ofAdmin))).status).toBe(200);
  });

  test.each([
    ['is removed', 'DELETE', undefined],
    ['is at another address', 'PATCH', { rtsp_url: 'rtsp://192.0.2.8/live' }],
    ['has a door of its own', 'PATCH', { webrtc_url: 'https://192.0.2.7:8081' }],
  ])('is shown no more as soon as it %s', async (_what, method, body) => {
    const opened = await openDirectory();
    const { ask, admin, lent, guard } = opened;
    await addCamera(opened);
    const ticket = bearer(await connect(opened, admin));
    await watch(opened, ticket);
    await ask(method, '/api/stations/door', admin, body);
    await vi.waitFor(() => expect(guard.admin.present()).toEqual([]), { timeout: 10_000 });
    expect(lent.state().streams).toEqual([]);
    // The same ticket is worth nothing, so that its page asks the directory anew.
    expect((await ask('GET', '/api/state', ticket)).status).toBe(401);
  });
});

describe('A ticket for a station that is shown through the directory', () => {
  test('is not for users who may see some streams only, unless it is one of them', async () => {
    const opened = await openDirectory();
    addStation(opened.lab, { rtsp_url: 'rtsp://192.0.2.8/live' });
    const refused = await opened.ask('POST', '/webrtc/offer', await signedIn(opened, 'Anna', ['clock']), {
      robot_id: 'door',
    });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('not_allowed')]);
    const { ticket } = await connect(opened, await signedIn(opened, 'Ben', ['clock', 'door']));
    expect(decodeJwt(ticket)).toMatchObject({ aud: 'urn:eyepiece:lent', streams: ['door'], role: 'viewer' });
  });

  test('opens no station of the lab, and those of stations do not open it', async () => {
    const opened = await openDirectory();
    const { ask, lab, admin } = opened;
    addStation(lab, { rtsp_url: 'rtsp://192.0.2.8/live' });
    const { ticket } = await connect(opened, admin);
    const { publicKey } = lab.tickets;
    const trusted = { name: 'Lab', url: 'https://192.0.2.1', publicKey, station: 'door' };
    const bench = new Colleagues([trusted], pino({ level: 'silent' }));
    expect(await bench.callerOf(ticket, '192.0.2.9')).toBeNull();
    const wish = { user: 'Anna', role: 'viewer', streams: ['door'] } as const;
    for (const station of ['door', 'clock', 'lent']) {
      const { token } = await lab.tickets.issue({ ...wish, station });
      expect((await ask('GET', '/api/state', { authorization: `Bearer ${token}` })).status).toBe(401);
    }
    const stranger = await (await openLab()).tickets.issue({ ...wish, station: 'urn:eyepiece:lent' });
    expect((await ask('GET', '/api/state', { authorization: `Bearer ${stranger.token}` })).status).toBe(401);
  });

  test('of before the camera was moved does not open it there, though others may watch it by now', async () => {
    const opened = await openDirectory();
    const { ask, admin, lab } = opened;
    addStation(lab, { rtsp_url: 'rtsp://192.0.2.8/live' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const before = bearer(await connect(opened, await signedIn(opened, 'Anna')));
    vi.setSystemTime(Date.now() + 1_000);
    await ask('PATCH', '/api/stations/door', admin, { rtsp_url: 'rtsp://192.0.2.9/live', access: 'booking' });
    const after = bearer(await connect(opened, admin));
    const seen = [];
    for (const ticket of [before, after]) seen.push((await ask('GET', '/api/state', ticket)).status);
    expect(seen).toEqual([401, 200]);
  });

  test('for one camera does not end what another one shows to the same user', async () => {
    const opened = await openDirectory();
    addStation(opened.lab, { rtsp_url: 'rtsp://192.0.2.8/live' });
    addStation(opened.lab, { id: 'other', rtsp_url: 'rtsp://192.0.2.8/live' });
    const tickets = [await connect(opened, opened.admin), await connect(opened, opened.admin, 'other')];
    const seen = [];
    for (const ticket of [...tickets, ...tickets]) seen.push(idsIn(await stateOf(opened, bearer(ticket))));
    expect(seen).toEqual([['door'], ['other'], ['door'], ['other']]);
  });

  test('says that the camera does not answer, and nothing of its password', async () => {
    const opened = await openDirectory();
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    addStation(opened.lab, { rtsp_url: `rtsp://lab:${password}@127.0.0.1:${port}/live` });
    const ticket = bearer(await connect(opened, await signedIn(opened, 'Anna')));
    await watch(opened, ticket);
    await vi.waitFor(async () => expect((await stateOf(opened, ticket)).streams[0]?.status.kind).toBe('offline'), {
      timeout: 20_000,
    });
    expect(opened.told()).not.toContain(password);
    expect((await opened.ask('GET', '/api/stations', opened.admin)).text).toContain(password);
  });
});
