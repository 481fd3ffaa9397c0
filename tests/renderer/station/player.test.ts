// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../../src/renderer/station/client.ts';
import { FakePeer } from '../fake-page.ts';
import {
  firstWaitMs,
  pictures,
  playing,
  secondWaitMs,
  settle,
  start,
  startPlaying,
  states,
  station,
  still,
  video,
} from './open-player.ts';

const done = (): Promise<void> => Promise.resolve();

describe('A Player', () => {
  test('asks for no delay', async () => {
    await start();
    expect(station.open).toHaveBeenCalledWith('brightfield', FakePeer.newest);
    expect(FakePeer.newest.receiver.jitterBufferTarget).toBe(0);
  });

  test('is connecting until the first picture is on the screen', async () => {
    const { state } = await startPlaying();
    expect(states).toEqual([{ kind: 'connecting', retry: null }, playing]);
    expect(state).toEqual(playing);
  });

  test('tells the rate and the latency of what it shows', async () => {
    const started = await start();
    for (let shown = 0; shown <= 60; shown++) {
      pictures.show(video, Date.now() - 38);
      await vi.advanceTimersByTimeAsync(50);
    }
    const { fps, latencyMs, ageMs } = started.sample();
    expect(fps).toBeCloseTo(20, 1);
    expect(latencyMs).toBeCloseTo(38, 0);
    expect(ageMs).toBeCloseTo(88, 0);
  });

  test('tells no latency where a clock is wrong by hours', async () => {
    const started = await start();
    pictures.show(video, Date.now() - 3 * 3_600_000);
    expect(started.sample().latencyMs).toBeNull();
  });

  test('says why it was refused and when it tries again, and does', async () => {
    station.open.mockRejectedValueOnce(new Refusal('unreachable', 'away'));
    const started = await start();
    expect(started.state).toEqual({
      kind: 'waiting',
      retry: { reason: 'unreachable', number: 1, of: 5 },
      retryAtMs: Date.now() + firstWaitMs,
    });
    await vi.advanceTimersByTimeAsync(firstWaitMs - 1);
    expect(station.open).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(station.watched).toEqual(['brightfield']);
  });

  test('waits as long as the station asks for', async () => {
    station.open.mockRejectedValueOnce(new Refusal('source_offline', 'away', 7_000));
    const started = await start();
    expect(started.state).toMatchObject({ retry: { reason: 'source_offline' }, retryAtMs: Date.now() + 7_000 });
    await vi.advanceTimersByTimeAsync(6_999);
    expect(station.open).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(station.open).toHaveBeenCalledTimes(2);
  });

  test('waits longer after each failure, and shortly again after thirty seconds of pictures', async () => {
    const waits: number[] = [];
    const fail = (): void => {
      FakePeer.newest.turn('failed');
      const newest = states.at(-1);
      if (newest?.kind === 'waiting') waits.push(newest.retryAtMs - Date.now());
    };
    await startPlaying();
    fail();
    await vi.advanceTimersByTimeAsync(firstWaitMs);
    fail();
    await vi.advanceTimersByTimeAsync(secondWaitMs);
    FakePeer.newest.turn('connected');
    pictures.show(video, Date.now());
    await vi.advanceTimersByTimeAsync(30_000);
    pictures.show(video, Date.now());
    fail();
    expect(waits).toEqual([firstWaitMs, secondWaitMs, firstWaitMs]);
  });

  test('notices at once that the station has closed the session', async () => {
    const started = await startPlaying();
    FakePeer.newest.receiver.transport.turn('closed');
    expect(started.state).toMatchObject({ kind: 'waiting', retry: { reason: 'connection_lost' } });
  });

  test('tells nobody that it leaves where the station has ended the session itself, or is gone', async () => {
    const leave = vi.fn(() => Promise.resolve());
    station.open.mockResolvedValue({ viewerId: 'viewer-1', stationSdp: '', connect: done, restartIce: done, leave });
    const started = await start();
    FakePeer.newest.receiver.transport.turn('closed');
    await vi.advanceTimersByTimeAsync(firstWaitMs);
    started.restart();
    await settle();
    expect(station.open).toHaveBeenCalledTimes(3);
    expect(leave).not.toHaveBeenCalled();
  });

  test('remembers why the last try failed until the station answers', async () => {
    station.open.mockRejectedValueOnce(new Refusal('unreachable', 'away'));
    await start();
    await vi.advanceTimersByTimeAsync(firstWaitMs);
    expect(states.slice(-2)).toEqual([
      { kind: 'connecting', retry: { reason: 'unreachable', number: 1, of: 5 } },
      { kind: 'connecting', retry: null },
    ]);
  });

  test('gives up a try that does not connect in ten seconds', async () => {
    const started = await start();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(started.state.kind).toBe('connecting');
    await vi.advanceTimersByTimeAsync(1);
    expect(started.state).toMatchObject({ kind: 'waiting', retry: { reason: 'connect_timeout' } });
    expect(FakePeer.newest.isClosed).toBe(true);
  });

  test('waits without end for the first picture once it is connected: an exposure may be long', async () => {
    const started = await start();
    FakePeer.newest.turn('connected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(started.state.kind).toBe('connecting');
  });

  test('ends its wait when there is new hope, and tries only once', async () => {
    station.open.mockRejectedValueOnce(new Refusal('source_offline', 'away', 60_000));
    const started = await start();
    started.tryNow();
    started.tryNow();
    expect(started.state).toEqual({ kind: 'connecting', retry: { reason: 'source_offline', number: 1, of: 5 } });
    await settle();
    expect(station.watched).toEqual(['brightfield']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(station.open.mock.calls.length).toBeLessThan(12);
  });

  test('leaves the session of a station that is gone for one of the next station', async () => {
    const started = await startPlaying();
    const [first] = FakePeer.made;
    await vi.advanceTimersByTimeAsync(2_000);
    started.restart();
    await settle();
    expect(first?.isClosed).toBe(true);
    expect(station.open).toHaveBeenCalledTimes(2);
  });

  test('keeps a session that has pictures when it hears late of a new station', async () => {
    const started = await startPlaying();
    started.restart();
    expect(started.state.kind).toBe('playing');
    expect(station.open).toHaveBeenCalledTimes(1);
  });

  test('tells the station when it is closed, once, and tries no more', async () => {
    const started = await startPlaying();
    started.close();
    started.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(station.watched).toEqual([]);
    expect(station.open).toHaveBeenCalledTimes(1);
    expect(states.at(-1)).toEqual({ kind: 'closed' });
    expect(video.srcObject).toBeNull();
  });

  test('keeps the media path until the station knows that it leaves, which else would know the session no more', async () => {
    let taken = (): void => undefined;
    const leave = vi.fn(() => new Promise<void>((resolve) => (taken = resolve)));
    station.open.mockResolvedValueOnce({
      viewerId: 'viewer-1',
      stationSdp: '',
      connect: done,
      restartIce: done,
      leave,
    });
    const started = await start();
    started.close();
    await settle();
    expect(leave).toHaveBeenCalledTimes(1);
    expect(FakePeer.newest.isClosed).toBe(false);
    taken();
    await settle();
    expect(FakePeer.newest.isClosed).toBe(true);
  });

  test('leaves a session that is opened only after it was closed', async () => {
    let answer = (): void => undefined;
    const leave = vi.fn(() => Promise.resolve());
    station.open.mockReturnValueOnce(
      new Promise(
        (resolve) =>
          (answer = () => resolve({ viewerId: 'viewer-1', stationSdp: '', connect: done, restartIce: done, leave })),
      ),
    );
    const started = await start();
    started.close();
    answer();
    await settle();
    expect(leave).toHaveBeenCalledTimes(1);
  });

  test('leaves a session that it is closed in the middle of, or whose connecting fails', async () => {
    let fail = (): void => undefined;
    const leave = vi.fn(() => Promise.resolve());
    const connect = (): Promise<void> => new Promise((_resolve, reject) => (fail = () => reject(new Error('closed'))));
    station.open.mockResolvedValue({ viewerId: 'viewer-1', stationSdp: '', connect, restartIce: done, leave });
    const started = await start();
    started.close();
    fail();
    await settle();
    expect(leave).toHaveBeenCalledTimes(1);
    expect(FakePeer.newest.isClosed).toBe(true);
    expect(states.at(-1)).toEqual({ kind: 'closed' });

    const next = await start();
    fail();
    await settle();
    expect(leave).toHaveBeenCalledTimes(2);
    expect(next.state).toMatchObject({ kind: 'waiting', retry: { reason: 'internal' } });
  });

  test('says at once that pictures come again after a pause, and not with every picture', async () => {
    await startPlaying();
    await vi.advanceTimersByTimeAsync(4_000);
    const before = states.length;
    for (let shown = 0; shown < 3; shown++) pictures.show(video, Date.now());
    expect(states.slice(before)).toEqual([playing]);
  });

  test('keeps the last picture of a broken session until the next session has one', async () => {
    const drawn = vi.fn();
    vi.spyOn(still, 'getContext').mockReturnValue({ drawImage: drawn } as unknown as GPUCanvasContext);
    Object.assign(video, { videoWidth: 1280, videoHeight: 720 });
    await startPlaying();
    expect(still.width).toBe(0);
    const [first] = FakePeer.made;
    let wasOpenWhenDrawn = false;
    drawn.mockImplementationOnce(() => (wasOpenWhenDrawn = first?.isClosed === false));
    first?.turn('failed');
    expect(wasOpenWhenDrawn).toBe(true);
    expect(drawn).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(firstWaitMs);
    expect([still.width, still.height]).toEqual([1280, 720]);
    // A second failure without a picture in between has nothing better to keep.
    FakePeer.newest.turn('failed');
    expect(drawn).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(secondWaitMs);
    pictures.show(video, Date.now());
    expect(still.width).toBe(0);
  });

  test('knows that a picture is old because the page was hidden, stopped or asleep', async () => {
    const started = await startPlaying();
    await vi.advanceTimersByTimeAsync(500);
    expect(started.link().awakeMs).toBe(Number.POSITIVE_INFINITY);
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(started.link().awakeMs).toBeNull();
    await vi.advanceTimersByTimeAsync(5_000);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(300);
    expect(started.link().awakeMs).toBe(300);
    expect(started.sample().ageMs).toBeGreaterThan(5_000);

    await vi.advanceTimersByTimeAsync(400);
    document.dispatchEvent(new Event('resume'));
    expect(started.link().awakeMs).toBe(0);

    // A machine that sleeps says nothing.
    started.link();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(started.link().awakeMs).toBe(0);
  });

  test('tells the number of the picture that it shows, and the rhythm in which the station sends them', async () => {
    const started = await startPlaying();
    const [channel] = FakePeer.newest.channels;
    channel?.open();
    const takenMs = Date.now();
    for (const late of [100, 200, 300]) pictures.show(video, takenMs + late);
    expect(started.sample().number).toBeNull();
    const frames = [100, 200, 300].map((late, index) => [index + 41, takenMs + late]);
    channel?.hear(JSON.stringify({ type: 'frames', frames }));
    expect(started.sample()).toMatchObject({ number: 43, intervalMs: 100 });
    expect(started.sample().captureTimeMs).toBeCloseTo(takenMs + 300, 1);
  });

  test('tells each new session at which size the picture is shown', async () => {
    const started = await startPlaying();
    const size = { widthPx: 640, heightPx: 360 };
    const said = (): string[] => FakePeer.newest.channels[0]?.sent.filter((message) => message.includes('show')) ?? [];
    started.show(size);
    FakePeer.newest.channels[0]?.open();
    expect(said()).toEqual([JSON.stringify({ type: 'show', ...size })]);
    FakePeer.newest.turn('failed');
    await vi.advanceTimersByTimeAsync(firstWaitMs);
    FakePeer.newest.channels[0]?.open();
    expect(said()).toEqual([JSON.stringify({ type: 'show', ...size })]);
  });

  test('reports how far off the station’s clock can be, what waits, and when the station was heard', async () => {
    const started = await startPlaying();
    expect(await started.report()).toMatchObject({
      keepalive: null,
      commandsBufferedBytes: null,
      clockUncertaintyMs: 0,
    });
    const channel = FakePeer.newest.channels[0]!;
    channel.open();
    channel.bufferedAmount = 70;
    await vi.advanceTimersByTimeAsync(400);
    expect(await started.report()).toMatchObject({ keepalive: { ageMs: 400 }, commandsBufferedBytes: 70 });
    expect(started.link()).toMatchObject({ isConnected: true, keepaliveAgeMs: 400 });
  });
});
