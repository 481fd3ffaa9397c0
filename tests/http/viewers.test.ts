import { describe, expect, it, vi } from 'vitest';
import type { IceCandidate, StationApi, ViewerOffer } from '../../src/shared/api.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { httpClient } from '../contract/http-client.ts';
import { picture } from '../webrtc/session.ts';
import { call, connectTo, openDoor, problemIn, receiveAll } from './door.ts';
import { candidatesPath, newPlayer, post, serve, turn } from './offered-session.ts';

describe('a session that the station offers over HTTP', () => {
  it('leads a program from the offer over candidates both ways to pictures, and ends with its last call', async () => {
    const { door, world } = await serve();
    const opened = await call(door, post('/api/streams/one/viewers', '{}'));
    const offer = JSON.parse(opened.text) as ViewerOffer;
    expect(opened.status).toBe(201);
    expect(opened.headers).toMatchObject({ location: `/api/viewers/${offer.viewerId}`, 'cache-control': 'no-store' });
    expect(opened.headers['content-type']).toMatch(/^application\/json/);
    expect(offer.type).toBe('offer');

    const client = httpClient(door.url);
    const player = newPlayer();
    const withoutCandidates = (sdp: string) => sdp.replace(/a=(candidate:.*|end-of-candidates)\r\n/g, '');
    const sdp = await player.answer(withoutCandidates(offer.sdp));
    const told: (IceCandidate | null)[] = [];
    client.onCandidate(offer.viewerId, (candidate) => told.push(candidate));
    await vi.waitFor(() => expect(told.at(-1)).toBeNull());
    for (const candidate of told) if (candidate) await player.pc.addIceCandidate({ ...candidate, sdpMid: '0' });
    await client.answerViewer(offer.viewerId, { type: 'answer', sdp: withoutCandidates(sdp) });
    for (const [, candidate = ''] of sdp.matchAll(/a=(candidate:.*)\r\n/g)) {
      await client.addIceCandidate(offer.viewerId, { candidate, sdpMid: '0', sdpMLineIndex: 0 });
    }
    await player.connected;
    await vi.waitFor(() => {
      const [id = ''] = world.capture().open.keys();
      world.capture().notices.frame(id, picture(1, { isKeyframe: true }));
      expect(player.pictures.length).toBeGreaterThan(1);
    });

    const ended = await call(door, { method: 'DELETE', path: opened.headers.location ?? '' });
    expect(ended).toMatchObject({ status: 204, text: '' });
    expect(world.stream().viewers).toBe(0);
  });

  it('is opened by an empty body as well', async () => {
    const { door } = await serve();
    expect((await call(door, post('/api/streams/one/viewers', ''))).status).toBe(201);
  });

  it('uses the servers of the station that the program chooses', async () => {
    const offerViewer = vi.fn<StationApi['offerViewer']>(() =>
      Promise.resolve({ viewerId: 'v', type: 'offer', sdp: '' }),
    );
    const door = await openDoor({
      station: fakeStation({ offerViewer, webrtcConfig: () => ({ iceServers: [turn] }) }),
    });
    const chosen = { ...turn, urls: 'stun:s.example' };
    const ended = { ...turn, username: '1:lab', credential: 'of yesterday' };
    for (const iceServers of [[], [turn], [chosen], [ended]]) {
      await call(door, post('/api/streams/bench/viewers', JSON.stringify({ iceServers })));
    }
    await call(door, post('/api/streams/bench/viewers', '{"other":1}'));
    expect(offerViewer.mock.calls.map(([, servers]) => servers)).toEqual([[], [turn], [chosen], [turn], undefined]);
  });

  it('takes candidates as browsers serialise them, the mark of their end among them', async () => {
    const { door, offered } = await serve();
    const { viewerId } = await offered();
    for (const candidate of [
      { candidate: 'candidate:1 1 udp 1 127.0.0.1 5000 typ host', sdpMid: '0', sdpMLineIndex: 0 },
      { candidate: 'candidate:1 1 udp 1 abc.local 5000 typ host', sdpMid: '0', usernameFragment: 'abcd' },
      { candidate: '', sdpMid: null, sdpMLineIndex: null, usernameFragment: null },
      { candidate: '' },
    ]) {
      const answer = await call(door, post(`/api/viewers/${viewerId}/candidates`, JSON.stringify(candidate)));
      expect(answer).toMatchObject({ status: 204, text: '' });
    }
  });

  it('ends at once where the client hung up before the offer was ready', async () => {
    let made: ((offer: ViewerOffer) => void) | undefined;
    const leave = vi.fn<StationApi['leave']>().mockResolvedValue();
    const offerViewer: StationApi['offerViewer'] = () => new Promise((resolve) => (made = resolve));
    const door = await openDoor({ station: fakeStation({ offerViewer, leave }) });
    const socket = await connectTo(door);
    const { host } = new URL(door.url);
    const head = `POST /api/streams/bench/viewers HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json`;
    socket.write(`${head}\r\nContent-Length: 2\r\n\r\n{}`);
    await vi.waitFor(() => expect(made).toBeDefined());
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resetAndDestroy();
    await closed;
    // The door learns of the reset before it accepts a later connection, so this answer comes after it.
    await call(door, { path: '/healthz' });
    made?.({ viewerId: 'v-9', type: 'offer', sdp: '' });
    await vi.waitFor(() => expect(leave).toHaveBeenCalledExactlyOnceWith('v-9'));
  });
});

