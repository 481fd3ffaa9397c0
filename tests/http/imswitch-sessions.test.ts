import { describe, expect, it, vi } from 'vitest';
import type { StationApi } from '../../src/shared/api.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { picture } from '../webrtc/session.ts';
import { openDoor, type Call } from './door.ts';
import { ask, post } from './imswitch.ts';
import { newPlayer, serve } from './offered-session.ts';

describe('a WebRTC client of ImSwitch', () => {
  it.each(['sdp_type', 'type'])('names its offer with %s, and gets pictures, and so does a second one', async (key) => {
    const { door, world } = await serve();
    const players = [newPlayer(), newPlayer()];
    await ask(door, 'startLiveView?protocol=webrtc', post(null));
    for (const player of players) {
      const params = { throttle_ms: 33, subsampling_factor: 1, max_width: 1280 };
      const sdp = await player.offer();
      const answer = (await ask(door, 'webrtc_offer', post({ sdp, [key]: 'offer', params }))) as { sdp: string };
      expect(Object.keys(answer)).toEqual(['status', 'sdp', 'type']);
      expect(answer).toMatchObject({ status: 'success', type: 'answer' });
      // Its page shows nothing without a stream's name.
      expect(answer.sdp).toMatch(/^a=msid:\S+ \S+/m);
      await player.accept(answer.sdp);
    }
    await Promise.all(players.map((player) => player.connected));
    await vi.waitFor(() => {
      const [id = ''] = world.capture().open.keys();
      world.capture().notices.frame(id, picture(1, { isKeyframe: true }));
      for (const player of players) expect(player.pictures.length).toBeGreaterThan(0);
    });
    expect(world.stream().viewers).toBe(2);
    expect(await ask(door, 'stopLiveView')).toEqual({ status: 'success', detector: 'one', protocol: 'webrtc' });
    expect(world.stream().viewers).toBe(0);
    expect(await ask(door, 'getLiveViewActive')).toBe(false);
  });

  const withUfrag = (line: string, sdp: string) => `${line} ufrag ${/a=ice-ufrag:(\S+)/.exec(sdp)?.[1]}`;
  const asQuery = (candidate: object): [string, Call] => [
    `webrtc_ice_candidate?candidate=${encodeURIComponent(JSON.stringify(candidate))}`,
    {},
  ];
  const asBody = (candidate: object): [string, Call] => [
    'webrtc_ice_candidate',
    post({ detectorName: 'one', candidate }),
  ];

  it.each([
    ['in the query', asQuery],
    ['in the body', asBody],
  ])('has its candidates used that it sends later, %s', async (_where, requestOf) => {
    const addIceCandidate = vi.fn<StationApi['addIceCandidate']>().mockResolvedValue();
    const { world } = await serve();
    const door = await openDoor({ station: listening(world.station, addIceCandidate) });
    const lines = ['first', 'second'].map((ufrag) => `candidate:1 1 udp 1 127.0.0.1 5000 typ host ufrag ${ufrag}`);
    for (const ufrag of ['first', 'second']) {
      const sdp = (await newPlayer().offer()).replace(/a=ice-ufrag:\S+/g, `a=ice-ufrag:${ufrag}`);
      expect(await ask(door, 'webrtc_offer', post({ sdp, sdp_type: 'offer' }))).toMatchObject({ status: 'success' });
    }
    const [second, first] = [lines[1], lines[0]].map((candidate) => ({ candidate, sdpMid: '0', sdpMLineIndex: 0 }));
    for (const candidate of [second, first]) {
      const answer = await ask(door, ...requestOf(candidate ?? {}));
      expect(answer).toEqual({ status: 'success', message: 'ICE candidate received' });
    }
    const ids = world.station.state().viewers.map(({ id }) => id);
    expect(addIceCandidate.mock.calls.map(([id, { candidate }]) => [id.slice(0, 8), candidate])).toEqual([
      [ids[1], lines[1]],
      [ids[0], lines[0]],
    ]);
    // Without a name it could be meant for either.
    const { candidate = '' } = first ?? {};
    const unnamed = { candidate: candidate.replace(/ ufrag .*/, '') };
    expect(await ask(door, ...requestOf(unnamed))).toMatchObject({ status: 'error' });
    const strange = { candidate: withUfrag(unnamed.candidate, 'a=ice-ufrag:third') };
    expect(await ask(door, ...requestOf(strange))).toMatchObject({ status: 'error' });
  });

  it('needs no name in its candidates where it has one session only', async () => {
    const addIceCandidate = vi.fn<StationApi['addIceCandidate']>().mockResolvedValue();
    const { world } = await serve();
    const door = await openDoor({ station: listening(world.station, addIceCandidate) });
    await ask(door, 'webrtc_offer', post({ sdp: await newPlayer().offer(), sdp_type: 'offer' }));
    const line = encodeURIComponent('candidate:1 1 udp 1 127.0.0.1 5000 typ host');
    await ask(door, `webrtc_ice_candidate?candidate=${line}&sdpMid=0`);
    expect(addIceCandidate.mock.calls[0]?.[1]).toEqual({
      candidate: 'candidate:1 1 udp 1 127.0.0.1 5000 typ host',
      sdpMid: '0',
      sdpMLineIndex: null,
    });
  });
});

/** A station, but for what becomes of its candidates. */
function listening(station: StationApi, addIceCandidate: StationApi['addIceCandidate']): StationApi {
  return fakeStation({
    state: () => station.state(),
    watch: (...args) => station.watch(...args),
    addIceCandidate,
  });
}
