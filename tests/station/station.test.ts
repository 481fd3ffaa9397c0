import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AcceptViewer } from '../../src/main/station/ports.ts';
import { FakeCapture } from './fake-capture.ts';
import { FakeViewer } from './fake-viewer.ts';
import { openStation, streamConfig } from './fakes.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const tick = (timeMs: number) => vi.advanceTimersByTimeAsync(timeMs);

/** Accepts a Viewer when the test says so. */
function slowAccept() {
  let viewer: FakeViewer | null = null;
  let accepted: (viewer: FakeViewer) => void;
  const acceptViewer: AcceptViewer = (_offer, _reach, notices) => {
    viewer = new FakeViewer('h264', notices);
    return new Promise((resolve) => (accepted = (made) => resolve({ viewer: made, answerSdp: 'answer' })));
  };
  return {
    acceptViewer,
    accept: (): FakeViewer => {
      if (viewer === null) throw new Error('nobody has asked yet');
      accepted(viewer);
      return viewer;
    },
    viewer: () => viewer,
  };
}

describe('watching', () => {
  it('opens a session that only its unguessable id can steer', async () => {
    const { station, viewers } = openStation();
    const session = await station.watch('one', 'h264');
    expect(session).toEqual({ viewerId: viewers[0]?.id, answerSdp: 'answer', iceTag: 'tag' });
    expect(await station.updateIce(session.viewerId, 'fragment')).toEqual({ iceTag: 'tag2', sdpFragment: 'fragment' });
    await expect(station.addIceCandidate(session.viewerId, { candidate: '' })).resolves.toBeUndefined();
    for (const call of [
      () => station.updateIce('guess', 'fragment'),
      () => station.addIceCandidate('guess', { candidate: '' }),
      () => station.leave('guess'),
    ]) {
      await expect(call()).rejects.toMatchObject({ reason: 'unknown_viewer' });
    }
  });

  it('takes the first stream where none is named', async () => {
    const { station, stream } = openStation({
      streams: [streamConfig({ id: 'b' }), streamConfig({ id: 'a' })],
    });
    await station.watch(undefined, 'h264');
    expect([stream('b').viewers, stream('a').viewers]).toEqual([1, 0]);
  });

  it('is refused for a stream that does not exist, and for any stream of an empty station', async () => {
    const { station, captures } = openStation();
    await expect(station.watch('other', 'h264')).rejects.toMatchObject({ reason: 'unknown_stream' });
    await expect(station.watch('', 'h264')).rejects.toMatchObject({ reason: 'unknown_stream' });
    expect(captures).toHaveLength(0);
    const empty = openStation({ streams: [] });
    await expect(empty.station.watch(undefined, 'h264')).rejects.toMatchObject({ reason: 'unknown_stream' });
  });

  it('does not start a detector for an offer that is refused', async () => {
    const { station, captures, stream } = openStation();
    await expect(station.watch('one', 'junk')).rejects.toMatchObject({ reason: 'bad_offer' });
    expect(captures).toHaveLength(0);
    expect(stream()).toMatchObject({ status: { kind: 'idle' }, viewers: 0 });
  });

  it('is refused while the detector is away, with the time of the next try, at least a second', async () => {
    const { station, join, capture } = openStation();
    await join();
    capture().end();
    await expect(station.watch('one', 'h264')).rejects.toMatchObject({ reason: 'source_offline', retryAfterMs: 1_000 });
    for (const waitMs of [500, 1_000, 2_000]) {
      await tick(waitMs);
      capture().end();
    }
    await expect(station.watch('one', 'h264')).rejects.toMatchObject({ reason: 'source_offline', retryAfterMs: 5_000 });
    await tick(5_000);
    capture().picture();
    await expect(station.watch('one', 'h264')).resolves.toBeDefined();
  });

  it('keeps the retries going for somebody who was told to come back', async () => {
    const { station, join, captures, capture, stream } = openStation();
    const viewer = await join();
    capture().end();
    await station.leave(viewer.id);
    for (let seconds = 0; seconds < 20; seconds += 5) {
      await expect(station.watch('one', 'h264')).rejects.toMatchObject({ reason: 'source_offline' });
      await tick(5_000);
      capture().end();
    }
    expect(captures.length).toBeGreaterThan(3);
    await tick(11_000);
    expect(stream().status.kind).toBe('idle');
  });

  it('is refused when the station serves as many viewers as it may, over all streams and before they connect', async () => {
    const { station } = openStation({
      streams: [streamConfig({ id: 'a' }), streamConfig({ id: 'b' })],
      maxViewers: 2,
    });
    const asked = await Promise.allSettled(['a', 'b', 'a'].map((id) => station.watch(id, 'h264')));
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(asked[2]).toMatchObject({ reason: { reason: 'station_full', retryAfterMs: 5_000 } });
    const first = asked[0];
    if (first?.status === 'fulfilled') await station.leave(first.value.viewerId);
    await expect(station.watch('a', 'h264')).resolves.toBeDefined();
  });

  it('leaves no seat taken by offers that were refused', async () => {
    const { station } = openStation({ maxViewers: 1 });
    await expect(station.watch('one', 'junk')).rejects.toMatchObject({ reason: 'bad_offer' });
    await expect(station.watch('one', 'h264')).resolves.toBeDefined();
  });

  it('ends for a viewer that goes by itself', async () => {
    const { station, join, stream } = openStation();
    const viewer = await join();
    void viewer.close('ice_failed');
    expect(stream().viewers).toBe(0);
    await expect(station.leave(viewer.id)).rejects.toMatchObject({ reason: 'unknown_viewer' });
  });

  it('does not keep a viewer that has gone before it was accepted', async () => {
    const { acceptViewer, accept, viewer } = slowAccept();
    const { station, captures, stream } = openStation({ acceptViewer });
    const watching = station.watch('one', 'h264');
    void viewer()?.close('connect_timeout');
    accept();
    await expect(watching).rejects.toMatchObject({ reason: 'unknown_viewer' });
    expect(stream().viewers).toBe(0);
    expect(captures).toHaveLength(0);
  });
});