describe('the station’s candidates as server-sent events', () => {
  it('are those that it knows, and an end', async () => {
    const { door, offered } = await serve();
    const session = await offered();
    const { status, headers, text } = await call(door, { path: candidatesPath(session) });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    expect(text).toMatch(
      /^event: candidate\ndata: \{"candidate":"candidate:\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ host","sdpMid":"0","sdpMLineIndex":0\}\n\nevent: candidate\ndata: .* 1 tcp \d+ 127\.0\.0\.1 \d+ typ host tcptype passive.*\n\nevent: end\ndata: \{\}\n\n$/,
    );
  });

  it('come when they are found; the station is not listened to any more when the client has gone', async () => {
    const listeners = new Set<(candidate: IceCandidate | null) => void>();
    const onCandidate: StationApi['onCandidate'] = (_viewerId, listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    const door = await openDoor({ station: fakeStation({ onCandidate }) });
    const socket = await connectTo(door);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.write(`GET /api/viewers/v/candidates HTTP/1.1\r\nHost: ${new URL(door.url).host}\r\n\r\n`);
    await vi.waitFor(() => expect(text).toContain('200 OK'));
    for (const listener of listeners) listener({ candidate: 'candidate:7', sdpMid: '0', sdpMLineIndex: 0 });
    await vi.waitFor(() => expect(text).toContain('"candidate:7"'));
    socket.destroy();
    await vi.waitFor(() => expect(listeners.size).toBe(0));
  });

  it('have room for 64 clients, and a place is free again when one leaves', async () => {
    const station = fakeStation({ onCandidate: () => () => undefined });
    const door = await openDoor({ station });
    const ask = async () => {
      const socket = await connectTo(door);
      const all = receiveAll(socket);
      socket.write(`GET /api/viewers/v/candidates HTTP/1.1\r\nHost: ${new URL(door.url).host}\r\n\r\n`);
      await new Promise((resolve) => socket.once('data', resolve));
      return { socket, all };
    };
    const clients = await Promise.all(Array.from({ length: 64 }, ask));
    const refused = await call(door, { path: '/api/viewers/v/candidates' });
    expect(problemIn(refused)).toMatchObject({ status: 503, code: 'busy' });
    expect(refused.headers['retry-after']).toBe('5');
    clients[0]?.socket.destroy();
    await vi.waitFor(async () => {
      const { socket, all } = await ask();
      socket.destroy();
      expect(await all).toMatch(/^HTTP\/1\.1 200 /);
    });
  });
});
