import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { SignJWT } from 'jose';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type * as SecretHash from '../../src/main/secret-hash.ts';
import {
  answer,
  bothEnds,
  candidate,
  joined,
  offer,
  openPage,
  openSocket,
  post,
  refusedUpgrade,
  signIn,
  talk,
} from './call-people.ts';
import { call, connectTo, openDoor, problemIn } from './door.ts';
import { audience, openNetworkDoor, secret } from './network-door.ts';

// What makes a hash slow is not looked at here, and each test signs people in.
vi.mock('../../src/main/secret-hash.ts', async (original) => {
  const real = await original<typeof SecretHash>();
  return { ...real, hashSecret: (secret: string) => real.hashSecret(secret, { N: 1_024, r: 1, p: 1 }) };
});

describe('A socket of a call', () => {
  it('passes offer, answer, candidates, state and text on to the other end as they are, in order', async () => {
    const { ends, opened, anna, callId } = await bothEnds();
    expect(ends.anna.heard).toEqual([{ type: 'joined', call_id: callId, peer: false }, { type: 'peer_joined' }]);
    expect(ends.berta.heard).toEqual([{ type: 'joined', call_id: callId, peer: true }]);
    const text = { type: 'text', message: 'Hello “you” 🔬', timestamp: 1_700_000_000_000 };
    const state = { type: 'connection_state', connection_state: 'connected' };
    for (const message of [offer, candidate, text, state]) ends.anna.send(message);
    await expect.poll(() => ends.berta.heard.slice(1)).toEqual([offer, candidate, text, state]);
    ends.berta.send(answer);
    await expect.poll(() => ends.anna.heard.at(-1)).toEqual(answer);
    const told = await call(opened.door, { path: `/ws/webrtc/connection-state/${callId}`, headers: anna.headers });
    expect(JSON.parse(told.text)).toMatchObject({
      call_id: callId,
      connection_state: 'connected',
      ice_candidates_count: 1,
    });
  });

  it('is told when the other end goes and comes back, and when the call has ended', async () => {
    const { ends, opened, berta, callId } = await bothEnds();
    ends.berta.socket.terminate();
    await expect.poll(() => ends.anna.heard.at(-1)).toEqual({ type: 'peer_left' });
    const again = await joined(opened.door, callId, berta.token);
    await expect.poll(() => ends.anna.heard.at(-1)).toEqual({ type: 'peer_joined' });
    await post(opened.door, `/calls/end/${callId}`, berta.headers);
    expect(await Promise.all([ends.anna.closed, again.closed])).toEqual([1000, 1000]);
    expect(ends.anna.heard.at(-1)).toEqual({ type: 'ended', why: 'hung_up' });
  });

  it('moves to the page that joins last', async () => {
    const { ends, opened, anna, callId } = await bothEnds();
    await joined(opened.door, callId, anna.token);
    expect(await ends.anna.closed).toBe(4410);
    expect(ends.berta.heard.some(({ type }) => type === 'peer_left')).toBe(false);
  });

  it('takes the token as a header, and as its first message', async () => {
    const { opened, anna, berta, callId } = await talk();
    await joined(opened.door, callId, null, { headers: anna.headers });
    const end = openSocket(opened.door, callId, null);
    await once(end.socket, 'open');
    end.send({ type: 'auth', token: berta.token });
    await expect.poll(() => end.heard).toMatchObject([{ type: 'joined', peer: true }]);
  });

  it('never says the token back', async () => {
    const { opened, anna, callId } = await talk();
    const { socket } = await joined(opened.door, callId, anna.token);
    expect(socket.protocol).toBe('eyepiece.call');
    expect(socket.extensions).toBe('');
  });

  it('ends with what let its user in, and the call with it', async () => {
    const { ends, opened, anna } = await bothEnds();
    opened.guard.access.signOut(anna.refreshToken);
    expect(await ends.anna.closed).toBe(1000);
    expect(ends.anna.heard.at(-1)).toEqual({ type: 'ended', why: 'access_ended' });
    expect(ends.berta.heard.at(-1)).toEqual({ type: 'ended', why: 'access_ended' });
  });

  it('that is closed while it is looked up who asks takes no end of the call', async () => {
    const opened = await openNetworkDoor();
    const own = await openDoor({ calls: opened.calls });
    const anna = await signIn(opened, 'Anna');
    const page = await openPage(own);
    await post(opened.door, '/calls/initiate', anna.headers, { callee: 'station' });
    await expect.poll(() => page()?.call?.kind).toBe('pending');
    const callId = page()?.call?.callId ?? '';
    await post(own, `/calls/accept/${callId}`, {});
    const station = await joined(own, callId, null);

    const { access } = opened.guard;
    const callerOf = access.callerOf.bind(access);
    let tellWho = (): void => undefined;
    const isKnown = new Promise<void>((resolve) => (tellWho = resolve));
    const asked = vi.spyOn(access, 'callerOf').mockImplementation(async (...args) => {
      const caller = await callerOf(...args);
      await isKnown;
      return caller;
    });
    const late = openSocket(opened.door, callId, null);
    await once(late.socket, 'open');
    late.send({ type: 'auth', token: anna.token });
    await expect.poll(() => asked.mock.calls.length).toBe(1);
    const closed = opened.door.close();
    await expect.poll(() => late.socket.readyState).not.toBe(late.socket.OPEN);
    tellWho();
    await closed;
    station.send({ type: 'text', message: 'Hello?', timestamp: 0 });
    await expect.poll(() => station.heard.slice(1)).toMatchObject([{ type: 'error', code: 'peer_unavailable' }]);
  });

  it('ends with the door', async () => {
    const { ends, opened } = await bothEnds();
    await opened.door.close();
    expect(await ends.anna.closed).toBe(1000);
    expect(ends.berta.heard.at(-1)).toEqual({ type: 'ended', why: 'access_ended' });
  });
});