describe('closing', () => {
  it('ends the viewers, then the captures, and waits for both', async () => {
    const { station, join, capture } = openStation();
    const viewer = await join();
    capture().holdsOn = true;
    capture().picture();
    const order: string[] = [];
    vi.spyOn(viewer, 'close').mockImplementation((reason) => {
      order.push(reason);
      return new Promise((resolve) => setTimeout(resolve, 100));
    });
    const closeCapture = capture().close.bind(capture());
    vi.spyOn(capture(), 'close').mockImplementation(() => {
      order.push('capture');
      return closeCapture();
    });
    const closed = station.close().then(() => order.push('closed'));
    await tick(50);
    expect(order).toEqual(['station_closing']);
    await tick(1_000);
    expect(order).toEqual(['station_closing', 'capture']);
    capture().finish();
    await closed;
    expect(order).toEqual(['station_closing', 'capture', 'closed']);
  });

  it('refuses whoever comes then, and closes whoever was being accepted', async () => {
    const { acceptViewer, accept } = slowAccept();
    const { station, captures } = openStation({ acceptViewer });
    const watching = station.watch('one', 'h264');
    const closed = station.close();
    await expect(station.watch('one', 'h264')).rejects.toMatchObject({ reason: 'closing' });
    const viewer = accept();
    await expect(watching).rejects.toMatchObject({ reason: 'closing' });
    expect(viewer.end).toBe('station_closing');
    await closed;
    expect(captures).toHaveLength(0);
  });

  it('can be asked for twice, and leaves no timer behind', async () => {
    const { station, join, captures, capture } = openStation();
    station.onState(() => undefined);
    await join();
    capture().end();
    await tick(500);
    await Promise.all([station.close(), station.close()]);
    await station.close();
    expect(vi.getTimerCount()).toBe(0);
    await tick(60_000);
    expect(captures).toHaveLength(2);
  });

  it('is not held up by a viewer or a capture that cannot be closed', async () => {
    const { station, join, capture, logLines } = openStation();
    const [failing, other] = [await join(), await join()];
    vi.spyOn(failing, 'close').mockRejectedValue(new Error('no'));
    vi.spyOn(capture(), 'close').mockRejectedValue(new Error('no'));
    await station.close();
    expect(other.end).toBe('station_closing');
    expect(logLines.filter(({ level }) => level === 50)).toHaveLength(2);
  });
});

describe('the log', () => {
  it('tells the life of a stream and of its viewers, and never the id that steers a session', async () => {
    const lines: string[] = [];
    const logger = pino({ base: null }, { write: (line: string) => void lines.push(line) });
    const { station, join, capture } = openStation({ logger });
    const viewer = await join();
    capture().picture();
    await station.leave(viewer.id);
    await tick(10_000);
    const told = lines.map((line) => (JSON.parse(line) as { msg: string; reason?: string }).msg);
    expect(told).toEqual(['stream started', 'viewer connected', 'stream live', 'viewer gone', 'stream stopped']);
    expect(lines[3]).toContain('"reason":"left"');
    expect(lines.join('')).not.toContain(viewer.id);
  });
});

describe('questions that the station hands on', () => {
  it('are answered with the cameras of the machine and the configured ICE servers', async () => {
    const camera = { id: 'usb-1', name: 'Microscope', path: '/dev/video0', modes: [] };
    const iceServers = [{ urls: 'stun:stun.example' }];
    const { station } = openStation({ listCameras: () => Promise.resolve([camera]), iceServers: () => iceServers });
    expect(await station.cameras()).toEqual([camera]);
    expect(station.webrtcConfig()).toEqual({ iceServers });
  });

  it('look for cameras once for all who ask at the same time, and anew for who asks later', async () => {
    const looks: (() => void)[] = [];
    const { station } = openStation({ listCameras: () => new Promise((resolve) => looks.push(() => resolve([]))) });
    const asked = [station.cameras(), station.cameras()];
    expect(looks).toHaveLength(1);
    looks[0]?.();
    await Promise.all(asked);
    void station.cameras();
    expect(looks).toHaveLength(2);
  });

  it.each([
    { quality: 'economy', kbitPerS: 1_500 },
    { quality: 'standard', kbitPerS: 4_000 },
    { quality: 'high', kbitPerS: 8_000 },
  ] as const)('ask the capture for $kbitPerS kbit/s at the quality $quality', async ({ quality, kbitPerS }) => {
    const captures: FakeCapture[] = [];
    const { join } = openStation({
      streams: [streamConfig({ quality })],
      startCapture: (source, notices) => {
        captures.push(new FakeCapture(source, notices));
        return captures[0] as FakeCapture;
      },
    });
    await join();
    expect([...(captures[0]?.open.values() ?? [])]).toMatchObject([{ kbitPerS }]);
  });
});
