import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StreamConfig } from '../../src/shared/source.ts';
import { openStation, streamConfig, type World } from './fakes.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const tick = (timeMs: number) => vi.advanceTimersByTimeAsync(timeMs);
const [a, b, c] = ['a', 'b', 'c'].map((id) => streamConfig({ id, name: id.toUpperCase() })) as [
  StreamConfig,
  StreamConfig,
  StreamConfig,
];
const dim = { kind: 'simulated', detector: 'dim' } as const;

/** A station with the streams a and b, each watched by a Viewer that has seen two pictures. */
async function watchedStation() {
  const world = openStation({ streams: [a, b] });
  const viewers = { a: await world.join('a'), b: await world.join('b') };
  const [captureA, captureB] = world.captures;
  if (!captureA || !captureB) throw new Error('a stream that is watched has no capture');
  for (const capture of [captureA, captureB]) {
    capture.show();
    capture.picture();
    capture.picture();
  }
  return { world, viewers, captures: { a: captureA, b: captureB } };
}

const order = ({ station }: World) => station.state().streams.map(({ id, name }) => `${id} ${name}`);

describe('another list of streams', () => {
  it('is shown in its own order, and told to every screen', async () => {
    const world = openStation({ streams: [a, b] });
    const told: string[][] = [];
    world.station.onState(({ streams }) => told.push(streams.map(({ id }) => id)));
    await world.station.setStreams([c, { ...b, name: 'Bee', pixelSizeUm: 0.5 }, a]);
    expect(order(world)).toEqual(['c C', 'b Bee', 'a A']);
    expect(world.stream('b').pixelSizeUm).toBe(0.5);
    await tick(100);
    expect(told).toEqual([['c', 'b', 'a']]);
  });

  it('touches nothing of the streams that are as they were', async () => {
    const { world, viewers, captures } = await watchedStation();
    const lookAtB = () => ({
      state: world.stream('b'),
      open: [...captures.b.open],
      requests: [...captures.b.requests],
    });
    const before = lookAtB();
    await world.station.setStreams([c, { ...b }, { ...a, name: 'Ah', quality: 'high', source: dim }]);
    await world.station.setStreams([{ ...b }]);
    expect(before.open).toHaveLength(1);
    expect(lookAtB()).toEqual(before);
    expect(captures.b.isClosed).toBe(false);
    captures.b.picture();
    expect(viewers.b.seen).toBe('K1 2 3');
    expect(viewers.b.end).toBeNull();
  });

  it('is refused while the station closes', async () => {
    const { station } = openStation({ streams: [a, b] });
    void station.close();
    await expect(station.setStreams([a])).rejects.toMatchObject({ reason: 'closing' });
  });
});

