import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeCapture, failingStarts } from './fake-capture.ts';
import { openStation } from './fakes.ts';
import { frame } from './pictures.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const tick = (timeMs: number) => vi.advanceTimersByTimeAsync(timeMs);

describe('a capture', () => {
  it('is started by the first viewer before that viewer has connected, and stopped a linger after the last has left', async () => {
    const { station, captures, capture, stream, viewers } = openStation({ lingerMs: 10_000 });
    expect(captures).toHaveLength(0);
    const first = await station.watch('one', 'h264');
    expect(captures).toHaveLength(1);
    expect(viewers[0]?.isConnected).toBe(false);
    expect(stream().status.kind).toBe('starting');
    const second = await station.watch('one', 'h264');
    capture().show();
    await capture().run(1_000);
    expect(stream().status.kind).toBe('live');
    await station.leave(first.viewerId);
    await capture().run(20_000);
    expect(capture().isClosed).toBe(false);
    await station.leave(second.viewerId);
    await capture().run(9_900);
    expect(capture().isClosed).toBe(false);
    await capture().run(200);
    expect(capture().isClosed).toBe(true);
    expect(stream().status.kind).toBe('idle');
    expect(captures).toHaveLength(1);
  });

  it('goes on for a viewer that comes back during the linger', async () => {
    const { station, join, captures, capture } = openStation();
    const viewer = await join();
    capture().show();
    await capture().run(1_000);
    await station.leave(viewer.id);
    await capture().run(9_000);
    await join();
    await capture().run(20_000);
    expect(captures).toHaveLength(1);
    expect(capture().isClosed).toBe(false);
  });

  it('that dies is replaced, while its viewers stay and get a keyframe of the new one first', async () => {
    const { join, captures, capture, stream } = openStation();
    const viewer = await join();
    capture().show();
    await capture().run(300);
    const dead = capture();
    dead.end();
    expect(stream().status).toMatchObject({ kind: 'offline', fault: { reason: 'crashed' }, attempt: 1 });
    await tick(500);
    expect(captures).toHaveLength(2);
    const [id = ''] = capture().open.keys();
    capture().show();
    capture().notices.frame(id, frame(1, false));
    dead.notices.frame(id, frame(4, true));
    expect(viewer.seen).toBe('K1 2 3');
    capture().notices.frame(id, frame(2, true));
    capture().notices.frame(id, frame(3, false));
    expect(viewer.seen).toBe('K1 2 3 K2 3');
    expect(viewer.end).toBeNull();
    expect(stream()).toMatchObject({ status: { kind: 'live' }, starts: 2, viewers: 1 });
  });

  it('that is silent for three seconds is closed and replaced', async () => {
    const { join, captures, capture, stream } = openStation();
    await join();
    capture().show();
    await capture().run(2_000);
    const hung = capture();
    await tick(2_500);
    expect(hung.isClosed).toBe(false);
    await tick(1_000);
    expect(hung.isClosed).toBe(true);
    expect(stream().status).toMatchObject({ kind: 'offline', fault: { reason: 'silent' } });
    await tick(500);
    expect(captures).toHaveLength(2);
  });

  it('that shows no first picture within ten seconds is replaced', async () => {
    const { join, captures, capture, stream } = openStation();
    await join();
    await tick(9_500);
    expect(capture().isClosed).toBe(false);
    expect(stream().status.kind).toBe('starting');
    await tick(1_000);
    expect(captures[0]?.isClosed).toBe(true);
    expect(stream().status).toMatchObject({ kind: 'offline', fault: { reason: 'silent' } });
  });

  it('is not started before the last one is gone, because a camera can be opened only once', async () => {
    const { join, captures, capture } = openStation();
    await join();
    capture().show();
    await capture().run(1_000);
    const stubborn = capture();
    stubborn.holdsOn = true;
    await tick(6_000);
    expect(stubborn.isClosed).toBe(true);
    expect(captures).toHaveLength(1);
    stubborn.finish();
    await tick(0);
    expect(captures).toHaveLength(2);
  });

  it('is not started before the last one is gone for a viewer that comes just after the linger either', async () => {
    const { station, join, captures, capture, stream } = openStation();
    const viewer = await join();
    capture().show();
    await capture().run(1_000);
    const stubborn = capture();
    stubborn.holdsOn = true;
    await station.leave(viewer.id);
    await capture().run(11_000);
    expect(stubborn.isClosed).toBe(true);
    const back = await join();
    await tick(1_000);
    expect(captures).toHaveLength(1);
    expect(stream().status.kind).toBe('starting');
    stubborn.finish();
    await tick(0);
    expect(captures).toHaveLength(2);
    capture().picture();
    expect(back.seen).toBe('K1');
  });

  it('is not started at all when the viewer that waits for the last one to go has left', async () => {
    const { station, join, captures, capture, stream } = openStation({ lingerMs: 1_000 });
    const viewer = await join();
    capture().picture();
    const stubborn = capture();
    stubborn.holdsOn = true;
    await station.leave(viewer.id);
    await tick(1_000);
    const back = await join();
    await station.leave(back.id);
    await tick(1_000);
    stubborn.finish();
    await tick(1_000);
    expect(captures).toHaveLength(1);
    expect(stream().status.kind).toBe('idle');
  });

  it('that has ended on its own account is closed once and reported once', async () => {
    const { join, captures, capture, stream } = openStation();
    await join();
    const close = vi.spyOn(capture(), 'close');
    capture().end();
    capture().notices.ended({ reason: 'ended', detail: 'again' });
    expect(close).toHaveBeenCalledOnce();
    expect(stream().status).toMatchObject({ attempt: 1, fault: { reason: 'crashed' } });
    await tick(500);
    expect(captures).toHaveLength(2);
  });

  it('that ends before it is handed over is tried again all the same', async () => {
    const started: FakeCapture[] = [];
    const { join, stream } = openStation({
      startCapture: (source, notices) => {
        const capture = new FakeCapture(source, notices);
        started.push(capture);
        if (started.length === 1) capture.end({ reason: 'no_engine', detail: 'Neither engine can be used.' });
        return capture;
      },
    });
    await join();
    expect(stream().status).toMatchObject({ kind: 'offline', fault: { reason: 'no_engine' } });
    expect(started[0]?.isClosed).toBe(true);
    await tick(500);
    expect(started).toHaveLength(2);
    started[1]?.picture();
    expect(stream().status.kind).toBe('live');
  });

  it('that was closed because nobody watches is not a fault', async () => {
    const { station, join, captures, capture, stream, logLines } = openStation();
    const viewer = await join();
    capture().show();
    await capture().run(1_000);
    await station.leave(viewer.id);
    await capture().run(60_000);
    expect(captures).toHaveLength(1);
    expect(stream().status).toEqual({ kind: 'idle' });
    expect(logLines.filter(({ level }) => level >= 40)).toEqual([]);
  });

  it('is not tried again when the last viewer of an absent source has gone', async () => {
    const startsMs: number[] = [];
    const { station, join, stream } = openStation({ startCapture: failingStarts(startsMs) });
    const viewer = await join();
    await tick(5_000);
    await station.leave(viewer.id);
    await tick(10_000);
    const { length } = startsMs;
    await tick(60_000);
    expect(startsMs).toHaveLength(length);
    expect(stream().status.kind).toBe('idle');
  });

  it('is not blamed for a time in which the station itself stood still', async () => {
    const { join, captures, capture } = openStation();
    await join();
    capture().show();
    await capture().run(2_000);
    const clock = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => clock() + 60_000);
    await tick(1_000);
    await capture().run(5_000);
    expect(captures).toHaveLength(1);
    await tick(4_000);
    expect(captures).toHaveLength(2);
  });
});

