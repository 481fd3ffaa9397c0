import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakePublisher } from './fake-publisher.ts';
import { openStation, streamConfig, type World } from './fakes.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const tick = (timeMs: number) => vi.advanceTimersByTimeAsync(timeMs);
const waiting = { streams: [streamConfig({ id: 'bench', name: 'Bench', source: { kind: 'published' } })] };

async function publish(world: World, streamId = 'bench', name: string | null = null): Promise<FakePublisher> {
  await world.station.publish(streamId, 'h264', { reach: 'loopback', name });
  return world.publishers.at(-1)!;
}

describe('a stream that somebody publishes to', () => {
  it('is passed on to viewers of its codec as it came, without an encoder', async () => {
    const world = openStation(waiting);
    const publisher = await publish(world);
    const viewer = await world.join('bench');
    expect(publisher.keyframeRequests).toBeGreaterThan(0);
    const sent = [publisher.send(true), publisher.send(false)];
    expect(viewer.frames.map(({ data }) => data)).toEqual(sent.map(({ data }) => data));
    expect(world.stream('bench')).toMatchObject({
      status: { kind: 'live' },
      renditions: [{ codec: 'h264', isPassedOn: true }],
    });
    // The process that measures was asked to encode nothing.
    expect(world.capture().source.kind).toBe('published');
    expect(world.capture().open.size).toBe(0);
  });

  it('is encoded again for a viewer of another codec only, by the process that decodes it', async () => {
    const world = openStation(waiting);
    const publisher = await publish(world);
    const same = await world.join('bench', 'h264');
    const other = await world.join('bench', 'vp8');
    publisher.send(true);
    expect(same.frames).toHaveLength(1);
    expect(other.frames).toHaveLength(0);
    expect([...world.capture().open.values()]).toMatchObject([{ codec: 'vp8', scale: 1 }]);
    expect(world.capture().decoded.map(({ number }) => number)).toEqual([1]);
    world.capture().picture();
    expect(other.frames).toHaveLength(1);
    expect(world.stream('bench').renditions).toMatchObject([
      { codec: 'h264', isPassedOn: true },
      { codec: 'vp8', maxKbitPerS: 4_000 },
    ]);
  });

  it('asks its publisher for a keyframe where a viewer can’t go on', async () => {
    const world = openStation(waiting);
    const publisher = await publish(world);
    const viewer = await world.join('bench');
    publisher.send(true);
    await tick(2_000);
    const before = publisher.keyframeRequests;
    viewer.wishKeyframe();
    expect(publisher.keyframeRequests).toBe(before + 1);
  });

  it('goes on where the process that decodes it dies, and is measured again later', async () => {
    const world = openStation(waiting);
    const publisher = await publish(world);
    const viewer = await world.join('bench');
    publisher.send(true);
    world.capture().end({ reason: 'crashed', detail: 'It is a test.' });
    publisher.send(false);
    expect(viewer.seen).toBe('K1 2');
    expect(world.stream('bench').status).toEqual({ kind: 'live' });
    await tick(500);
    expect(world.captures).toHaveLength(2);
  });

  it('says that it waits while nobody publishes, and begins at once with who does', async () => {
    const world = openStation(waiting);
    const viewer = await world.join('bench');
    expect(world.stream('bench').status).toMatchObject({ kind: 'offline', fault: { reason: 'no_publisher' } });
    await tick(60_000);
    expect(viewer.end).toBeNull();
    const publisher = await publish(world);
    publisher.send(true);
    expect(world.stream('bench').status).toEqual({ kind: 'live' });
    expect(viewer.seen).toBe('K1');
    await publisher.close('closed_by_peer');
    expect(world.stream('bench').status).toMatchObject({ kind: 'offline', fault: { reason: 'no_publisher' } });
  });

  it('is silent, and not live, where its publisher sends nothing any more', async () => {
    const world = openStation(waiting);
    const publisher = await publish(world);
    await world.join('bench');
    publisher.send(true);
    publisher.send(false);
    await tick(4_000);
    expect(world.stream('bench').status).toMatchObject({ kind: 'offline', fault: { reason: 'silent' } });
  });

  it('refuses B-frames in words, because no viewer could be shown them', async () => {
    const world = openStation(waiting);
    const publisher = await publish(world);
    const viewer = await world.join('bench');
    publisher.send(true);
    publisher.send(false, { isReordered: true });
    expect(viewer.seen).toBe('K1');
    expect(world.stream('bench').status).toMatchObject({
      kind: 'offline',
      fault: { reason: 'bad_output', detail: expect.stringContaining('B-frames') as string },
    });
  });

  it('is offered to players in the codec that it comes in', async () => {
    const preferred: unknown[] = [];
    const world = openStation({
      ...waiting,
      acceptViewer: (_offer, _reach, _notices, codec) => {
        preferred.push(codec);
        return Promise.reject(new Error('enough'));
      },
    });
    await expect(world.join('bench')).rejects.toThrow('enough');
    await world.station.publish('bench', 'vp8');
    await expect(world.join('bench')).rejects.toThrow('enough');
    expect(preferred).toEqual([undefined, 'vp8']);
  });
});

