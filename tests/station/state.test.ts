import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StationState } from '../../src/shared/state.ts';
import { openStation, streamConfig } from './fakes.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const tick = (timeMs: number) => vi.advanceTimersByTimeAsync(timeMs);

describe('the state', () => {
  it('names the station, its run and its streams', () => {
    const notices = [{ code: 'bad_configuration', detail: 'station.json:3: "port" must be a number' }] as const;
    const streams = [streamConfig({ pixelSizeUm: 0.5 })];
    const { station } = openStation({ notices, streams });
    expect(station.state()).toEqual({
      timeMs: Date.now(),
      station: {
        name: 'Lab',
        version: '1.2.3',
        startedAtMs: Date.now(),
        runId: expect.any(String) as string,
        isShared: false,
        load: { memoryBytes: expect.any(Number) as number, eventLoopLagMs: expect.any(Number) as number },
      },
      notices,
      streams: [
        {
          id: 'one',
          name: 'One',
          sourceKind: 'simulated',
          pixelSizeUm: 0.5,
          status: { kind: 'idle' },
          detector: null,
          fps: null,
          reading: null,
          frozenSinceMs: null,
          renditions: [],
          viewers: 0,
          skippedFrames: 0,
          starts: 0,
        },
      ],
      viewers: [],
    });
    expect(openStation().station.state().station.runId).not.toBe(station.state().station.runId);
  });

  it.each([
    { configured: undefined, told: 0.25, shown: 0.25 },
    { configured: 0.5, told: 0.25, shown: 0.5 },
    { configured: undefined, told: undefined, shown: null },
  ])(
    'shows a pixel size of $shown where $configured is configured and $told is told',
    async ({ configured, told, shown }) => {
      const { join, capture, stream } = openStation({
        streams: [streamConfig(configured === undefined ? {} : { pixelSizeUm: configured })],
      });
      await join();
      capture().show(told === undefined ? {} : { pixelSizeUm: told });
      expect(stream().pixelSizeUm).toBe(shown);
    },
  );

  it('counts the pictures of the source, not their encodings or readings', async () => {
    const { join, capture, stream } = openStation();
    await join('one', 'h264');
    await join('one', 'vp8');
    capture().show();
    expect(stream().fps).toBeNull();
    await capture().run(5_000, 40);
    expect(stream().fps).toBeCloseTo(25, 5);
  });

  it('shows a rate that falls while pictures stay away, and none when the source is away', async () => {
    const { join, capture, stream } = openStation();
    await join();
    capture().show();
    await capture().run(5_000, 40);
    await tick(1_500);
    const falling = stream().fps ?? NaN;
    expect(falling).toBeLessThan(15);
    await tick(1_000);
    expect(stream().fps).toBeLessThan(falling);
    capture().end();
    expect(stream().fps).toBeNull();
  });

  it('shows the rate of a new capture that counts from one again', async () => {
    const { join, capture, stream } = openStation();
    await join();
    await capture().run(10_000, 40);
    capture().end();
    await tick(500);
    await capture().run(4_000, 100);
    expect(stream().fps).toBeCloseTo(10, 5);
  });

  it('shows the rate of a detector that takes a picture in ten seconds', async () => {
    const { join, capture, stream } = openStation();
    await join();
    capture().show({ nominalFps: 0.1 });
    await capture().run(40_000, 10_000);
    expect(stream().fps).toBeCloseTo(0.1, 5);
  });

  it('keeps counting skipped pictures when the viewer that skipped them has gone', async () => {
    const { station, join, stream } = openStation();
    const [slow, other] = [await join(), await join()];
    slow.skippedFrames = 7;
    other.skippedFrames = 2;
    expect(stream().skippedFrames).toBe(9);
    await station.leave(slow.id);
    expect(stream().skippedFrames).toBe(9);
  });

  it('is pushed soon after a change, once for changes that come together', async () => {
    const { station, join, capture } = openStation();
    const states: StationState[] = [];
    station.onState((state) => states.push(state));
    const kinds = () => states.map(({ streams }) => streams[0]?.status.kind);
    await join();
    await join();
    expect(states).toHaveLength(0);
    await tick(1);
    expect(kinds()).toEqual(['starting']);
    expect(states[0]?.streams[0]?.viewers).toBe(2);
    capture().picture();
    await tick(99);
    expect(kinds()).toEqual(['starting', 'live']);
  });

  it('is pushed soon after a change even if somebody begins to listen meanwhile', async () => {
    const { station, join } = openStation();
    let heard = 0;
    station.onState(() => (heard += 1));
    await join();
    station.onState(() => undefined);
    await tick(100);
    expect(heard).toBe(1);
  });

  it('is pushed at most about ten times a second however much changes, and the last change is never lost', async () => {
    const { station } = openStation();
    const states: StationState[] = [];
    station.onState((state) => states.push(state));
    let viewerId = '';
    for (let change = 0; change < 200; change++) {
      if (change % 2 === 0) ({ viewerId } = await station.watch('one', 'h264'));
      else await station.leave(viewerId);
      await tick(10);
    }
    expect(states.length).toBeGreaterThan(15);
    expect(states.length).toBeLessThanOrEqual(21);
    await tick(100);
    expect(states.at(-1)?.streams[0]?.viewers).toBe(0);
  });

  it('is pushed once a second even if nothing changes, until the listener has enough', async () => {
    const { station } = openStation();
    const timesMs: number[] = [];
    const stop = station.onState(({ timeMs }) => timesMs.push(timeMs));
    await tick(3_500);
    expect(timesMs).toHaveLength(3);
    stop();
    stop();
    await tick(5_000);
    expect(timesMs).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('reaches the other listeners when one of them fails or leaves meanwhile', async () => {
    const { station, logLines } = openStation();
    let heard = 0;
    station.onState(() => {
      throw new Error('listener is broken');
    });
    const stop = station.onState(() => stop());
    station.onState(() => (heard += 1));
    await tick(2_000);
    expect(heard).toBe(2);
    expect(logLines.filter(({ level }) => level === 50)).toHaveLength(2);
  });

  it('tells since when a detector is frozen, which the log tells too, and no more once it is not', async () => {
    const { station, join, capture, stream } = openStation();
    await join();
    await capture().run(3_000);
    const frozenMs = Date.now();
    await capture().run(1_900, 100, { hash: 'same' });
    expect(stream().frozenSinceMs).toBeNull();
    await capture().run(1_000, 100, { hash: 'same' });
    expect(stream().frozenSinceMs).toBe(frozenMs);
    await capture().run(100);
    expect(stream().frozenSinceMs).toBeNull();
    expect(station.streamLog('one').slice(-2)).toMatchObject([
      { kind: 'frozen' },
      { kind: 'thawed', frozenForMs: 2_900 },
    ]);
  });

  it('forgets a frozen detector when its capture is started again', async () => {
    const { join, capture, stream } = openStation();
    await join();
    await capture().run(3_000);
    await capture().run(3_000, 100, { hash: 'same' });
    expect(stream().frozenSinceMs).not.toBeNull();
    capture().end();
    expect(stream().frozenSinceMs).toBeNull();
  });

  it('never calls a recording frozen, whose still parts may be as long as they like', async () => {
    const source = { kind: 'file', path: '/recording.mp4' } as const;
    const { join, capture, stream } = openStation({ streams: [streamConfig({ source })] });
    await join();
    await capture().run(3_000);
    await capture().run(10_000, 100, { hash: 'same' });
    expect(stream().frozenSinceMs).toBeNull();
  });
});
