import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeViewer } from './fake-viewer.ts';
import { openStation } from './fakes.ts';
import { frame } from './pictures.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const tick = (timeMs: number) => vi.advanceTimersByTimeAsync(timeMs);

/** Times at which a second would hold more than two of them. */
function crowded(timesMs: readonly number[]): readonly number[] {
  return timesMs.filter((timeMs, index) => timeMs - (timesMs[index - 2] ?? -Infinity) < 1_000);
}

function numbers(viewer: FakeViewer): readonly number[] {
  return viewer.frames.map(({ number }) => number);
}

describe('keyframes', () => {
  it('come first to a viewer that joins, on the very next picture', async () => {
    const { join, capture } = openStation();
    const first = await join();
    capture().show();
    await capture().run(500);
    const second = await join();
    expect(second.seen).toBe('');
    await capture().run(200);
    expect(second.seen).toBe('K6 7');
    expect(first.seen).toBe('K1 2 3 4 5 K6 7');
  });

  it('are asked for once for all the viewers that join between two pictures', async () => {
    const { join, capture } = openStation();
    await join();
    capture().show();
    await capture().run(300);
    const crowd = [await join(), await join(), await join(), await join()];
    expect(capture().requests).toHaveLength(1);
    await capture().run(200);
    expect(crowd.map(({ seen }) => seen)).toEqual(Array(4).fill('K4 5'));
  });

  it('are replaced by the pictures since the last one for a third viewer within a second, and live pictures go on', async () => {
    const { join, capture } = openStation();
    const first = await join();
    capture().show();
    await capture().run(300);
    await join();
    await capture().run(200);
    await join();
    await capture().run(300);
    expect(capture().requests).toHaveLength(2);
    const late = await join();
    expect(capture().requests).toHaveLength(2);
    expect(late.seen).toBe('K6 7 8');
    await capture().run(200);
    expect(late.seen).toBe('K6 7 8 9 10');
    expect(first.seen).toBe('K1 2 3 K4 5 K6 7 8 9 10');
  });

  it('are given to a viewer that connects just after one that it was not there for', async () => {
    const { station, viewers, join, capture } = openStation();
    await join();
    capture().show();
    await capture().run(300);
    await station.watch('one', 'h264');
    await join();
    await capture().run(100);
    await join();
    await capture().run(100);
    expect(capture().requests).toHaveLength(2);
    const late = viewers[1];
    late?.connect();
    expect(late?.seen).toBe('K5');
  });

  it('are given again from the cache to a viewer that has lost its picture, and only to that one', async () => {
    const { join, capture } = openStation();
    const [watching, losing] = [await join(), await join()];
    capture().show();
    await capture().run(200);
    losing.wishKeyframe();
    await capture().run(100);
    losing.wishKeyframe();
    await capture().run(600);
    expect(capture().requests).toHaveLength(2);
    losing.wishKeyframe();
    expect(losing.seen).toBe('K1 2 K3 K4 5 6 7 8 9 K4 5 6 7 8 9');
    await capture().run(100);
    expect(losing.seen.endsWith('K4 5 6 7 8 9 10')).toBe(true);
    expect(watching.seen).toBe('K1 2 K3 K4 5 6 7 8 9 10');
  });

  it('never throw a playing viewer back, however often it asks, and come within the next second', async () => {
    const { join, capture } = openStation();
    const viewer = await join();
    capture().show();
    await capture().run(200);
    for (let wishes = 0; wishes < 3; wishes++) {
      viewer.wishKeyframe();
      await capture().run(100);
    }
    // The third wish came just after the second keyframe.
    expect(viewer.seen).toBe('K1 2 K3 K4 5');
    await capture().run(1_000);
    expect(numbers(viewer)).toEqual(numbers(viewer).toSorted((a, b) => a - b));
    expect(viewer.frames.filter(({ isKeyframe }) => isKeyframe)).toHaveLength(4);
  });

  it('are asked for at most twice in any second by a viewer that never stops asking', async () => {
    const { join, capture } = openStation();
    const viewer = await join();
    capture().show();
    const askedMs: number[] = [];
    const request = vi
      .spyOn(capture(), 'requestKeyframe')
      .mockImplementation(() => void askedMs.push(performance.now()));
    for (let picture = 0; picture < 100; picture++) {
      for (let wishes = 0; wishes < 20; wishes++) viewer.wishKeyframe();
      // The fake's encoder was replaced by the spy, so the answer is made here.
      const [id] = capture().open.keys();
      capture().notices.frame(id ?? '', frame(picture + 1, true));
      await tick(50);
    }
    expect(request.mock.calls.length).toBeGreaterThanOrEqual(8);
    expect(crowded(askedMs)).toEqual([]);
  });

  it('come at least every ten seconds even if nobody asks', async () => {
    const { join, capture } = openStation();
    const viewer = await join();
    capture().show();
    await capture().run(35_000, 50);
    const keyframesMs = viewer.frames.filter(({ isKeyframe }) => isKeyframe).map(({ captureTimeMs }) => captureTimeMs);
    const gapsMs = keyframesMs.slice(1).map((timeMs, index) => timeMs - (keyframesMs[index] ?? 0));
    expect(gapsMs).toHaveLength(3);
    for (const gapMs of gapsMs) {
      expect(gapMs).toBeLessThanOrEqual(10_000);
      expect(gapMs).toBeGreaterThan(9_000);
    }
  });

  it('come from the cache at once where the capture makes none on demand', async () => {
    const { join, capture } = openStation();
    const first = await join();
    capture().show({}, false);
    await capture().run(800);
    const second = await join();
    expect(second.seen).toBe('K1 2 3 4 5 6 7 8');
    await capture().run(100);
    expect(second.seen).toBe('K1 2 3 4 5 6 7 8 9');
    expect(first.seen).toBe('K1 2 3 4 5 6 7 8 9');
    expect(capture().requests).toEqual([]);
  });

  it('come from the cache at once where the next picture is seconds away, and with that picture again', async () => {
    const { join, capture } = openStation();
    await join();
    capture().show({ nominalFps: 0.5 });
    await capture().run(4_000, 2_000);
    const second = await join();
    expect(second.seen).toBe('K1 2');
    capture().picture();
    expect(second.seen).toBe('K1 2 K3');
  });

  it('of a capture that has gone are not shown as if they were live', async () => {
    const { join, capture } = openStation();
    const viewer = await join();
    capture().show({}, false);
    await capture().run(1_000);
    const before = viewer.seen;
    capture().end();
    viewer.wishKeyframe();
    await tick(500);
    viewer.wishKeyframe();
    expect(viewer.seen).toBe(before);
    capture().picture();
    expect(viewer.seen).toBe(`${before} K1`);
  });

  it('are there at once for a page that is loaded again while a slow detector exposes', async () => {
    const { station, join, capture } = openStation();
    const before = await join();
    capture().show({ nominalFps: 0.1 });
    capture().picture({ exposureMs: 10_000 });
    await station.leave(before.id);
    await tick(3_000);
    const after = await join();
    expect(after.seen).toBe('K1');
  });

  it.each([
    { what: '300 pictures', pictures: 300, bytes: 10, cached: 300 },
    { what: 'more than 300 pictures', pictures: 301, bytes: 10, cached: 0 },
    { what: 'more than 8 MB', pictures: 3, bytes: 3 * 1024 * 1024, cached: 0 },
  ])('are kept in a cache of $what: $cached', async ({ pictures, bytes, cached }) => {
    const { join, capture } = openStation();
    await join();
    capture().show({}, false);
    for (let count = 0; count < pictures; count++) {
      capture().picture({ bytes });
      await tick(10);
    }
    const late = await join();
    expect(late.frames).toHaveLength(cached);
  });
});

