import { describe, expect, test } from 'vitest';
import { BridgeClient } from '../../../src/renderer/station/bridge-client.ts';
import { FakeBridge, ok, refused } from '../fake-bridge.ts';
import { answerWithIce, iceFragment } from '../../../src/renderer/station/ice-restart.ts';
import { asPeer, FakePeer, restartOffer, stationSdp } from '../fake-page.ts';

const candidate = (address: string) => ({
  candidate: `candidate:1 1 udp 1 ${address} 5000 typ host`,
  sdpMid: '0',
  sdpMLineIndex: 0,
});

async function open(bridge: FakeBridge) {
  const peer = new FakePeer();
  return { peer, session: await new BridgeClient(bridge).open('bench', asPeer(peer)) };
}

describe('The station over the Bridge', () => {
  test('offers, is answered, and is told when the Player leaves', async () => {
    const bridge = new FakeBridge();
    const { peer, session } = await open(bridge);
    expect(bridge.offerViewer).toHaveBeenCalledWith('bench');
    expect(session.stationSdp).toBe(stationSdp);
    expect(session.viewerId).toBe('viewer-1');
    await session.connect();
    expect(peer.remoteDescription).toEqual({ type: 'offer', sdp: stationSdp });
    expect(bridge.answerViewer).toHaveBeenCalledWith('viewer-1', { type: 'answer', sdp: 'answer' });
    await session.leave();
    expect(bridge.leave).toHaveBeenCalledWith('viewer-1');
  });

  test('tells what happened to a stream', async () => {
    const events = [{ kind: 'idle', timeMs: 1 }] as const;
    const bridge = Object.assign(new FakeBridge(), { streamLog: () => ok(events) });
    expect(await new BridgeClient(bridge).streamLog('bench')).toEqual(events);
  });

  test('gives the peer its candidates, also those that came before the offer, and none of other sessions', async () => {
    const bridge = new FakeBridge();
    bridge.offerViewer.mockImplementationOnce(() => {
      bridge.find('viewer-1', candidate('10.0.0.1'));
      return ok({ viewerId: 'viewer-1', type: 'offer', sdp: stationSdp });
    });
    const { peer, session } = await open(bridge);
    bridge.find('viewer-1', candidate('10.0.0.2'));
    await session.connect();
    bridge.find('viewer-2', candidate('10.0.0.3'));
    bridge.find('viewer-1', candidate('10.0.0.4'));
    expect(peer.candidates).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.4'].map(candidate));
  });

  test("gets the peer's candidates once it has the answer, without the empty last one", async () => {
    const bridge = new FakeBridge();
    bridge.answerViewer.mockImplementationOnce(() => {
      peer.find(candidate('10.0.0.5'));
      expect(bridge.addIceCandidate).not.toHaveBeenCalled();
      return ok(undefined);
    });
    const { peer, session } = await open(bridge);
    await session.connect();
    peer.find({ ...candidate('10.0.0.6'), usernameFragment: 'not a part of the contract' });
    peer.find({ candidate: '', sdpMid: '0', sdpMLineIndex: 0 });
    peer.find(null);
    expect(bridge.addIceCandidate.mock.calls).toEqual(
      ['10.0.0.5', '10.0.0.6'].map((address) => ['viewer-1', candidate(address)]),
    );
  });

  test('is listened to no more after the last candidate, after leaving, and after a refusal', async () => {
    const bridge = new FakeBridge();
    const first = await open(bridge);
    await first.session.connect();
    expect(bridge.candidateListeners.size).toBe(1);
    bridge.find('viewer-1', null);
    expect(bridge.candidateListeners.size).toBe(0);

    const second = await open(bridge);
    await second.session.leave();
    expect(bridge.candidateListeners.size).toBe(0);

    bridge.offerViewer.mockImplementationOnce(() => refused('station_full', 'full', 5_000));
    await expect(open(bridge)).rejects.toMatchObject({ name: 'Refusal', reason: 'station_full', retryAfterMs: 5_000 });
    expect(bridge.candidateListeners.size).toBe(0);
  });

  test('restarts ICE in the same session, although it was the station that offered', async () => {
    const bridge = new FakeBridge();
    const sdpFragment = 'a=ice-ufrag:new\r\na=ice-pwd:newPassword\r\n';
    bridge.updateIce.mockImplementationOnce(() => ok({ iceTag: 'tag-2', sdpFragment }));
    const { peer, session } = await open(bridge);
    await session.connect();
    await session.restartIce(new AbortController().signal);
    expect(bridge.updateIce).toHaveBeenCalledWith('viewer-1', iceFragment(restartOffer), '*');
    expect(peer.remoteDescription).toEqual({ type: 'answer', sdp: answerWithIce(stationSdp, sdpFragment) });
  });

  test('refuses to restart ICE with its own reason, also where it sees no restart in it', async () => {
    const bridge = new FakeBridge();
    const { session } = await open(bridge);
    await session.connect();
    const { signal } = new AbortController();
    await expect(session.restartIce(signal)).rejects.toMatchObject({ name: 'Refusal', reason: 'internal' });
    bridge.updateIce.mockImplementationOnce(() => refused('unknown_viewer'));
    await expect(session.restartIce(signal)).rejects.toMatchObject({ name: 'Refusal', reason: 'unknown_viewer' });
  });

  test('refuses an answer with its own reason', async () => {
    const bridge = new FakeBridge();
    bridge.answerViewer.mockImplementationOnce(() => refused('bad_answer', 'no'));
    const { session } = await open(bridge);
    await expect(session.connect()).rejects.toMatchObject({ name: 'Refusal', reason: 'bad_answer' });
  });

  test('does not trouble a Player that leaves with a refusal', async () => {
    const bridge = new FakeBridge();
    bridge.leave.mockImplementationOnce(() => refused('unknown_viewer'));
    const { session } = await open(bridge);
    await expect(session.leave()).resolves.toBeUndefined();
  });
});
