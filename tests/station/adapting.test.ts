import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RenditionSpec } from '../../src/main/station/ports.ts';
import type { PictureScale } from '../../src/shared/state.ts';
import type { FakeViewer } from './fake-viewer.ts';
import { openStation, streamConfig, type World } from './fakes.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const camera = { widthPx: 1280, heightPx: 720 };
const bytesAt: Readonly<Record<PictureScale, number>> = { 1: 40_000, 2: 15_000, 4: 5_000 };
const bytes = ({ scale }: RenditionSpec) => bytesAt[scale];

/** What a Viewer was sent, such as `K1/1 2/1 K3/2`: K is a keyframe, behind the stroke is the scale. */
function scalesOf({ frames }: FakeViewer): string {
  return frames
    .map(({ number, isKeyframe, data }) => {
      const scale = ([1, 2, 4] as const).find((each) => bytesAt[each] === data.byteLength);
      return `${isKeyframe ? 'K' : ''}${number}/${scale}`;
    })
    .join(' ');
}

const specs = ({ capture }: World) => [...capture().open.values()];
const open = (world: World) => specs(world).map(({ codec, scale }) => `${codec}/${scale}`);
const run = (world: World, durationMs: number) => world.capture().run(durationMs, 100, { bytes });

function show(viewer: FakeViewer, widthPx: number, heightPx: number): void {
  viewer.wish = { ...viewer.wish, shownPx: { widthPx, heightPx } };
  viewer.notices.wishChanged();
}

function wantPictures(viewer: FakeViewer, scale: PictureScale, maxFps: number): void {
  viewer.wish = { ...viewer.wish, pictures: { scale, maxFps } };
  viewer.notices.wishChanged();
}

/** A station with a camera that somebody watches. */
async function watched(): Promise<{ world: World; viewer: FakeViewer }> {
  const world = openStation();
  const viewer = await world.join();
  world.capture().show(camera);
  return { world, viewer };
}

