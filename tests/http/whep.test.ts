import { describe, expect, it, vi } from 'vitest';
import type { Session, StationApi } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import { fakeStation, sampleSession } from '../contract/fake-station.ts';
import { call, connectTo, openDoor, problemIn } from './door.ts';

const sdp = { 'content-type': 'application/sdp' };
const fragment = { 'content-type': 'application/trickle-ice-sdpfrag' };
const turn = { urls: ['turn:t.example:3478', 'stun:s.example'], username: 'lab "1"', credential: 'p\\w' };

describe('WHEP', () => {
  it('leads a client from its offer over trickle and restart to the end of the session', async () => {
    const updateIce = vi
      .fn<StationApi['updateIce']>()
      .mockResolvedValueOnce(null)
      .mockResolvedValueOnce({ iceTag: 'tag-2', sdpFragment: 'a=ice-ufrag:x\r\n' });
    const leave = vi.fn<StationApi['leave']>().mockResolvedValue();
    const door = await openDoor({ station: fakeStation({ updateIce, leave }) });

    const opened = await call(door, { method: 'POST', path: '/whep/bench', headers: sdp, body: 'v=0\r\n' });
    expect(opened).toMatchObject({ status: 201, text: 'v=0\r\nanswer\r\n' });
    expect(opened.headers).toMatchObject({
      'content-type': 'application/sdp',
      etag: '"tag-1"',
      'cache-control': 'no-store',
    });
    const session = opened.headers.location ?? '';
    expect(session).toMatch(/^\/whep\//);

    const trickled = await call(door, { method: 'PATCH', path: session, headers: fragment, body: 'a=candidate:1\r\n' });
    expect(trickled).toMatchObject({ status: 204, text: '' });
    expect(trickled.headers.etag).toBeUndefined();

    const headers = { ...fragment, 'if-match': '"tag-1"' };
    const restarted = await call(door, { method: 'PATCH', path: session, headers, body: 'a=ice-ufrag:y\r\n' });
    expect(restarted).toMatchObject({ status: 200, text: 'a=ice-ufrag:x\r\n' });
    expect(restarted.headers).toMatchObject({ etag: '"tag-2"', 'content-type': 'application/trickle-ice-sdpfrag' });
    expect(updateIce).toHaveBeenLastCalledWith('viewer-1', 'a=ice-ufrag:y\r\n', 'tag-1');

    expect((await call(door, { method: 'DELETE', path: session, headers: { 'if-match': '"old"' } })).status).toBe(200);
    expect(leave).toHaveBeenCalledExactlyOnceWith('viewer-1');
  });

  it.each([
    ['a missing tag', undefined, undefined],
    ['any tag', '*', '*'],
    ['a tag', '"tag-1"', 'tag-1'],
    ['a tag without quotes', 'tag-1', 'tag-1'],
    ['a weak tag, which never matches', 'W/"tag-1"', 'W/"tag-1"'],
  ])('takes a PATCH with %s', async (_what, ifMatch, expectedTag) => {
    const updateIce = vi.fn<StationApi['updateIce']>().mockResolvedValue(null);
    const door = await openDoor({ station: fakeStation({ updateIce }) });
    const headers = { ...fragment, ...(ifMatch !== undefined && { 'if-match': ifMatch }) };
    await call(door, { method: 'PATCH', path: '/whep/sessions/v', headers, body: 'a=mid:0' });
    expect(updateIce).toHaveBeenCalledExactlyOnceWith('v', 'a=mid:0', expectedTag);
  });

  it('takes the media type in any case and with parameters', async () => {
    const door = await openDoor();
    for (const type of ['Application/SDP', 'application/sdp; charset=utf-8']) {
      const headers = { 'content-type': type };
      expect((await call(door, { method: 'POST', path: '/whep/bench', headers, body: 'v=0' })).status).toBe(201);
    }
  });

  it.each([
    [StationError.badOffer('no video'), 400, undefined],
    [StationError.offerTooComplex('lines'), 400, undefined],
    [StationError.badCandidate('no'), 400, undefined],
    [StationError.noCommonCodec(), 406, undefined],
    [StationError.unknownStream(), 404, undefined],
    [StationError.unknownViewer(), 404, undefined],
    [StationError.staleSession(), 412, undefined],
    [StationError.sourceOffline(1_200), 409, '2'],
    [StationError.sourceOffline(0), 409, '1'],
    [StationError.stationFull(16), 503, '5'],
    [StationError.closing(), 503, '5'],
  ])('answers "$0.message" with $1', async (refusal, status, retryAfter) => {
    const door = await openDoor({ station: fakeStation({ watch: () => Promise.reject(refusal) }) });
    const answer = await call(door, { method: 'POST', path: '/whep/bench', headers: sdp, body: 'v=0' });
    expect(answer.status).toBe(status);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(problemIn(answer)).toEqual({ status, code: refusal.reason, title: refusal.message });
  });

  it('names the ICE servers to a client that opens a session or asks, but not to a preflight', async () => {
    const door = await openDoor({ station: fakeStation({ webrtcConfig: () => ({ iceServers: [turn] }) }) });
    const link =
      '<turn:t.example:3478>; rel="ice-server"; username="lab \\"1\\""; credential="p\\\\w"; credential-type="password", ' +
      '<stun:s.example>; rel="ice-server"';
    const path = '/whep/bench';
    expect((await call(door, { method: 'POST', path, headers: sdp, body: 'v=0' })).headers.link).toBe(link);
    expect((await call(door, { method: 'OPTIONS', path })).headers.link).toBe(link);
    const preflight = { 'access-control-request-method': 'POST', origin: new URL(door.url).origin };
    expect((await call(door, { method: 'OPTIONS', path, headers: preflight })).headers.link).toBeUndefined();
    const foreign = { origin: 'http://evil.example' };
    expect((await call(door, { method: 'OPTIONS', path, headers: foreign })).headers.link).toBeUndefined();
  });

  it('ends the session of a client that hung up before its answer was ready', async () => {
    let answer: ((session: Session) => void) | undefined;
    const leave = vi.fn<StationApi['leave']>().mockResolvedValue();
    const watch: StationApi['watch'] = () => new Promise((resolve) => (answer = resolve));
    const door = await openDoor({ station: fakeStation({ watch, leave }) });
    const socket = await connectTo(door);
    const { host } = new URL(door.url);
    const head = `POST /whep/bench HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/sdp\r\nContent-Length: 3`;
    socket.write(`${head}\r\n\r\nv=0`);
    await vi.waitFor(() => expect(answer).toBeDefined());
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resetAndDestroy();
    await closed;
    // The door learns of the reset before it accepts a later connection, so this answer comes after it.
    await call(door, { path: '/healthz' });
    answer?.({ viewerId: 'v-9', answerSdp: 'v=0', iceTag: 't' });
    await vi.waitFor(() => expect(leave).toHaveBeenCalledExactlyOnceWith('v-9'));
  });

  it('keeps a mistake of the station to the log', async () => {
    const station = fakeStation({ watch: () => Promise.reject(new TypeError('secret of line 12')) });
    const door = await openDoor({ station });
    const answer = await call(door, { method: 'POST', path: '/whep/bench', headers: sdp, body: 'v=0' });
    expect(answer.status).toBe(500);
    expect(problemIn(answer).code).toBe('internal');
    expect(answer.text).not.toContain('secret');
  });
});

describe('the simple exchange of offer and answer', () => {
  it('opens a session on the named stream, or leaves the choice to the station', async () => {
    const watch = vi.fn<StationApi['watch']>().mockResolvedValue(sampleSession);
    const door = await openDoor({ station: fakeStation({ watch }) });
    const request = { method: 'POST', path: '/offer', headers: { 'content-type': 'application/json' } };
    const named = await call(door, { ...request, body: '{"sdp":"v=0","type":"offer","stream":"bench"}' });
    expect(named.status).toBe(200);
    expect(JSON.parse(named.text)).toEqual({
      sdp: 'v=0\r\nanswer\r\n',
      type: 'answer',
      connection_id: 'viewer-1',
      peer_id: 'viewer-1',
    });
    await call(door, { ...request, body: '{"sdp":"v=0","type":"offer","other":1}' });
    expect(watch.mock.calls).toEqual([
      ['bench', 'v=0'],
      [undefined, 'v=0'],
    ]);
  });
});
