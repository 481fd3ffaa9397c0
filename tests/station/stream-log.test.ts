import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStation, streamConfig, type World } from './fakes.ts';
import { frame } from './pictures.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const tick = (timeMs: number) => vi.advanceTimersByTimeAsync(timeMs);
const kinds = ({ station }: World) => station.streamLog('one').map(({ kind }) => kind);

describe('the log of a stream', () => {
  it('is empty until something happens, and there is none of an unknown stream', () => {
    const { station } = openStation();
    expect(station.streamLog('one')).toEqual([]);
    expect(() => station.streamLog('two')).toThrow(expect.objectContaining({ reason: 'unknown_stream' }));
  });

  it('tells the life of a stream with times and reasons', async () => {
    const { station, join, capture } = openStation({ lingerMs: 3_000 });
    const beganMs = Date.now();
    const viewer = await join();
    await tick(250);
    capture().picture();
    await tick(750);
    capture().end({ reason: 'busy', detail: 'Another program has it.' });
    await tick(500);
    capture().picture();
    await station.leave(viewer.id);
    await tick(3_000);
    expect(station.streamLog('one').map((event) => ({ ...event, timeMs: event.timeMs - beganMs }))).toEqual([
      { timeMs: 0, kind: 'started' },
      { timeMs: 0, kind: 'viewer_came', viewers: 1 },
      { timeMs: 250, kind: 'live' },
      { timeMs: 1_000, kind: 'offline', reason: 'busy', detail: 'Another program has it.' },
      { timeMs: 1_500, kind: 'live_again', outageMs: 500 },
      { timeMs: 1_500, kind: 'viewer_gone', reason: 'left', viewers: 0 },
      { timeMs: 4_500, kind: 'idle' },
    ]);
  });

  it('says once that a source is away however often it is tried, and again when the reason is another', async () => {
    const world = openStation();
    await world.join();
    for (const [reason, tries] of [
      ['not_found', 3],
      ['busy', 2],
    ] as const) {
      for (let attempt = 0; attempt < tries; attempt++) {
        world.capture().end({ reason, detail: `It is ${reason}.` });
        await tick(10_000);
      }
    }
    expect(kinds(world)).toEqual(['started', 'viewer_came', 'offline', 'offline']);
    world.capture().picture();
    expect(world.station.streamLog('one').at(-1)).toMatchObject({ kind: 'live_again', outageMs: 50_000 });
  });

  it('tells each viewer’s coming and why it went, and nothing of who it is', async () => {
    const { station, join } = openStation();
    const viewers = [await join(), await join()];
    await viewers[0]?.close('silent');
    await viewers[1]?.close('closed_by_peer');
    expect(station.streamLog('one')).toMatchObject([
      { kind: 'started' },
      { kind: 'viewer_came', viewers: 1 },
      { kind: 'viewer_came', viewers: 2 },
      { kind: 'viewer_gone', reason: 'silent', viewers: 1 },
      { kind: 'viewer_gone', reason: 'closed_by_peer', viewers: 0 },
    ]);
    for (const { id } of viewers) expect(JSON.stringify(station.streamLog('one'))).not.toContain(id.slice(0, 8));
  });

  it('tells which settings were changed, and that another source is opened', async () => {
    const { station, join } = openStation();
    await join();
    const source = { kind: 'simulated', detector: 'dim' } as const;
    await station.setStreams([streamConfig({ name: 'Two', quality: 'high' })]);
    await station.setStreams([streamConfig({ name: 'Two', quality: 'high' })]);
    await station.setStreams([streamConfig({ name: 'Two', quality: 'high', pixelSizeUm: 0.5, source })]);
    expect(station.streamLog('one').slice(2)).toMatchObject([
      { kind: 'settings_changed', settings: ['name', 'quality'] },
      { kind: 'settings_changed', settings: ['source', 'pixelSizeUm'] },
      { kind: 'started' },
    ]);
  });

  it('adds up skipped pictures, and tells them at once and then every ten seconds', async () => {
    const { station, join, capture } = openStation();
    const [one, two] = [await join(), await join()];
    const skips = () =>
      station.streamLog('one').flatMap((event) => (event.kind === 'frames_skipped' ? event.frames : []));
    capture().picture();
    expect(skips()).toEqual([]);
    for (let second = 0; second < 25; second++) {
      one.skippedFrames += 2;
      two.skippedFrames += 1;
      await capture().run(1_000);
    }
    expect(skips()).toEqual([3, 30, 30]);
    await station.leave(one.id);
    await capture().run(10_000);
    expect(skips()).toEqual([3, 30, 30, 12]);
    await capture().run(20_000);
    expect(skips()).toHaveLength(4);
  });

  it('keeps the last 200 events, and what was handed out stays as it was', async () => {
    const { station } = openStation();
    for (let at = 0; at < 150; at++) await station.leave((await station.watch('one', 'h264')).viewerId);
    const log = station.streamLog('one');
    const copy = structuredClone(log);
    expect(log).toHaveLength(200);
    expect(log.at(-1)).toMatchObject({ kind: 'viewer_gone', reason: 'left' });
    await station.watch('one', 'h264');
    expect(log).toEqual(copy);
    expect(station.streamLog('one')).toHaveLength(200);
    expect(station.streamLog('one').at(-1)).toMatchObject({ kind: 'viewer_came' });
  });
});

describe('the viewers in the state', () => {
  it('are all that watch or connect, stream by stream, each with the beginning of its id', async () => {
    const { station, viewers, join } = openStation({ streams: [streamConfig(), streamConfig({ id: 'two' })] });
    await join('two', 'vp8');
    await join('one');
    await station.watch('one', 'h264');
    await station.offerViewer('one');
    const [vp8, first, connecting] = viewers;
    const told = station.state().viewers;
    expect(told).toMatchObject([
      { id: first?.id.slice(0, 8), streamId: 'one', codec: 'h264', isConnected: true },
      { id: connecting?.id.slice(0, 8), streamId: 'one', codec: 'h264', isConnected: false },
      { id: vp8?.id.slice(0, 8), streamId: 'two', codec: 'vp8', isConnected: true },
    ]);
    expect(told.map(({ id }) => id.length)).toEqual([8, 8, 8]);
    for (const { id } of viewers) expect(JSON.stringify(told)).not.toContain(id);
  });

  it('carry the Viewer’s own figures and go with it', async () => {
    const { station, join } = openStation();
    const viewer = await join();
    viewer.skippedFrames = 4;
    viewer.write(frame(1, true));
    expect(station.state().viewers[0]).toMatchObject(viewer.telemetry());
    await station.leave(viewer.id);
    expect(station.state().viewers).toEqual([]);
  });

  it('cost a state of 64 viewers less than 32 KiB', async () => {
    const { station, join } = openStation({ maxViewers: 64 });
    const before = JSON.stringify(station.state()).length;
    for (let at = 0; at < 64; at++) await join();
    expect(JSON.stringify(station.state()).length - before).toBeLessThan(32 * 1024);
  });
});