describe('a viewer that shows the picture small', () => {
  it('is sent the small one from its first keyframe on, without a gap, and the large one is closed', async () => {
    const { world, viewer } = await watched();
    await run(world, 200);
    show(viewer, 640, 360);
    expect(open(world)).toEqual(['h264/1', 'h264/2']);
    await run(world, 200);
    expect(scalesOf(viewer)).toBe('K1/1 2/1 3/1 K3/2 4/2');
    expect(open(world)).toEqual(['h264/2']);
    expect(world.station.state().viewers[0]?.scale).toBe(2);
    expect(world.stream().renditions).toMatchObject([{ codec: 'h264', scale: 2, viewers: 1, maxKbitPerS: 1_500 }]);
  });

  it('goes on with the large one until then', async () => {
    const { world, viewer } = await watched();
    await run(world, 200);
    show(viewer, 640, 360);
    const [large, small] = specs(world);
    world.capture().closeRendition(small?.id ?? '');
    await run(world, 300);
    expect(scalesOf(viewer)).toBe('K1/1 2/1 3/1 4/1 5/1');
    expect(world.stream().renditions).toMatchObject([{ scale: 1, viewers: 1 }]);
    expect(large?.scale).toBe(1);
  });

  it('shares it with others, and leaves them what they are sent', async () => {
    const { world, viewer } = await watched();
    const [small, late] = [await world.join(), await world.join()];
    await run(world, 200);
    show(small, 640, 360);
    await run(world, 200);
    show(late, 600, 300);
    await run(world, 200);
    expect(specs(world)).toHaveLength(2);
    expect(scalesOf(viewer)).toBe('K1/1 2/1 3/1 4/1 5/1 6/1');
    expect(scalesOf(late)).toBe('K1/1 2/1 3/1 4/1 5/1 K5/2 6/2');
    expect(world.stream().renditions).toMatchObject([
      { scale: 1, viewers: 1 },
      { scale: 2, viewers: 2 },
    ]);
  });

  it('is never sent an older picture than it has seen, where the other encoding lags behind', async () => {
    const { world, viewer } = await watched();
    await run(world, 300);
    show(viewer, 640, 360);
    const [large, small] = specs(world);
    const { notices } = world.capture();
    const send = (spec: RenditionSpec | undefined, number: number, isKeyframe = false) =>
      notices.frame(spec?.id ?? '', {
        number,
        captureTimeMs: Date.now(),
        isKeyframe,
        codec: 'h264',
        data: new Uint8Array(bytesAt[spec?.scale ?? 1]),
      });
    send(large, 4);
    send(large, 5);
    send(small, 4, true);
    send(large, 6);
    send(small, 5);
    send(small, 6);
    // The picture 5 has to be decoded once more, because the next one is made from it.
    expect(scalesOf(viewer)).toBe('K1/1 2/1 3/1 4/1 5/1 K4/2 5/2 6/2');
  });

  it('that changes its mind on the way stays where it is', async () => {
    const { world, viewer } = await watched();
    await run(world, 200);
    show(viewer, 640, 360);
    show(viewer, 1280, 720);
    expect(open(world)).toEqual(['h264/1']);
    await run(world, 100);
    expect(scalesOf(viewer)).toBe('K1/1 2/1 3/1');
  });

  it('is sent the small one from the start where the size of the picture is known', async () => {
    const world = openStation();
    const first = await world.join();
    show(first, 320, 180);
    world.capture().show(camera);
    await run(world, 200);
    expect(scalesOf(first)).toBe('K1/4 2/4');
    expect(open(world)).toEqual(['h264/4']);
  });

  it('goes on with the small one after the capture was started again', async () => {
    const { world, viewer } = await watched();
    await run(world, 200);
    show(viewer, 640, 360);
    world.capture().end();
    await vi.advanceTimersByTimeAsync(500);
    world.capture().show(camera);
    await run(world, 200);
    expect(scalesOf(viewer)).toBe('K1/1 2/1 K1/2 2/2');
    expect(open(world)).toEqual(['h264/2']);
  });

  it('is given the last picture in its new size at once where the next one is seconds away', async () => {
    const { world, viewer } = await watched();
    world.capture().show({ ...camera, nominalFps: 0.5 });
    const other = await world.join();
    show(other, 640, 360);
    await world.capture().run(4_000, 2_000, { bytes });
    show(viewer, 640, 360);
    expect(scalesOf(viewer)).toBe('K1/1 2/1 K1/2 2/2');
  });

  it('leaves nothing open when it leaves on the way', async () => {
    const { world, viewer } = await watched();
    const other = await world.join();
    await run(world, 200);
    show(viewer, 640, 360);
    await world.station.leave(viewer.id);
    expect(open(world)).toEqual(['h264/1']);
    await run(world, 100);
    expect(scalesOf(other)).toBe('K1/1 2/1 3/1');
  });
});

