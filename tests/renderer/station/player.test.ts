// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { backoff } from '../../../src/shared/retry.ts';
import { Refusal } from '../../../src/renderer/station/client.ts';
import { sharedClock } from '../../../src/renderer/station/clock.ts';
import { Player, type PlayerState } from '../../../src/renderer/station/player.ts';
import { FakePeer, fakePictures, FakeStation } from '../fake-page.ts';

const firstWaitMs = 500;
const secondWaitMs = 1_000;
const retry = backoff({ stepsMs: [firstWaitMs, secondWaitMs], jitterShare: 0 });

let station: FakeStation;
let states: PlayerState[];
let video: HTMLVideoElement;
let still: HTMLCanvasElement;
let pictures: ReturnType<typeof fakePictures>;
let player: Player | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  FakePeer.made = [];
  station = new FakeStation();
  states = [];
  video = document.createElement('video');
  still = document.createElement('canvas');
  pictures = fakePictures(video);
});

afterEach(() => {
  player?.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function start(): Promise<Player> {
  player = new Player({
    client: station,
    clock: sharedClock,
    streamId: 'brightfield',
    video,
    still,
    retry,
    onState: (state) => states.push(state),
  });
  await settle();
  return player;
}

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

async function startPlaying(): Promise<Player> {
  const started = await start();
  FakePeer.newest.turn('connected');
  pictures.show(video, Date.now());
  return started;
}

describe('A Player', () => {
  test('sends its offer while the browser still gathers candidates, and asks for no delay', async () => {
    await start();
    expect(station.watch).toHaveBeenCalledWith('brightfield', 'offer');
    expect(FakePeer.newest.iceGatheringState).toBe('gathering');
    expect(FakePeer.newest.receiver.jitterBufferTarget).toBe(0);
  });

  test('is connecting until the first picture is on the screen', async () => {
    const { state } = await startPlaying();
    expect(states).toEqual([{ kind: 'connecting', attempt: 1, after: null }, { kind: 'playing' }]);
    expect(state).toEqual({ kind: 'playing' });
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
    station.watch.mockRejectedValueOnce(new Refusal('unreachable', 'away'));
    const started = await start();
    expect(started.state).toEqual({
      kind: 'waiting',
      attempt: 1,
      reason: 'unreachable',
      retryAtMs: Date.now() + firstWaitMs,
    });
    await vi.advanceTimersByTimeAsync(firstWaitMs - 1);
    expect(station.watch).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(station.watched).toEqual(['brightfield']);
  });

  test('waits as long as the station asks for', async () => {
    station.watch.mockRejectedValueOnce(new Refusal('source_offline', 'away', 7_000));
    const started = await start();
    expect(started.state).toMatchObject({ reason: 'source_offline', retryAtMs: Date.now() + 7_000 });
    await vi.advanceTimersByTimeAsync(6_999);
    expect(station.watch).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(station.watch).toHaveBeenCalledTimes(2);
  });

  test('waits longer after each failure, and shortly again after thirty seconds of pictures', async () => {
    const waits: number[] = [];
    const fail = (): void => {
      FakePeer.newest.turn('failed');
      if (player?.state.kind === 'waiting') waits.push(player.state.retryAtMs - Date.now());
    };
    await startPlaying();
    fail();
    await vi.advanceTimersByTimeAsync(firstWaitMs);
    fail();
    await vi.advanceTimersByTimeAsync(secondWaitMs);
    FakePeer.newest.turn('connected');
    pictures.show(video, Date.now());
    await vi.advanceTimersByTimeAsync(30_000);
    fail();
    expect(waits).toEqual([firstWaitMs, secondWaitMs, firstWaitMs]);
  });

  test('gives a broken path five seconds to heal by itself', async () => {
    const started = await startPlaying();
    FakePeer.newest.turn('disconnected');
    await vi.advanceTimersByTimeAsync(4_999);
    FakePeer.newest.turn('connected');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(started.state.kind).toBe('playing');

    FakePeer.newest.turn('disconnected');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(started.state).toMatchObject({ kind: 'waiting', reason: 'connection_lost' });
    expect(station.watched).toEqual([]);
  });

  test('notices at once that the station has closed the session', async () => {
    const started = await startPlaying();
    FakePeer.newest.receiver.transport.turn('closed');
    expect(started.state).toMatchObject({ kind: 'waiting', reason: 'connection_lost' });
  });

  test('tells nobody that it leaves where the station has ended the session itself, or is gone', async () => {
    const leave = vi.fn(() => Promise.resolve());
    station.watch.mockResolvedValue({ answerSdp: '', leave });
    const started = await start();
    FakePeer.newest.receiver.transport.turn('closed');
    await vi.advanceTimersByTimeAsync(firstWaitMs);
    started.restart();
    await settle();
    expect(station.watch).toHaveBeenCalledTimes(3);
    expect(leave).not.toHaveBeenCalled();
  });

  test('remembers why the last try failed until the station answers', async () => {
    station.watch.mockRejectedValueOnce(new Refusal('unreachable', 'away'));
    await start();
    await vi.advanceTimersByTimeAsync(firstWaitMs);
    expect(states.slice(-2)).toEqual([
      { kind: 'connecting', attempt: 2, after: 'unreachable' },
      { kind: 'connecting', attempt: 2, after: null },
    ]);
  });

  test('gives up a try that does not connect in ten seconds', async () => {
    const started = await start();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(started.state.kind).toBe('connecting');
    await vi.advanceTimersByTimeAsync(1);
    expect(started.state).toMatchObject({ kind: 'waiting', reason: 'connect_timeout' });
    expect(FakePeer.newest.isClosed).toBe(true);
  });

  test('waits without end for the first picture once it is connected: an exposure may be long', async () => {
    const started = await start();
    FakePeer.newest.turn('connected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(started.state.kind).toBe('connecting');
  });

  test('ends its wait when there is new hope, and tries only once', async () => {
    station.watch.mockRejectedValueOnce(new Refusal('source_offline', 'away', 60_000));
    const started = await start();
    started.tryNow();
    started.tryNow();
    expect(started.state).toEqual({ kind: 'connecting', attempt: 2, after: 'source_offline' });
    await settle();
    expect(station.watched).toEqual(['brightfield']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(station.watch.mock.calls.length).toBeLessThan(12);
  });

  test('leaves the session of a station that is gone for one of the next station', async () => {
    const started = await startPlaying();
    const [first] = FakePeer.made;
    await vi.advanceTimersByTimeAsync(2_000);
    started.restart();
    await settle();
    expect(first?.isClosed).toBe(true);
    expect(station.watch).toHaveBeenCalledTimes(2);
  });

  test('keeps a session that has pictures when it hears late of a new station', async () => {
    const started = await startPlaying();
    started.restart();
    expect(started.state.kind).toBe('playing');
    expect(station.watch).toHaveBeenCalledTimes(1);
  });

  test('tells the station when it is closed, once, and tries no more', async () => {
    const started = await startPlaying();
    started.close();
    started.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(station.watched).toEqual([]);
    expect(station.watch).toHaveBeenCalledTimes(1);
    expect(states.at(-1)).toEqual({ kind: 'closed' });
    expect(video.srcObject).toBeNull();
  });

  test('keeps the media path until the station knows that it leaves, which else would know the session no more', async () => {
    let taken = (): void => undefined;
    const leave = vi.fn(() => new Promise<void>((resolve) => (taken = resolve)));
    station.watch.mockResolvedValueOnce({ answerSdp: '', leave });
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
    station.watch.mockReturnValueOnce(new Promise((resolve) => (answer = () => resolve({ answerSdp: '', leave }))));
    const started = await start();
    started.close();
    answer();
    await settle();
    expect(leave).toHaveBeenCalledTimes(1);
  });

  test('says at once that pictures come again after a pause, and not with every picture', async () => {
    await startPlaying();
    await vi.advanceTimersByTimeAsync(4_000);
    const before = states.length;
    for (let shown = 0; shown < 3; shown++) pictures.show(video, Date.now());
    expect(states.slice(before)).toEqual([{ kind: 'playing' }]);
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

  test('takes no picture for old that could not be shown because the page was hidden', async () => {
    const started = await startPlaying();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(started.sample().ageMs).toBeGreaterThan(4_000);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(started.sample().ageMs).toBeLessThan(1_000);
  });
});
