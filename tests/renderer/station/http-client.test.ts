import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { StationApi } from '../../../src/shared/api.ts';
import { StationError } from '../../../src/shared/errors.ts';
import { HttpClient } from '../../../src/renderer/station/http-client.ts';
import { fakeStation, sampleSession, sampleState } from '../../contract/fake-station.ts';
import { openDoor } from '../../http/door.ts';
import { answerWithIce, iceFragment } from '../../../src/renderer/station/ice-restart.ts';
import { asPeer, FakePeer, restartOffer } from '../fake-page.ts';

async function clientOf(overrides: Parameters<typeof fakeStation>[0] = {}): Promise<HttpClient> {
  const door = await openDoor({ station: fakeStation(overrides) });
  return new HttpClient(new URL(door.url));
}

describe('The station over HTTP', () => {
  test('tells its state and its ICE servers', async () => {
    const iceServers = [{ urls: 'stun:stun.lab.example' }];
    const client = await clientOf({ webrtcConfig: () => ({ iceServers }) });
    expect(await client.state()).toEqual(sampleState());
    expect(await client.webrtcConfig()).toEqual({ iceServers });
  });

  test('tells passwords of ICE servers that are not older than a minute', async () => {
    const webrtcConfig = vi.fn(() => ({ iceServers: [] }));
    const client = await clientOf({ webrtcConfig });
    const now = vi.spyOn(performance, 'now');
    onTestFinished(() => now.mockRestore());
    for (const nowMs of [1_000, 60_000, 62_000]) {
      now.mockReturnValue(nowMs);
      await client.webrtcConfig();
    }
    expect(webrtcConfig).toHaveBeenCalledTimes(2);
  });

  test('opens a session with an offer that does not wait for candidates, and ends it when the Player leaves', async () => {
    const watch = vi.fn(() => Promise.resolve(sampleSession));
    const leave = vi.fn(() => Promise.resolve());
    const client = await clientOf({ watch, leave });
    const peer = new FakePeer();
    const session = await client.open('bench', asPeer(peer));
    expect(watch).toHaveBeenCalledWith('bench', 'offer');
    expect(peer.iceGatheringState).toBe('gathering');
    expect(session.stationSdp).toBe(sampleSession.answerSdp);
    expect(session.viewerId).toBe(sampleSession.viewerId);
    await session.connect();
    expect(peer.remoteDescription).toEqual({ type: 'answer', sdp: sampleSession.answerSdp });
    await session.leave();
    await vi.waitFor(() => expect(leave).toHaveBeenCalledWith(sampleSession.viewerId));
  });

  test('tells what happened to a stream, or why not', async () => {
    const events = [{ kind: 'live', timeMs: 1 }] as const;
    const streamLog = vi.fn((streamId: string) => {
      if (streamId === 'bench') return events;
      throw StationError.unknownStream();
    });
    const client = await clientOf({ streamLog });
    expect(await client.streamLog('bench')).toEqual(events);
    await expect(client.streamLog('gone')).rejects.toMatchObject({ reason: 'unknown_stream' });
  });

  describe('that is asked to restart ICE', () => {
    async function restart(updateIce: StationApi['updateIce']): Promise<FakePeer> {
      const client = await clientOf({ watch: () => Promise.resolve(sampleSession), updateIce });
      const peer = new FakePeer();
      const session = await client.open('bench', asPeer(peer));
      await session.connect();
      await session.restartIce(new AbortController().signal);
      return peer;
    }

    test('gets the new credentials, whatever state of the session it knows, and has its own taken', async () => {
      const sdpFragment = 'a=ice-ufrag:new\r\na=ice-pwd:newPassword\r\n';
      const updateIce = vi.fn(() => Promise.resolve({ iceTag: 'tag-2', sdpFragment }));
      const peer = await restart(updateIce);
      expect(updateIce).toHaveBeenCalledWith(sampleSession.viewerId, iceFragment(restartOffer), '*');
      expect(peer.remoteDescription).toEqual({
        type: 'answer',
        sdp: answerWithIce(sampleSession.answerSdp, sdpFragment),
      });
    });

    test('refuses it with its own reason where the session has gone', async () => {
      const gone = restart(() => Promise.reject(StationError.unknownViewer()));
      await expect(gone).rejects.toMatchObject({ name: 'Refusal', reason: 'unknown_viewer' });
    });
  });

  test.each([
    ['source_offline', StationError.sourceOffline(7_000), 7_000],
    ['station_full', StationError.stationFull(4), 5_000],
    ['closing', StationError.closing(), 5_000],
    ['unknown_stream', StationError.unknownStream(), undefined],
    ['no_common_codec', StationError.noCommonCodec(), undefined],
  ])('refuses with its own reason (%s) and its own wait', async (reason, error, retryAfterMs) => {
    const client = await clientOf({ watch: () => Promise.reject(error) });
    await expect(client.open('bench', asPeer(new FakePeer()))).rejects.toMatchObject({
      name: 'Refusal',
      reason,
      retryAfterMs,
    });
  });

  test('is unreachable when nobody listens, and asked for its ICE servers again when somebody does', async () => {
    const server = createServer((_request, response) => response.end('{"iceServers":[]}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const client = new HttpClient(new URL(`http://127.0.0.1:${port}/`));
    await expect(client.webrtcConfig()).rejects.toMatchObject({ reason: 'unreachable' });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    expect(await client.webrtcConfig()).toEqual({ iceServers: [] });
  });

  test('is unreachable where a gateway answers in its place', async () => {
    const gateway = createServer((_request, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'));
    gateway.listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    onTestFinished(() => void gateway.close());
    const { port } = gateway.address() as AddressInfo;
    const client = new HttpClient(new URL(`http://127.0.0.1:${port}/`));
    await expect(client.state()).rejects.toMatchObject({ reason: 'unreachable' });
  });

  test('shares its clock with a page on the same machine only', () => {
    expect(new HttpClient(new URL('http://127.0.0.1:8080/')).sharesClock).toBe(true);
    expect(new HttpClient(new URL('http://localhost:8080/')).sharesClock).toBe(true);
    expect(new HttpClient(new URL('http://192.168.4.20:8080/')).sharesClock).toBe(false);
  });
});