describe('a slow detector', () => {
  it('with a ten-second exposure is not taken for silent', async () => {
    const { join, captures, capture, stream } = openStation();
    await join();
    capture().show();
    capture().picture({ exposureMs: 10_000 });
    for (let pictures = 0; pictures < 6; pictures++) {
      await tick(12_000);
      capture().picture({ exposureMs: 10_000 });
    }
    await tick(29_000);
    expect(captures).toHaveLength(1);
    expect(stream().status.kind).toBe('live');
    // Three exposures without a picture are too many: 10 s, but the pictures were seen 12 s apart.
    await tick(8_000);
    expect(captures).toHaveLength(2);
  });

  it('that announces a picture every eight seconds is waited for', async () => {
    const { join, captures, capture } = openStation();
    await join();
    capture().show({ nominalFps: 1 / 8 });
    capture().picture();
    await tick(8_000);
    capture().picture();
    await tick(20_000);
    expect(captures).toHaveLength(1);
  });

  it('that announces nothing is known by the distance of its pictures', async () => {
    const { join, captures, capture } = openStation();
    await join();
    capture().show();
    await capture().run(60_000, 6_000);
    expect(captures).toHaveLength(1);
  });

  it('whose first picture takes longer than the start may take is given more time at the next start', async () => {
    const { join, captures, capture, stream } = openStation();
    await join();
    await tick(11_000);
    expect(captures).toHaveLength(2);
    await tick(15_000);
    expect(captures).toHaveLength(2);
    capture().show();
    capture().picture({ exposureMs: 15_000 });
    await tick(15_000);
    capture().picture({ exposureMs: 15_000 });
    expect(captures).toHaveLength(2);
    expect(stream().status.kind).toBe('live');
  });
});
