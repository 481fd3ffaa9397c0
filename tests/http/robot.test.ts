import { describe, expect, it, vi } from 'vitest';
import type { StationApi } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import { fakeStation, sampleSession } from '../contract/fake-station.ts';
import { picture } from '../webrtc/session.ts';
import { call, openDoor, problemIn } from './door.ts';
import { newPlayer, post, serve } from './offered-session.ts';

interface Answer {
  readonly sdp: string;
  readonly type: string;
  readonly connection_id: string;
  readonly peer_id: string;
}

const trickle = (body: object) => post('/ice-candidate', JSON.stringify(body));

describe('a client that was made for the camera server of a robot', () => {
  it('is led from its offer over its candidates, which are not in the offer, to pictures', async () => {
    const { door, world } = await serve();
    const player = newPlayer();
    const sdp = await player.offer();
    const bare = sdp.replace(/a=(candidate:.*|end-of-candidates)\r\n/g, '');
    const opened = await call(door, post('/offer', JSON.stringify({ sdp: bare, type: 'offer' })));
    expect(opened.status).toBe(200);
    const { peer_id, connection_id, ...answer } = JSON.parse(opened.text) as Answer;
    expect([answer.type, peer_id]).toEqual(['answer', connection_id]);
    for (const [, line] of sdp.matchAll(/a=(candidate:.*)\r\n/g)) {
      const added = await call(
        door,
        trickle({ peer_id, candidate: { candidate: line, sdpMid: '0', sdpMLineIndex: 0 } }),
      );
      expect([added.status, JSON.parse(added.text)]).toEqual([200, { success: true }]);
    }
    expect((await call(door, trickle({ connection_id, candidate: null }))).text).toBe('{"success":true}');
    await player.accept(answer.sdp);
    await player.connected;
    await vi.waitFor(() => {
      const [id = ''] = world.capture().open.keys();
      world.capture().notices.frame(id, picture(1, { isKeyframe: true }));
      expect(player.pictures.length).toBeGreaterThan(0);
    });
  });

  it('passes on each candidate as it is, under either name of the session', async () => {
    const addIceCandidate = vi.fn<StationApi['addIceCandidate']>().mockResolvedValue();
    const door = await openDoor({ station: fakeStation({ addIceCandidate }) });
    const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 5000 typ host', sdpMid: '0', sdpMLineIndex: 0 };
    await call(door, trickle({ peer_id: 'p', candidate }));
    await call(door, trickle({ connection_id: 'c', candidate: { candidate: candidate.candidate } }));
    expect(addIceCandidate.mock.calls).toEqual([
      ['p', candidate],
      ['c', { candidate: candidate.candidate, sdpMid: null, sdpMLineIndex: null }],
    ]);
  });

  it.each([
    ['an offer to a full station', StationError.stationFull(2), 503],
    ['an offer to a camera that is away', StationError.sourceOffline(2_000), 409],
    ['an offer without a codec that it can play', StationError.noCommonCodec(), 406],
  ])('is told in its own words what is wrong with %s', async (_what, refusal, status) => {
    const door = await openDoor({ station: fakeStation({ watch: () => Promise.reject(refusal) }) });
    const answer = await call(door, post('/offer', JSON.stringify({ sdp: 'v=0', type: 'offer' })));
    expect(answer.status).toBe(status);
    expect(problemIn(answer)).toEqual({ status, code: refusal.reason, title: refusal.message, error: refusal.message });
  });

  it('is told with 400 that nobody has the id of its candidate', async () => {
    const addIceCandidate = () => Promise.reject(StationError.unknownViewer());
    const door = await openDoor({ station: fakeStation({ addIceCandidate }) });
    const answer = await call(door, trickle({ peer_id: sampleSession.viewerId, candidate: { candidate: '' } }));
    expect([answer.status, problemIn(answer).code]).toEqual([400, 'unknown_viewer']);
    expect(problemIn(answer).error).toBe('There is no such viewer, or it has already gone.');
  });

  it('reads from the status whether its camera can be watched', async () => {
    const { door, world } = await serve();
    const status = async () => JSON.parse((await call(door, { path: '/status' })).text) as object;
    expect(await status()).toMatchObject({
      status: 'running',
      active_connections: 0,
      camera_stream: true,
      port: door.port,
    });
    const player = newPlayer();
    await player.accept((await world.station.watch('one', await player.offer())).answerSdp);
    world.capture().end();
    expect(await status()).toMatchObject({ active_connections: 1, camera_stream: false });
  });
});