describe('A socket is refused', () => {
  const path = '/ws/webrtc/some-call';
  const signed = (exp: number) =>
    new SignJWT({ iss: 'eyepiece', aud: audience, sub: 'sign-in:1', jti: 'one', iat: exp - 600, exp })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(secret);

  it.each([
    ['under another host name', { host: 'rebound.example' }, 421, 'wrong_host'],
    ['to a page of another origin', { origin: 'http://evil.example' }, 403, 'origin_denied'],
    ['to a page that hides its origin', { origin: 'null' }, 403, 'origin_denied'],
    ['without a token', { 'sec-websocket-protocol': 'chat' }, 401, 'sign_in_needed'],
    ['with a token that is none', { authorization: 'Bearer junk' }, 401, 'sign_in_needed'],
    ['with two tokens', { 'sec-websocket-protocol': 'bearer.a, bearer.b' }, 401, 'sign_in_needed'],
    ['in another version', { 'sec-websocket-version': '8' }, 426, 'upgrade_refused'],
    ['without a version', { 'sec-websocket-version': '' }, 426, 'upgrade_refused'],
    ['with a bad key', { 'sec-websocket-key': 'short' }, 400, 'bad_request'],
    ['where another protocol is wanted', { upgrade: 'h2c' }, 426, 'upgrade_refused'],
  ])('%s', async (_what, changes, status, code) => {
    const { door } = await openNetworkDoor();
    const refused = await refusedUpgrade(door, path, changes);
    expect(problemIn(refused)).toMatchObject({ status, code });
    expect(refused.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('with a token that has expired, or stands in the address', async () => {
    const { opened, anna, callId } = await talk();
    const nowS = Math.floor(Date.now() / 1_000);
    const bearer = (token: string) => ({ 'sec-websocket-protocol': `eyepiece.call, bearer.${token}` });
    const expired = await refusedUpgrade(opened.door, `/ws/webrtc/${callId}`, bearer(await signed(nowS - 1)));
    expect(problemIn(expired)).toMatchObject({ status: 401, code: 'sign_in_needed' });
    const inAddress = await refusedUpgrade(opened.door, `/ws/webrtc/${callId}?token=${anna.token}`, {});
    expect(inAddress.status).toBe(426);
  });

  it('to a third one in the call, and to a call that is not there, in the same words', async () => {
    const { opened, callId } = await talk();
    const eve = await signIn(opened, 'Eve', 'admin');
    for (const id of [callId, 'no-such-call']) {
      const refused = await refusedUpgrade(opened.door, `/ws/webrtc/${id}`, eve.headers);
      expect(problemIn(refused)).toMatchObject({ status: 404, code: 'unknown_call' });
    }
    const later = openSocket(opened.door, callId, null);
    await once(later.socket, 'open');
    later.send({ type: 'auth', token: eve.token });
    expect(await later.closed).toBe(4404);
  });

  it('to somebody who is in another call', async () => {
    const { opened, callId } = await talk();
    const [eve, frieda] = [await signIn(opened, 'Eve'), await signIn(opened, 'Frieda')];
    const page = await openPage(opened.door, frieda.headers);
    await post(opened.door, '/calls/initiate', eve.headers, { callee: 'user:Frieda' });
    await expect.poll(() => page()?.call?.kind).toBe('pending');
    const otherId = page()?.call?.callId ?? '';
    const refused = await refusedUpgrade(opened.door, `/ws/webrtc/${callId}`, frieda.headers);
    expect(problemIn(refused)).toMatchObject({ status: 404, code: 'unknown_call' });
    await joined(opened.door, otherId, frieda.token);
  });

  it('to whoever may not call', async () => {
    const opened = await openNetworkDoor();
    const { token } = opened.file.machineTokens.add({
      name: 'a program',
      role: 'admin',
      streams: 'all',
      expiresInDays: 1,
    });
    const refused = await refusedUpgrade(opened.door, path, { authorization: `Bearer ${token}` });
    expect(problemIn(refused)).toMatchObject({ status: 403, code: 'not_allowed' });
  });

  it('and its connection is given back, also where its other end stays open', async () => {
    const { door } = await openNetworkDoor();
    const { host, hostname, port } = new URL(door.url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`);
    socket.resume();
    await once(socket, 'end');
    // What is still sent to a connection that is open at one end is taken; one that has been given back is reset.
    const reset = once(socket, 'error');
    const sending = setInterval(() => socket.write('x'), 10);
    onTestFinished(() => clearInterval(sending));
    expect(await reset).toMatchObject([{ code: expect.stringMatching(/^(?:ECONNRESET|EPIPE)$/) as string }]);
  });

  it('with a code, and without harm to the station, where who asks can’t be found out', async () => {
    const { opened, callId } = await talk();
    vi.spyOn(opened.guard.access, 'callerOf').mockRejectedValue(new Error('the file is gone'));
    const later = openSocket(opened.door, callId, null);
    await once(later.socket, 'open');
    later.send({ type: 'auth', token: 'any' });
    expect(await later.closed).toBe(1011);
  });

  it('at every other address, where a knock is answered all the same', async () => {
    const { door } = await openNetworkDoor();
    for (const other of ['/healthz', '/', '/api/events', '/ws/webrtc/', '/ws/webrtc/a/b', '/ws/webrtc/%2e%2e']) {
      const refused = await refusedUpgrade(door, other, {});
      expect([other, problemIn(refused).code]).toEqual([other, 'upgrade_refused']);
    }
  });

  it('as a page', async () => {
    const { opened, anna, callId } = await talk();
    const got = await call(opened.door, { path: `/ws/webrtc/${callId}`, headers: anna.headers });
    expect(problemIn(got)).toMatchObject({ status: 426, code: 'upgrade_refused' });
    expect(got.headers.upgrade).toBe('websocket');
  });

  it('from an address that has eight already', async () => {
    const { opened, anna, callId } = await talk();
    const waiting = Array.from({ length: 8 }, () => openSocket(opened.door, callId, null));
    await Promise.all(waiting.map(({ socket }) => once(socket, 'open')));
    const refused = await refusedUpgrade(opened.door, `/ws/webrtc/${callId}`, anna.headers);
    expect(problemIn(refused)).toMatchObject({ status: 503, code: 'busy' });
    waiting[0]?.socket.terminate();
    await joined(opened.door, callId, anna.token);
  });

  it('from an IPv6 network that has eight already, whichever of its addresses it comes from', async () => {
    const { opened, anna, callId } = await talk();
    let network = '2001:db8:0:1';
    // A machine takes a new address whenever it likes (RFC 8981); this one has none of those.
    const pretend = (message: unknown) => {
      const { socket } = message as { readonly socket: Socket };
      Object.defineProperty(socket, 'remoteAddress', { value: `${network}::${socket.remotePort?.toString(16)}` });
    };
    subscribe('net.server.socket', pretend);
    onTestFinished(() => void unsubscribe('net.server.socket', pretend));
    const waiting = Array.from({ length: 8 }, () => openSocket(opened.door, callId, null));
    await Promise.all(waiting.map(({ socket }) => once(socket, 'open')));
    const refused = await refusedUpgrade(opened.door, `/ws/webrtc/${callId}`, anna.headers);
    expect(problemIn(refused)).toMatchObject({ status: 503, code: 'busy' });
    network = '2001:db8:0:2';
    await joined(opened.door, callId, anna.token);
  });

  it('when there are 64, wherever they come from', async () => {
    const { opened, anna, callId } = await talk();
    const addresses = Array.from({ length: 8 }, (_, at) => `127.0.0.${at + 2}`);
    const waiting = addresses.flatMap((localAddress) =>
      Array.from({ length: 8 }, () => openSocket(opened.door, callId, null, { localAddress })),
    );
    await Promise.all(waiting.map(({ socket }) => once(socket, 'open')));
    const refused = await refusedUpgrade(opened.door, `/ws/webrtc/${callId}`, anna.headers);
    expect(problemIn(refused)).toMatchObject({ status: 503, code: 'busy' });
  });

  it('and nothing is left of a client that goes away in the middle of it', async () => {
    const { opened, anna, callId } = await talk();
    const tcp = await connectTo(opened.door);
    tcp.write(`GET /ws/webrtc/${callId} HTTP/1.1\r\nHost: ${new URL(opened.door.url).host}\r\n`);
    tcp.write('Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n');
    tcp.write(`Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer ${anna.token}\r\n\r\n`);
    tcp.resetAndDestroy();
    await joined(opened.door, callId, anna.token);
  });
});

it('The address of a socket is found by nobody who asks in HTTP/1.0 or with two hosts', async () => {
  const { door } = await openNetworkDoor();
  const { hostname, port } = new URL(door.url);
  const socket = connect(Number(port), hostname);
  socket.write('GET /ws/webrtc/a HTTP/1.1\r\nHost: a\r\nHost: b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  const [data] = (await once(socket, 'data')) as [Buffer];
  expect(data.toString()).toMatch(/^HTTP\/1.1 400 /);
  socket.destroy();
});
