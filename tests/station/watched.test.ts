import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VideoFrame } from '../../src/main/station/frame.ts';
import type { EncodedPictures, WatchedFacts, WatchedNotices, WatchStation } from '../../src/main/station/ports.ts';
import type { StationSource } from '../../src/shared/source.ts';
import { openStation, streamConfig } from './fakes.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const tick = (timeMs: number) => vi.advanceTimersByTimeAsync(timeMs);
const facts: WatchedFacts = { stationName: 'Bench', pixelSizeUm: 0.5, widthPx: 640 };

/** Another station; what it does is told by the test. */
class FakeOther {
  readonly source: StationSource;
  readonly notices: WatchedNotices;
  isClosed = false;
  keyframeRequests = 0;
  #number = 0;

  constructor(source: StationSource, notices: WatchedNotices) {
    this.source = source;
    this.notices = notices;
  }

  open(changes: Partial<WatchedFacts> = {}, codec: EncodedPictures['codec'] = 'h264'): void {
    this.notices.opened({ codec, requestKeyframe: () => this.keyframeRequests++ }, { ...facts, ...changes });
  }

  send(isKeyframe: boolean): VideoFrame {
    const number = ++this.#number;
    const data = Buffer.from(`picture ${number}`);
    const frame: VideoFrame = { number, captureTimeMs: 1_000 * number, data, codec: 'h264', isKeyframe };
    this.notices.frame(frame);
    return frame;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

function openWall() {
  const others: FakeOther[] = [];
  const watchStation: WatchStation = (source, notices) => {
    const other = new FakeOther(source, notices);
    others.push(other);
    return other;
  };
  const source = { kind: 'station', url: 'https://bench.lab:8081', stream: 'dim' } as const;
  const streams = [streamConfig({ id: 'dim', name: 'Dim', source })];
  const world = openStation({ streams, watchStation, lingerMs: 1_000 });
  return { ...world, others, other: () => others.at(-1)! };
}

describe('a stream of another station', () => {
  it('is fetched while somebody watches, and passed on as it comes', async () => {
    const wall = openWall();
    expect(wall.others).toHaveLength(0);
    const viewer = await wall.join('dim');
    expect(wall.other().source.url).toBe('https://bench.lab:8081');
    expect(wall.stream('dim').status).toEqual({ kind: 'starting' });
    wall.other().open();
    expect(wall.other().keyframeRequests).toBeGreaterThan(0);
    const sent = [wall.other().send(true), wall.other().send(false)];
    expect(viewer.frames.map(({ data, captureTimeMs }) => ({ data, captureTimeMs }))).toEqual(
      sent.map(({ data, captureTimeMs }) => ({ data, captureTimeMs })),
    );
    expect(wall.stream('dim')).toMatchObject({ status: { kind: 'live' }, renditions: [{ isPassedOn: true }] });
    expect(wall.capture().source).toEqual({ kind: 'published' });
    await viewer.close('left');
    await tick(1_000);
    expect(wall.other().isClosed).toBe(true);
    expect(wall.stream('dim').status).toEqual({ kind: 'idle' });
  });

  it('has the scale of the other station, at each size that comes over the link', async () => {
    const wall = openWall();
    await wall.join('dim');
    wall.other().open();
    wall.capture().show({ widthPx: 640 });
    expect(wall.stream('dim')).toMatchObject({ pixelSizeUm: 0.5, detector: { stationName: 'Bench' } });
    wall.capture().show({ widthPx: 320 });
    expect(wall.stream('dim').pixelSizeUm).toBe(1);
    wall.capture().show({ widthPx: 160 });
    expect(wall.stream('dim').pixelSizeUm).toBe(2);
  });

  it('takes the first size for the full one where the other station does not know it yet, and has no scale without one', async () => {
    const wall = openWall();
    await wall.join('dim');
    wall.other().open({ widthPx: null });
    wall.capture().show({ widthPx: 1_280 });
    expect(wall.stream('dim').pixelSizeUm).toBe(0.5);
    wall.other().notices.ended({ reason: 'ended', detail: 'It is a test.' });
    await tick(500);
    wall.other().open({ pixelSizeUm: null });
    wall.capture().show({ widthPx: 640 });
    expect(wall.stream('dim').pixelSizeUm).toBeNull();
  });

  it('says why it does not come, tries again later and later, and keeps its viewers', async () => {
    const wall = openWall();
    const viewer = await wall.join('dim');
    const fault = { reason: 'refused', detail: 'It is a test.' } as const;
    wall.other().notices.ended(fault);
    expect(wall.stream('dim').status).toMatchObject({ kind: 'offline', fault, attempt: 1 });
    expect(wall.other().isClosed).toBe(true);
    await tick(500);
    expect(wall.others).toHaveLength(2);
    wall.other().notices.ended(fault);
    await tick(500);
    expect(wall.others).toHaveLength(2);
    await tick(500);
    expect(wall.others).toHaveLength(3);
    wall.other().open();
    wall.other().send(true);
    expect(wall.stream('dim').status).toEqual({ kind: 'live' });
    expect(viewer.seen).toBe('K1');
    expect(viewer.end).toBeNull();
  });
});