describe('the place of who publishes', () => {
  it('is one person’s at a time', async () => {
    const world = openStation(waiting);
    const first = await publish(world);
    await expect(publish(world)).rejects.toMatchObject({ reason: 'publisher_there' });
    expect(first.end).toBeNull();
  });

  it('is taken over by the same one, who was restarted', async () => {
    const world = openStation(waiting);
    const first = await publish(world, 'bench', 'machine obs');
    await expect(publish(world, 'bench', 'machine other')).rejects.toMatchObject({ reason: 'publisher_there' });
    const second = await publish(world, 'bench', 'machine obs');
    expect(first.end).toBe('replaced');
    const viewer = await world.join('bench');
    second.send(true);
    first.send(true);
    expect(viewer.seen).toBe('K1');
  });

  it('is anybody’s where nothing comes from who has it', async () => {
    const world = openStation(waiting);
    const first = await publish(world);
    first.isSending = false;
    await publish(world);
    expect(first.end).toBe('replaced');
  });

  it('stays with who has it where the next one’s offer is no good', async () => {
    const world = openStation(waiting);
    const first = await publish(world, 'bench', 'machine obs');
    const by = { reach: 'loopback', name: 'machine obs' } as const;
    await expect(world.station.publish('bench', 'junk', by)).rejects.toMatchObject({ reason: 'bad_offer' });
    expect(first.end).toBeNull();
    await expect(publish(world)).rejects.toMatchObject({ reason: 'publisher_there' });
  });

  it('is not there before a detector', async () => {
    const world = openStation();
    await expect(publish(world, 'one')).rejects.toMatchObject({ reason: 'not_published' });
  });

  it('is lost with sharing, for who came over the network', async () => {
    const world = openStation(waiting);
    await expect(world.station.publish('bench', 'h264', { reach: 'network', name: 'x' })).rejects.toMatchObject({
      reason: 'sign_in_needed',
    });
    await world.station.setShared(true);
    const gone = vi.fn();
    await world.station.publish('bench', 'h264', { reach: 'network', name: 'x', gone });
    await world.station.setShared(false);
    expect(world.publishers.at(-1)?.end).toBe('no_longer_shared');
    expect(gone).toHaveBeenCalledOnce();
  });
});

describe('a stream that nobody has configured', () => {
  it('is there from the publishing on, named after its id, and goes half a minute after its publisher', async () => {
    const world = openStation();
    const publisher = await publish(world, 'phone-camera');
    expect(world.stream('phone-camera')).toMatchObject({ name: 'Phone camera', sourceKind: 'published' });
    const viewer = await world.join('phone-camera');
    await publisher.close('closed_by_peer');
    await tick(29_000);
    expect(viewer.end).toBeNull();
    await tick(1_000);
    expect(viewer.end).toBe('stream_removed');
    expect(world.station.state().streams.map(({ id }) => id)).toEqual(['one']);
  });

  it('stays where somebody publishes again in time', async () => {
    const world = openStation();
    await (await publish(world, 'phone')).close('silent');
    await tick(20_000);
    await publish(world, 'phone');
    await tick(120_000);
    expect(world.stream('phone').sourceKind).toBe('published');
  });

  it('is not touched by a change of the settings, and is configured from then on where these name it', async () => {
    const world = openStation();
    const publisher = await publish(world, 'phone');
    await world.station.setStreams([streamConfig()]);
    expect(world.stream('phone').name).toBe('Phone');
    await world.station.setStreams([streamConfig({ id: 'phone', name: 'Hand', source: { kind: 'published' } })]);
    expect(publisher.end).toBeNull();
    await publisher.close('left');
    await tick(60_000);
    expect(world.stream('phone').name).toBe('Hand');
    await publish(world, 'phone');
    await world.station.setStreams([streamConfig({ id: 'phone' })]);
    expect(world.publishers.at(-1)?.end).toBe('stream_removed');
  });

  it.each(['', 'Upper', '-first', 'a/b', 'ä', 'a'.repeat(64)])('can’t have the id %j', async (id) => {
    await expect(publish(openStation(), id)).rejects.toMatchObject({ reason: 'bad_setting' });
  });

  it('is refused where there are 64 streams', async () => {
    const world = openStation();
    for (let each = 1; each < 64; each++) await publish(world, `s${each}`);
    await expect(publish(world, 's64')).rejects.toMatchObject({ reason: 'station_full' });
    expect(world.publishers).toHaveLength(63);
  });

  it('is not left behind by an offer that is no good', async () => {
    const world = openStation();
    await expect(world.station.publish('phone', 'junk')).rejects.toMatchObject({ reason: 'bad_offer' });
    expect(world.station.state().streams.map(({ id }) => id)).toEqual(['one']);
  });

  it('ends with the station', async () => {
    const world = openStation();
    const publisher = await publish(world, 'phone');
    await world.station.close();
    expect(publisher.end).toBe('station_closing');
    await expect(publish(world, 'phone')).rejects.toMatchObject({ reason: 'closing' });
    expect(vi.getTimerCount()).toBe(0);
  });
});
