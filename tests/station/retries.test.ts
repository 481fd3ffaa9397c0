import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { captureRetry } from '../../src/shared/retry.ts';
import { FakeCapture, failingStarts } from './fake-capture.ts';
import { openStation, streamConfig } from './fakes.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const tick = (timeMs: number) => vi.advanceTimersByTimeAsync(timeMs);

function gaps(timesMs: readonly number[]): readonly number[] {
  return timesMs.slice(1).map((timeMs, index) => Math.round(timeMs - (timesMs[index] ?? 0)));
}

describe('retries', () => {
  it('follow the policy and never end', async () => {
    const startsMs: number[] = [];
    const { join, stream } = openStation({
      startCapture: failingStarts(startsMs),
      captureRetry: () => captureRetry(() => 0.5),
    });
    await join();
    await tick(60_000);
    expect(gaps(startsMs)).toEqual([500, 1_000, 2_000, 5_000, 10_000, 10_000, 10_000, 10_000, 10_000]);
    expect(stream().status).toMatchObject({ kind: 'offline', attempt: 10 });
  });

  it.each([
    { goodMs: 31_000, afterwardsMs: 500, what: 'start over after thirty seconds of pictures' },
    { goodMs: 25_000, afterwardsMs: 5_000, what: 'do not start over after fewer pictures' },
  ])('$what', async ({ goodMs, afterwardsMs }) => {
    const startsMs: number[] = [];
    const started: FakeCapture[] = [];
    const start = failingStarts(startsMs, () => startsMs.length < 4);
    const { join } = openStation({
      startCapture: (source, notices) => {
        const capture = start(source, notices) as FakeCapture;
        started.push(capture);
        return capture;
      },
    });
    await join();
    await tick(4_000);
    expect(started).toHaveLength(4);
    await started[3]?.run(goodMs);
    const diedMs = performance.now();
    started[3]?.end();
    await tick(6_000);
    expect(Math.round((startsMs[4] ?? 0) - diedMs)).toBe(afterwardsMs);
  });

  it('start over for a viewer that comes when the station had stopped trying', async () => {
    const startsMs: number[] = [];
    const { station, join } = openStation({ startCapture: failingStarts(startsMs) });
    const viewer = await join();
    await tick(5_000);
    await station.leave(viewer.id);
    await tick(20_000);
    startsMs.length = 0;
    await join();
    await tick(1_600);
    expect(gaps(startsMs)).toEqual([500, 1_000]);
  });

  it('go on where a policy would give up', async () => {
    const startsMs: number[] = [];
    const { join } = openStation({
      startCapture: failingStarts(startsMs),
      captureRetry: () => ({ delayMs: () => null }),
    });
    await join();
    await tick(25_000);
    expect(startsMs.length).toBe(3);
  });

  it('of a source that always fails do not delay another', async () => {
    const [present, absent] = ['present', 'absent'].map((id) =>
      streamConfig({ id, source: { kind: 'file', path: id } }),
    );
    const captures: FakeCapture[] = [];
    const failing = failingStarts([]);
    const { join, stream } = openStation({
      streams: [absent, present].filter((config) => config !== undefined),
      startCapture: (source, notices) => {
        if (source === absent?.source) return failing(source, notices);
        const capture = new FakeCapture(source, notices);
        captures.push(capture);
        return capture;
      },
    });
    await join('absent');
    await tick(20_000);
    const viewer = await join('present');
    expect(captures).toHaveLength(1);
    captures[0]?.picture();
    expect(viewer.seen).toBe('K1');
    captures[0]?.end();
    await tick(500);
    expect(captures).toHaveLength(2);
    expect(stream('absent').status.kind).toBe('offline');
  });
});

describe('an outage', () => {
  it('is one outage from its first failure on, with the newest cause and the time of the next try', async () => {
    const { join, capture, stream } = openStation();
    await join();
    capture().show();
    await capture().run(1_000);
    const sinceMs = Date.now();
    capture().end();
    expect(stream().status).toMatchObject({ sinceMs, nextTryAtMs: sinceMs + 500, attempt: 1 });
    await tick(500);
    capture().end({ reason: 'busy', detail: 'The camera is used by another program.' });
    expect(stream()).toMatchObject({
      status: { sinceMs, nextTryAtMs: sinceMs + 1_500, attempt: 2, fault: { reason: 'busy' } },
      fps: null,
      detector: { widthPx: 640 },
    });
  });

  it('is warned of once, with its cause in words, and its end is told', async () => {
    const { join, capture, logLines } = openStation();
    await join();
    capture().show();
    await capture().run(1_000);
    capture().end({ reason: 'not_found', detail: 'There is no /dev/video9.' });
    await tick(500);
    capture().end({ reason: 'not_found', detail: 'There is no /dev/video9.' });
    await tick(1_000);
    const warnings = logLines.filter(({ level }) => level === 40);
    expect(warnings.map(({ msg }) => msg)).toEqual(['stream offline: There is no /dev/video9.']);
    capture().picture();
    expect(logLines.at(-1)).toMatchObject({ level: 30, msg: 'stream live again', stream: 'one' });
  });
});