describe('a viewer', () => {
  it('that closes itself while it is written to takes nothing from the others', async () => {
    const { join, capture, stream } = openStation();
    const [closing, other] = [await join(), await join()];
    closing.whenWritten = () => void closing.close('closed_by_peer');
    capture().show();
    await capture().run(300);
    expect(closing.seen).toBe('K1');
    expect(other.seen).toBe('K1 2 3');
    expect(stream().viewers).toBe(1);
  });

  it('that fails is closed, and the others go on', async () => {
    const { join, capture, stream, logLines } = openStation();
    const [failing, other] = [await join(), await join()];
    failing.whenWritten = () => {
      throw new Error('broken socket');
    };
    capture().show();
    await capture().run(300);
    expect(failing.end).toBe('internal_error');
    expect(other.seen).toBe('K1 2 3');
    expect(stream().viewers).toBe(1);
    expect(logLines.filter(({ level }) => level >= 50)).toHaveLength(1);
  });

  it('that fails is given nothing more while it is being closed', async () => {
    const { join, capture, logLines } = openStation();
    const failing = await join();
    const write = vi.spyOn(failing, 'write').mockImplementation(() => {
      throw new Error('broken socket');
    });
    vi.spyOn(failing, 'close').mockReturnValue(new Promise(() => undefined));
    capture().show();
    await capture().run(1_000);
    expect(write).toHaveBeenCalledOnce();
    expect(logLines.filter(({ level }) => level >= 50)).toHaveLength(1);
  });

  it('that wishes for a keyframe in every write gets each picture once, in order', async () => {
    const { join, capture } = openStation();
    const [greedy, other] = [await join(), await join()];
    greedy.whenWritten = () => greedy.wishKeyframe();
    capture().show();
    await capture().run(3_000);
    expect(numbers(greedy)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(numbers(other)).toEqual(numbers(greedy));
    expect(capture().requests.length).toBeLessThanOrEqual(6);
  });

  it('that skipped pictures is remembered until a keyframe reaches it', async () => {
    const { join, capture } = openStation();
    const viewer = await join();
    capture().show();
    await capture().run(200);
    const other = [await join()];
    await capture().run(100);
    other.push(await join());
    await capture().run(100);
    expect(capture().requests).toHaveLength(2);
    // It falls behind right after a keyframe, while no further one may be asked for, and says so only once.
    let hasWished = false;
    viewer.whenWritten = () => {
      if (!hasWished) viewer.wishKeyframe();
      hasWished = true;
    };
    await capture().run(1_500);
    const asked = viewer.frames.filter(({ isKeyframe, number }) => isKeyframe && number > 4);
    expect(asked).toHaveLength(1);
  });
});

describe('renditions', () => {
  it('are encoded once for any number of viewers', async () => {
    const { join, capture, stream } = openStation();
    for (let viewers = 0; viewers < 5; viewers++) await join();
    expect([...capture().open.values()]).toEqual([
      { id: expect.any(String) as string, codec: 'h264', scale: 1, kbitPerS: 4_000 },
    ]);
    expect(stream().renditions).toEqual([{ codec: 'h264', scale: 1, viewers: 5, kbitPerS: 0, maxKbitPerS: 4_000 }]);
  });

  it('in VP8 are made for a viewer that needs one and closed when it leaves', async () => {
    const { station, join, capture, stream } = openStation();
    const usual = await join();
    capture().show();
    await capture().run(200);
    const codecs = () => [...capture().open.values()].map(({ codec }) => codec);
    const other = await join('one', 'vp8');
    expect(codecs()).toEqual(['h264', 'vp8']);
    await capture().run(200);
    expect(other.frames.map(({ codec }) => codec)).toEqual(['vp8', 'vp8']);
    expect(other.seen).toBe('K3 4');
    expect(usual.seen).toBe('K1 2 3 4');
    await station.leave(other.id);
    expect(codecs()).toEqual(['h264']);
    expect(stream().renditions.map(({ codec }) => codec)).toEqual(['h264']);
  });

  it('without a viewer are closed when somebody watches another one, and go on only through the linger', async () => {
    const { station, join, capture } = openStation();
    const first = await join('one', 'vp8');
    await station.leave(first.id);
    const codecs = () => [...capture().open.values()].map(({ codec }) => codec);
    expect(codecs()).toEqual(['vp8']);
    await join('one', 'h264');
    expect(codecs()).toEqual(['h264']);
  });

  it('tell how much each viewer is sent', async () => {
    const { join, capture, stream } = openStation();
    await join();
    capture().show();
    for (let count = 0; count < 50; count++) {
      capture().picture({ bytes: 12_500 });
      await tick(100);
    }
    expect(stream().renditions[0]?.kbitPerS).toBe(1_000);
  });
});