describe('a viewer on a weak link', () => {
  const weaken = (viewer: FakeViewer) => (viewer.recentLossShare = 0.7);

  it('is sent less while the others keep all, and comes back when the link does', async () => {
    const { world, viewer } = await watched();
    const weak = await world.join();
    await run(world, 2_000);
    weaken(weak);
    await run(world, 4_000);
    weak.recentLossShare = 0;
    expect(weak.frames.at(-1)?.data.byteLength).toBe(bytesAt[2]);
    expect(world.station.state().viewers.map(({ scale }) => scale)).toEqual([1, 2]);
    expect(viewer.frames.every(({ data }) => data.byteLength === bytesAt[1])).toBe(true);
    await run(world, 40_000);
    expect(weak.frames.at(-1)?.data.byteLength).toBe(bytesAt[1]);
    expect(open(world)).toEqual(['h264/1']);
    const numbers = weak.frames.map(({ number }) => number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(world.stream().reading?.number);
  });

  it('that can take more than half makes its rendition use less for as long as it is there', async () => {
    const { world } = await watched();
    const weak = await world.join();
    await run(world, 2_000);
    weak.recentLossShare = 0.2;
    await run(world, 4_000);
    expect(specs(world)).toMatchObject([{ scale: 1, kbitPerS: 2_000 }]);
    expect(world.stream().renditions).toMatchObject([{ viewers: 2, maxKbitPerS: 2_000 }]);
    await world.station.leave(weak.id);
    expect(specs(world)).toMatchObject([{ scale: 1, kbitPerS: 4_000 }]);
  });

  it('tells its encoder so no more than once a second', async () => {
    const { world, viewer } = await watched();
    const adjusted: number[] = [];
    vi.spyOn(world.capture(), 'adjustRendition').mockImplementation((spec) => {
      adjusted.push(performance.now());
      world.capture().open.set(spec.id, spec);
    });
    for (let minute = 0; minute < 3; minute++) {
      viewer.recentLossShare = 0.3;
      await run(world, 20_000);
      viewer.recentLossShare = 0;
      await run(world, 40_000);
    }
    expect(adjusted.length).toBeGreaterThan(3);
    const gapsMs = adjusted.slice(1).map((atMs, index) => atMs - (adjusted[index] ?? 0));
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(1_000);
  });

  it('is held against nobody who comes later, and follows another quality', async () => {
    const world = openStation({ streams: [streamConfig({ quality: 'high' })] });
    const weak = await world.join();
    world.capture().show(camera);
    await run(world, 2_000);
    weaken(weak);
    await run(world, 4_000);
    const late = await world.join();
    await run(world, 200);
    expect(late.frames.at(-1)?.data.byteLength).toBe(bytesAt[1]);
    expect(specs(world).find(({ scale }) => scale === 1)?.kbitPerS).toBe(8_000);
    await world.station.setStreams([streamConfig({ quality: 'economy' })]);
    expect(specs(world).find(({ scale }) => scale === 1)?.kbitPerS).toBe(1_500);
  });
});

describe('whole pictures', () => {
  it('are encoded for who asks for them, at most as often as somebody wants them, and not for longer', async () => {
    const { world, viewer } = await watched();
    const [other, more] = [await world.join(), await world.join()];
    await run(world, 200);
    wantPictures(other, 2, 5);
    expect(open(world)).toEqual(['h264/1', 'jpeg/2']);
    expect(specs(world)[1]).toMatchObject({ codec: 'jpeg', maxFps: 5 });
    wantPictures(more, 2, 12);
    expect(specs(world)[1]?.maxFps).toBe(12);
    await run(world, 200);
    const codecs = (of: FakeViewer) => of.frames.slice(-2).map(({ codec }) => codec);
    expect([codecs(other), codecs(viewer)]).toEqual([
      ['h264', 'jpeg'],
      ['h264', 'h264'],
    ]);
    expect(world.stream().renditions).toMatchObject([{ viewers: 3 }, { codec: 'jpeg', viewers: 2, maxKbitPerS: null }]);
    await world.station.leave(more.id);
    expect(specs(world)[1]?.maxFps).toBe(5);
    other.wish = { ...other.wish, pictures: null };
    other.notices.wishChanged();
    expect(open(world)).toEqual(['h264/1']);
  });

  it('begin with the last one where there is one', async () => {
    const { world, viewer } = await watched();
    const other = await world.join();
    wantPictures(viewer, 1, 10);
    await run(world, 200);
    wantPictures(other, 1, 10);
    expect(other.frames.at(-1)).toMatchObject({ codec: 'jpeg', number: 2 });
    expect(world.capture().requests.length).toBeLessThanOrEqual(1);
  });

  it('change their size with the next one', async () => {
    const { world, viewer } = await watched();
    wantPictures(viewer, 1, 10);
    await run(world, 200);
    wantPictures(viewer, 4, 10);
    expect(open(world)).toEqual(['h264/1', 'jpeg/4']);
    await run(world, 100);
    expect(viewer.frames.at(-1)).toMatchObject({ codec: 'jpeg', data: { byteLength: bytesAt[4] } });
  });
});
