import { describe, expect, it, vi } from 'vitest';
import type { PublishedBy, StationApi } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import { fakeStation, samplePublishing } from '../contract/fake-station.ts';
import { call, openDoor, problemIn } from './door.ts';
import { machineHeader, openNetworkDoor } from './network-door.ts';

const sdp = { 'content-type': 'application/sdp' };
const fragment = { 'content-type': 'application/trickle-ice-sdpfrag' };
const post = (headers: Record<string, string> = {}) => ({
  method: 'POST',
  path: '/whip/phone',
  headers: { ...sdp, ...headers },
  body: 'v=0\r\n',
});

describe('WHIP', () => {
  it('leads somebody who publishes from the offer over trickle and restart to the end of the session', async () => {
    const publish = vi.fn<StationApi['publish']>().mockResolvedValue(samplePublishing);
    const updateIce = vi
      .fn<StationApi['updateIce']>()
      .mockResolvedValueOnce(null)
      .mockResolvedValueOnce({ iceTag: 'tag-2', sdpFragment: 'a=ice-ufrag:x\r\n' });
    const leave = vi.fn<StationApi['leave']>().mockResolvedValue();
    const door = await openDoor({ station: fakeStation({ publish, updateIce, leave }) });

    const opened = await call(door, post());
    expect(opened).toMatchObject({ status: 201, text: 'v=0\r\nanswer\r\n' });
    expect(opened.headers).toMatchObject({
      'content-type': 'application/sdp',
      etag: '"tag-1"',
      'cache-control': 'no-store',
    });
    expect(publish).toHaveBeenCalledExactlyOnceWith('phone', 'v=0\r\n');
    const session = opened.headers.location ?? '';
    expect(session).toBe('/whip/sessions/publisher-1');

    const trickled = await call(door, { method: 'PATCH', path: session, headers: fragment, body: 'a=candidate:1\r\n' });
    expect(trickled).toMatchObject({ status: 204, text: '' });
    const headers = { ...fragment, 'if-match': '"tag-1"' };
    const restarted = await call(door, { method: 'PATCH', path: session, headers, body: 'a=ice-ufrag:y\r\n' });
    expect(restarted).toMatchObject({ status: 200, text: 'a=ice-ufrag:x\r\n' });
    expect(restarted.headers.etag).toBe('"tag-2"');
    expect((await call(door, { method: 'DELETE', path: session })).status).toBe(200);
    expect(leave).toHaveBeenCalledExactlyOnceWith('publisher-1');
  });

  it.each([
    [StationError.badOffer('its video does not send'), 400, undefined],
    [StationError.badStreamId(), 400, undefined],
    [StationError.cannotTake(), 406, undefined],
    [StationError.notPublished(), 409, undefined],
    [StationError.publisherThere(), 409, '5'],
    [StationError.tooManyStreams(64), 503, '5'],
    [StationError.closing(), 503, '5'],
  ])('answers "$0.message" with $1', async (refusal, status, retryAfter) => {
    const door = await openDoor({ station: fakeStation({ publish: () => Promise.reject(refusal) }) });
    const answer = await call(door, post());
    expect(answer.status).toBe(status);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(problemIn(answer)).toEqual({ status, code: refusal.reason, title: refusal.message });
  });

  it('takes no other media type, and says which it takes', async () => {
    const door = await openDoor();
    const refused = await call(door, post({ 'content-type': 'application/json' }));
    expect(refused.status).toBe(415);
    expect(refused.headers['accept-post']).toBe('application/sdp');
    const options = await call(door, { method: 'OPTIONS', path: '/whip/phone' });
    expect(options.headers).toMatchObject({ 'accept-post': 'application/sdp', allow: 'POST, OPTIONS' });
  });

  it('names the ICE servers to whom it opens a session for', async () => {
    const iceServers = [{ urls: 'stun:s.example' }];
    const door = await openDoor({ station: fakeStation({ webrtcConfig: () => ({ iceServers }) }) });
    expect((await call(door, post())).headers.link).toBe('<stun:s.example>; rel="ice-server"');
  });
});

describe('publishing over the network', () => {
  it('takes a token, and that of an operator or administrator', async () => {
    const publish = vi.fn<StationApi['publish']>().mockResolvedValue(samplePublishing);
    const opened = await openNetworkDoor(fakeStation({ publish }));
    expect((await call(opened.door, post())).status).toBe(401);
    expect((await call(opened.door, post(machineHeader(opened, 'viewer')))).status).toBe(403);
    const { token } = (await opened.guard.access.exchangeKey(opened.link.key, '10.0.0.9')) as { token: string };
    expect((await call(opened.door, post({ authorization: `Bearer ${token}` }))).status).toBe(403);
    expect(publish).not.toHaveBeenCalled();
    expect((await call(opened.door, post(machineHeader(opened, 'operator')))).status).toBe(201);
    expect((await call(opened.door, post(machineHeader(opened, 'admin')))).status).toBe(201);
    expect(publish.mock.calls.map(([id, , by]) => [id, by?.reach, by?.name])).toEqual([
      ['phone', 'network', 'machine an operator'.replace('an ', 'a ')],
      ['phone', 'network', 'machine a admin'],
    ]);
  });

  it('goes to the streams that are allowed, and no others', async () => {
    const publish = vi.fn<StationApi['publish']>().mockResolvedValue(samplePublishing);
    const opened = await openNetworkDoor(fakeStation({ publish }));
    expect((await call(opened.door, post(machineHeader(opened, 'operator', ['bench'])))).status).toBe(403);
    expect(publish).not.toHaveBeenCalled();
  });

  it('is on record for as long as it lasts, and ends with the token', async () => {
    let by: PublishedBy | undefined;
    const publish: StationApi['publish'] = (_id, _sdp, publishedBy) => {
      by = publishedBy;
      return Promise.resolve(samplePublishing);
    };
    const leave = vi.fn<StationApi['leave']>().mockResolvedValue();
    const station = fakeStation({ publish, leave });
    const opened = await openNetworkDoor(station);
    await call(opened.door, post(machineHeader(opened, 'operator')));
    expect(opened.guard.admin.present()).toMatchObject([{ kind: 'machine', streamId: 'phone' }]);
    by?.gone?.();
    expect(opened.guard.admin.present()).toEqual([]);

    await call(opened.door, post(machineHeader(opened, 'operator')));
    for (const { id } of opened.guard.admin.machineTokens()) opened.guard.admin.removeMachineToken(id);
    station.tell(station.state());
    await vi.waitFor(() => expect(leave).toHaveBeenCalledExactlyOnceWith('publisher-1'));
  });
});
