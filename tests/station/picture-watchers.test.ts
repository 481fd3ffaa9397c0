import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PictureWish, WholePicture } from '../../src/shared/api.ts';
import type { StationError } from '../../src/shared/errors.ts';
import { failingStarts } from './fake-capture.ts';
import { openStation, streamConfig, type World } from './fakes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Read {
  readonly pictures: WholePicture[];
  readonly ends: StationError[];
  readonly stop: () => void;
}

/** Watches whole pictures and writes down what comes. */
function read({ station }: World, wish: Partial<PictureWish> = {}, reach?: 'network'): Read {
  const pictures: WholePicture[] = [];
  const ends: StationError[] = [];
  const listener = {
    picture: (picture: WholePicture) => void pictures.push(picture),
    ended: (why: StationError) => void ends.push(why),
  };
  const stop = station.watchPictures('one', { scale: 1, maxFps: 60, ...wish }, listener, reach);
  return { pictures, ends, stop };
}
const numbers = ({ pictures }: Read): number[] => pictures.map(({ number }) => number);

describe('Somebody who watches whole pictures', () => {
  it('starts the detector, gets each picture whole, counts as a viewer, and lets the detector rest afterwards', async () => {
    const world = openStation();
    const reader = read(world);
    world.capture().show();
    await world.capture().run(300);
    expect(numbers(reader)).toEqual([1, 2, 3]);
    expect(reader.pictures[0]).toMatchObject({ widthPx: 640, heightPx: 480, data: new Uint8Array(1_000) });
    expect(world.stream()).toMatchObject({
      status: { kind: 'live' },
      viewers: 1,
      renditions: [{ codec: 'jpeg', scale: 1, viewers: 1, maxKbitPerS: null }],
    });
    reader.stop();
    reader.stop();
    expect(world.stream().viewers).toBe(0);
    // What nobody sees is not encoded, but the detector runs on for those who come back at once.
    expect([...world.capture().open.values()]).toEqual([]);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(world.capture().isClosed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.capture().isClosed).toBe(true);
    expect(world.stream().status.kind).toBe('idle');
  });

  it('gets no picture that is older than the wish', async () => {
    const world = openStation();
    const first = read(world);
    await world.capture().run(300);
    const second = read(world);
    expect(numbers(second)).toEqual([]);
    await world.capture().run(100);
    expect([numbers(first), numbers(second)]).toEqual([[1, 2, 3, 4], [4]]);
  });

  it('shares what is made with others who want it as large, and each gets no more than it wants', async () => {
    const world = openStation();
    const [all, some, small] = [read(world), read(world, { maxFps: 2 }), read(world, { scale: 4, maxFps: 5 })];
    const specs = () =>
      [...world.capture().open.values()].map(({ codec, scale, maxFps }) => ({ codec, scale, maxFps }));
    expect(specs()).toEqual([
      { codec: 'jpeg', scale: 1, maxFps: 60 },
      { codec: 'jpeg', scale: 4, maxFps: 5 },
    ]);
    await world.capture().run(4_000);
    expect(all.pictures).toHaveLength(40);
    // Its first one came at once, so that there may be one more than the rate says.
    expect([8, 9]).toContain(some.pictures.length);
    expect([20, 21]).toContain(small.pictures.length);
    all.stop();
    expect(specs()[0]).toMatchObject({ scale: 1, maxFps: 2 });
    small.stop();
    expect(specs()).toHaveLength(1);
  });

  it('leaves the video of the viewers alone', async () => {
    const world = openStation();
    const viewer = await world.join();
    const reader = read(world);
    await world.capture().run(200);
    expect(viewer.seen).toBe('K1 2');
    expect(numbers(reader)).toEqual([1, 2]);
    expect(world.stream().viewers).toBe(2);
    expect(world.station.state().viewers).toHaveLength(1);
    reader.stop();
    await world.capture().run(100);
    expect(viewer.seen).toBe('K1 2 3');
  });

  it('goes on when the capture has died and another one runs', async () => {
    const world = openStation();
    const reader = read(world);
    await world.capture().run(100);
    world.capture().end();
    await vi.advanceTimersByTimeAsync(1_000);
    await world.capture().run(100);
    expect(world.captures).toHaveLength(2);
    expect(reader.pictures).toHaveLength(2);
    expect(reader.ends).toEqual([]);
  });

  it('leaves no line in the log of the stream', async () => {
    const world = openStation();
    for (let count = 0; count < 3; count++) {
      const reader = read(world);
      await world.capture().run(100);
      reader.stop();
    }
    expect(world.station.streamLog('one').map(({ kind }) => kind)).toEqual(['started', 'live']);
  });

  it('that fails is served no more, and the others are', async () => {
    const world = openStation();
    const ended = vi.fn<() => void>();
    const picture = () => {
      throw new Error('full');
    };
    world.station.watchPictures('one', { scale: 1, maxFps: 60 }, { picture, ended });
    const other = read(world);
    await world.capture().run(200);
    expect(ended).toHaveBeenCalledTimes(1);
    expect(numbers(other)).toEqual([1, 2]);
    expect(world.stream().viewers).toBe(1);
  });
});