describe('a removed stream', () => {
  it('ends its viewers with the reason, then its capture, and cannot be watched any more', async () => {
    const { world, captures } = await watchedStation();
    captures.a.holdsOn = true;
    const removed = world.station.setStreams([b]).then(() => 'gone');
    expect(order(world)).toEqual(['b B']);
    await expect(world.station.watch('a', 'h264')).rejects.toMatchObject({ reason: 'unknown_stream' });
    await tick(0);
    expect(world.viewers.map(({ end }) => end)).toEqual(['stream_removed', null]);
    expect(world.captures.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(await Promise.race([removed, Promise.resolve('going')])).toBe('going');
    captures.a.finish();
    expect(await removed).toBe('gone');
    expect(world.logLines.filter(({ msg }) => msg === 'viewer gone')).toMatchObject([{ reason: 'stream_removed' }]);
    await tick(60_000);
    expect(world.captures.filter(({ source }) => source === a.source)).toHaveLength(1);
  });

  it('is not watched by somebody whose offer was being read', async () => {
    const world = openStation({ streams: [a, b] });
    const watching = world.station.watch('a', 'h264');
    const removed = world.station.setStreams([b]);
    await expect(watching).rejects.toMatchObject({ reason: 'unknown_stream' });
    await removed;
    expect(world.viewers[0]?.end).toBe('stream_removed');
    expect(world.captures).toHaveLength(0);
  });

  it('can come back under its id, as a new one', async () => {
    const { world } = await watchedStation();
    await world.station.setStreams([b]);
    await world.station.setStreams([b, a]);
    expect(world.stream('a')).toMatchObject({ status: { kind: 'idle' }, viewers: 0, starts: 0, detector: null });
    await expect(world.station.watch('a', 'h264')).resolves.toBeDefined();
  });

  it('is waited for where the station closes meanwhile', async () => {
    const { world, captures } = await watchedStation();
    captures.a.holdsOn = true;
    void world.station.setStreams([b]);
    let isClosed = false;
    const closed = world.station.close().then(() => (isClosed = true));
    await tick(1_000);
    expect(isClosed).toBe(false);
    captures.a.finish();
    await closed;
  });
});

describe('another quality', () => {
  it('reaches the running encoder, without a gap for the viewers', async () => {
    const { world, viewers, captures } = await watchedStation();
    const capture = captures.a;
    await world.station.setStreams([{ ...a, quality: 'economy' }, b]);
    expect([...capture.open.values()]).toMatchObject([{ codec: 'h264', kbitPerS: 1_500 }]);
    expect(world.stream('a').renditions).toMatchObject([{ maxKbitPerS: 1_500 }]);
    capture.picture();
    capture.picture();
    expect(viewers.a.seen).toBe('K1 2 3 4');
    expect(world.stream('a')).toMatchObject({ status: { kind: 'live' }, starts: 1, viewers: 1 });
    expect(world.captures).toHaveLength(2);
  });

  it('holds for those who come later, and for a capture that is away at the moment', async () => {
    const world = openStation({ streams: [a] });
    await world.join('a');
    world.capture().end();
    await world.station.setStreams([{ ...a, quality: 'high' }]);
    await tick(500);
    expect([...world.capture().open.values()]).toMatchObject([{ kbitPerS: 8_000 }]);
    world.capture().picture();
    await world.join('a', 'vp8');
    expect([...world.capture().open.values()]).toMatchObject([{ kbitPerS: 8_000 }, { codec: 'vp8', kbitPerS: 8_000 }]);
  });
});

describe('another source', () => {
  it('restarts the capture of that stream, once the last one is gone, and keeps the viewers', async () => {
    const { world, viewers, captures } = await watchedStation();
    const capture = captures.a;
    capture.holdsOn = true;
    await world.station.setStreams([{ ...a, source: dim }, b]);
    expect(world.stream('a')).toMatchObject({ status: { kind: 'starting' }, detector: null, reading: null });
    await tick(1_000);
    expect(world.captures).toHaveLength(2);
    capture.finish();
    await tick(0);
    expect(world.capture().source).toEqual(dim);
    world.capture().picture();
    expect(viewers.a.seen).toBe('K1 2 K1');
    expect(world.stream('a')).toMatchObject({ status: { kind: 'live' }, starts: 2, viewers: 1 });
  });

  it('is tried at once where the last one was away', async () => {
    const world = openStation({ streams: [a] });
    await world.join('a');
    world.capture().end();
    await world.station.setStreams([{ ...a, source: dim }]);
    await tick(0);
    expect(world.capture().source).toEqual(dim);
    world.capture().picture();
    expect(world.stream('a').status.kind).toBe('live');
    await tick(60_000);
    expect(world.captures.filter(({ isClosed }) => !isClosed).length).toBeLessThanOrEqual(1);
  });

  it('starts nothing while nobody watches', async () => {
    const world = openStation({ streams: [a] });
    await world.station.setStreams([{ ...a, source: dim }]);
    await tick(1_000);
    expect(world.captures).toHaveLength(0);
    expect(world.stream('a').status.kind).toBe('idle');
    await world.join('a');
    expect(world.capture().source).toEqual(dim);
  });
});

describe('the station itself', () => {
  it('takes another name, and lets go of what is mended', async () => {
    const { station } = openStation({ notices: [{ code: 'bad_configuration', detail: 'No.' }] });
    const told: string[] = [];
    station.onState((state) => told.push(`${state.station.name} ${state.notices.length}`));
    station.setName('Room 2');
    station.withdrawNotice('bad_configuration');
    await tick(100);
    expect(told).toEqual(['Room 2 0']);
  });
});
