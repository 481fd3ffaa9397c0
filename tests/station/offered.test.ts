import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OfferViewer } from '../../src/main/station/ports.ts';
import { failingStarts } from './fake-capture.ts';
import { FakeOffer, type FakeViewer } from './fake-viewer.ts';
import { openStation, streamConfig, type World } from './fakes.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const tick = (timeMs: number) => vi.advanceTimersByTimeAsync(timeMs);
const vp8 = { type: 'answer', sdp: 'vp8' };

/** A Viewer that came by answering the station. */
async function joinByAnswer({ station, offers }: World, streamId = 'one'): Promise<FakeViewer> {
  const { viewerId } = await station.offerViewer(streamId);
  await station.answerViewer(viewerId, vp8);
  const viewer = offers.at(-1)?.viewer;
  if (!viewer) throw new Error('the answer has made no viewer');
  viewer.connect();
  return viewer;
}

describe('a session that the station offers', () => {
  it('rests the detector until the answer says what can be sent', async () => {
    const world = openStation();
    const { station, offers, captures, capture, stream } = world;
    const offer = await station.offerViewer('one');
    expect(offer).toEqual({ viewerId: offers[0]?.id, type: 'offer', sdp: 'offer' });
    expect(captures).toHaveLength(0);
    expect(stream().viewers).toBe(0);

    await station.answerViewer(offer.viewerId, vp8);
    const viewer = offers[0]?.viewer;
    viewer?.connect();
    capture().show();
    capture().picture();
    expect([...capture().open.values()].map(({ codec }) => codec)).toEqual(['vp8']);
    expect(stream().viewers).toBe(1);
    expect(viewer?.seen).toBe('K1');
  });

  it('takes the first stream where none is named, and none that is not there', async () => {
    const { station } = openStation({ streams: [streamConfig({ id: 'b' }), streamConfig({ id: 'a' })] });
    const { viewerId } = await station.offerViewer(undefined);
    await station.answerViewer(viewerId, vp8);
    expect(station.state().streams.map(({ id, viewers }) => [id, viewers])).toEqual([
      ['b', 1],
      ['a', 0],
    ]);
    await expect(station.offerViewer('c')).rejects.toMatchObject({ reason: 'unknown_stream' });
  });

  it('is refused for a detector that is away', async () => {
    const { station, join } = openStation({ startCapture: failingStarts([]) });
    await join();
    await tick(0);
    await expect(station.offerViewer('one')).rejects.toMatchObject({ reason: 'source_offline' });
  });

  it('passes on the servers and the reach that its caller may have', async () => {
    const offerViewer = vi.fn<OfferViewer>((_servers, _reach, notices) => Promise.resolve(new FakeOffer(notices)));
    const { station } = openStation({ offerViewer });
    const servers = [{ urls: 'stun:s.example' }];
    await station.offerViewer('one', servers);
    await station.setShared(true);
    await station.offerViewer('one', undefined, 'network');
    expect(offerViewer.mock.calls.map(([iceServers, reach]) => [iceServers, reach])).toEqual([
      [servers, 'loopback'],
      [undefined, 'network'],
    ]);
  });

  it('takes candidates before its answer, and tells its own', async () => {
    const { station, offers } = openStation();
    const { viewerId } = await station.offerViewer('one');
    await station.addIceCandidate(viewerId, { candidate: 'candidate:7' });
    expect(offers[0]?.candidates).toEqual(['candidate:7']);
    const told: unknown[] = [];
    station.onCandidate(viewerId, (candidate) => told.push(candidate));
    expect(told).toEqual([{ candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 }, null]);
  });

  it('stays open where the answer is refused, so that a right one can follow', async () => {
    const { station, captures, stream } = openStation();
    const { viewerId } = await station.offerViewer('one');
    await expect(station.answerViewer(viewerId, { type: 'offer', sdp: 'vp8' })).rejects.toMatchObject({
      reason: 'not_an_answer',
    });
    await expect(station.answerViewer(viewerId, { type: 'answer', sdp: '' })).rejects.toMatchObject({
      reason: 'bad_answer',
    });
    expect(captures).toHaveLength(0);
    await station.answerViewer(viewerId, vp8);
    expect(stream().viewers).toBe(1);
  });

  it('is answered once; a session that the player offered needs no answer', async () => {
    const world = openStation();
    const { station } = world;
    const viewer = await joinByAnswer(world);
    await expect(station.answerViewer(viewer.id, vp8)).rejects.toMatchObject({ reason: 'already_answered' });
    const { viewerId } = await station.watch('one', 'h264');
    await expect(station.answerViewer(viewerId, vp8)).rejects.toMatchObject({ reason: 'already_answered' });
    await expect(station.answerViewer('guess', vp8)).rejects.toMatchObject({ reason: 'unknown_viewer' });
    expect(() => station.onCandidate('guess', () => undefined)).toThrow(
      expect.objectContaining({ reason: 'unknown_viewer' }),
    );
  });

  it('ends when its player leaves, and with the last one the capture after its linger', async () => {
    const world = openStation({ lingerMs: 5_000 });
    const viewer = await joinByAnswer(world);
    await world.station.leave(viewer.id);
    expect(viewer.end).toBe('left');
    expect(world.stream().viewers).toBe(0);
    await tick(4_999);
    expect(world.capture().isClosed).toBe(false);
    await tick(1);
    expect(world.capture().isClosed).toBe(true);
    expect(world.stream().status.kind).toBe('idle');
    await expect(world.station.leave(viewer.id)).rejects.toMatchObject({ reason: 'unknown_viewer' });
  });

  it('can be left before it is answered', async () => {
    const { station, offers } = openStation();
    const { viewerId } = await station.offerViewer('one');
    await station.leave(viewerId);
    expect(offers[0]?.end).toBe('left');
    await expect(station.answerViewer(viewerId, vp8)).rejects.toMatchObject({ reason: 'unknown_viewer' });
  });

  it('takes a place from the offer on, and gives it back when nobody answers', async () => {
    const world = openStation({ maxViewers: 2 });
    const { station, offers, join, logLines } = world;
    await join();
    await station.offerViewer('one');
    await expect(station.offerViewer('one')).rejects.toMatchObject({ reason: 'station_full' });
    await expect(station.watch('one', 'h264')).rejects.toMatchObject({ reason: 'station_full' });
    await offers[0]?.close('connect_timeout');
    expect(logLines.at(-1)).toMatchObject({ msg: 'viewer gone', reason: 'connect_timeout' });
    await expect(joinByAnswer(world)).resolves.toBeDefined();
  });

  it('ends with the station, answered or not, and also where it was only being made', async () => {
    let offered: ((offer: FakeOffer) => void) | undefined;
    let late: FakeOffer | undefined;
    const offerViewer: OfferViewer = (_servers, _reach, notices) => {
      late = new FakeOffer(notices);
      return new Promise((resolve) => (offered = resolve));
    };
    const world = openStation();
    await joinByAnswer(world);
    await world.station.offerViewer('one');
    await world.station.close();
    expect([world.offers[0]?.viewer?.end, world.offers[1]?.end]).toEqual(['station_closing', 'station_closing']);
    await expect(world.station.offerViewer('one')).rejects.toMatchObject({ reason: 'closing' });

    const { station } = openStation({ offerViewer });
    const offering = station.offerViewer('one');
    const closed = station.close();
    if (late) offered?.(late);
    await expect(offering).rejects.toMatchObject({ reason: 'closing' });
    await closed;
    expect(late?.end).toBe('station_closing');
  });
});