describe('Whole pictures are refused', () => {
  const reasonOf = (act: () => unknown): unknown => {
    try {
      act();
    } catch (error) {
      return (error as StationError).reason;
    }
    return null;
  };

  it('where there is no such stream', () => {
    const { station } = openStation();
    const listener = { picture: () => undefined, ended: () => undefined };
    expect(reasonOf(() => station.watchPictures('none', { scale: 1, maxFps: 1 }, listener))).toBe('unknown_stream');
  });

  it('where all seats are taken, by viewers or by others like them', async () => {
    const world = openStation({ maxViewers: 2 });
    await world.join();
    const reader = read(world);
    expect(reasonOf(() => read(world))).toBe('station_full');
    await expect(world.station.watch('one', 'h264')).rejects.toMatchObject({ reason: 'station_full' });
    reader.stop();
    expect(reasonOf(() => read(world))).toBe(null);
  });

  it('to guests where the last seats are the kiosk’s, and where the station is not shared', async () => {
    const world = openStation({ maxViewers: 4 });
    expect(reasonOf(() => read(world, {}, 'network'))).toBe('sign_in_needed');
    await world.station.setShared(true);
    for (let count = 0; count < 3; count++) read(world, {}, 'network');
    expect(reasonOf(() => read(world, {}, 'network'))).toBe('station_full');
    expect(reasonOf(() => read(world))).toBe(null);
  });

  it('while the source is away', async () => {
    const world = openStation({ startCapture: failingStarts([]) });
    read(world);
    await vi.advanceTimersByTimeAsync(0);
    expect(reasonOf(() => read(world))).toBe('source_offline');
  });
});

describe('Whole pictures end', () => {
  it('for guests, and for them alone, when the station is no longer shared', async () => {
    const world = openStation();
    await world.station.setShared(true);
    const [guest, own] = [read(world, {}, 'network'), read(world)];
    await world.station.setShared(false);
    expect([guest, own].map(({ ends }) => ends.map(({ reason }) => reason))).toEqual([['sign_in_needed'], []]);
    await world.capture().run(100);
    expect([guest, own].map(numbers)).toEqual([[], [1]]);
  });

  it('when the stream is removed, and when the station closes', async () => {
    const world = openStation();
    const first = read(world);
    await world.station.setStreams([streamConfig({ id: 'two' })]);
    expect(first.ends.map(({ reason }) => reason)).toEqual(['unknown_stream']);
    expect(world.capture().isClosed).toBe(true);
    const other = openStation();
    const second = read(other);
    await other.station.close();
    expect(second.ends.map(({ reason }) => reason)).toEqual(['closing']);
    expect(other.capture().isClosed).toBe(true);
  });

  it('without a word where the listener itself stops', async () => {
    const world = openStation();
    const reader = read(world);
    reader.stop();
    await world.station.close();
    expect(reader.ends).toEqual([]);
  });
});
