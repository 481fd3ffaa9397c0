// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../../src/renderer/station/client.ts';
import { sharedClock } from '../../../src/renderer/station/clock.ts';
import { WebRtcLessons } from '../../../src/renderer/station/fallback.ts';
import type { PlayerState } from '../../../src/renderer/station/player.ts';
import { repairLimits } from '../../../src/renderer/station/repair.ts';
import { TilePlayer } from '../../../src/renderer/station/tile-player.ts';
import { FakePeer, fakePictures, FakeStation } from '../fake-page.ts';
import { fakeDecoder, FakeHttp } from './fake-http.ts';

let station: FakeStation;
let http: FakeHttp;
let lessons: WebRtcLessons;
let states: PlayerState[];
let video: HTMLVideoElement;
let canvas: HTMLCanvasElement;
let pictures: ReturnType<typeof fakePictures>;
let player: TilePlayer | undefined;

const connectTimeoutMs = 10_000;
const pathPatienceMs = 4_000;
const limits = { ...repairLimits, stepsMs: [500], jitterShare: 0 };

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  fakeDecoder({ isSlow: false });
  FakePeer.made = [];
  http = new FakeHttp();
  station = new FakeStation();
  station.httpPictures = http.pictures;
  lessons = new WebRtcLessons();
  states = [];
  video = document.createElement('video');
  canvas = document.createElement('canvas');
  pictures = fakePictures(video);
});

afterEach(() => {
  player?.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

async function start(): Promise<TilePlayer> {
  const onState = (state: PlayerState): void => void states.push(state);
  const parts = { client: station, clock: sharedClock, streamId: 'brightfield', video, canvas, lessons };
  player = new TilePlayer({ ...parts, wholeSize: () => null, onState, limits });
  await settle();
  return player;
}

/** Starts where no media path ever comes up. @returns Once pictures come over HTTP, and the try for WebRTC has ended. */
async function startWithoutPath(): Promise<TilePlayer> {
  const started = await start();
  await settle(connectTimeoutMs);
  http.newest.send(1, Date.now() - 20);
  await settle();
  return started;
}

describe('Where WebRTC finds no path', () => {
  test('pictures come over HTTP as soon as a path is overdue, and nothing is left of the try at the station', async () => {
    const started = await start();
    await settle(pathPatienceMs - 1);
    expect(started.overHttp).toBeNull();
    expect(http.requests).toEqual([]);
    await settle(1);
    expect(started.overHttp).toMatchObject({ why: 'no_path', isTrying: true });
    http.newest.send(41, Date.now() - 20);
    await settle();
    expect(states.at(-1)).toEqual({ kind: 'playing', isRepairing: false });
    expect(started.sample()).toMatchObject({ number: 41, ageMs: 20, latencyMs: 20 });
    expect(await started.report()).toBeNull();
    await settle(connectTimeoutMs - pathPatienceMs);
    expect(started.overHttp).toMatchObject({ isTrying: false });
    expect(FakePeer.made.map(({ isClosed }) => isClosed)).toEqual([true]);
    expect(station.watched).toEqual([]);
  });

  test('a path that comes late takes over with its first picture', async () => {
    const started = await start();
    await settle(pathPatienceMs);
    http.newest.send(1, Date.now());
    await settle(1_000);
    FakePeer.newest.turn('connected');
    await settle();
    expect(started.overHttp).not.toBeNull();
    pictures.show(video, Date.now());
    await settle();
    expect(started.overHttp).toBeNull();
    expect(http.open).toEqual([]);
    expect(FakePeer.made).toHaveLength(1);
  });

  test('two tries that fail sooner are enough', async () => {
    const started = await start();
    FakePeer.newest.turn('failed');
    await settle(500);
    expect(started.overHttp).toBeNull();
    FakePeer.newest.turn('failed');
    await settle();
    expect(started.overHttp).toMatchObject({ why: 'no_path', isTrying: false });
    expect(FakePeer.made.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });

  test('WebRTC is tried again later, and its first picture takes over', async () => {
    const started = await startWithoutPath();
    await settle(30_000);
    expect(started.overHttp).toMatchObject({ isTrying: true });
    FakePeer.newest.turn('connected');
    http.newest.send(2, Date.now());
    await settle();
    expect(started.overHttp).not.toBeNull();
    expect(canvas.width).toBe(1280);
    pictures.show(video, Date.now());
    await settle();
    expect(started.overHttp).toBeNull();
    expect(canvas.width).toBe(0);
    expect(http.open).toEqual([]);
    expect(states.at(-1)).toEqual({ kind: 'playing', isRepairing: false });
    expect(station.watched).toEqual(['brightfield']);
  });

  test('a try that fails changes nothing, and the next one comes later', async () => {
    const started = await startWithoutPath();
    const before = states.length;
    await settle(30_000 + connectTimeoutMs);
    expect(FakePeer.made).toHaveLength(2);
    expect(started.overHttp).toMatchObject({ isTrying: false });
    await settle(59_999);
    expect(FakePeer.made).toHaveLength(2);
    await settle(1);
    expect(FakePeer.made).toHaveLength(3);
    expect(states.slice(before)).toEqual([]);
  });

  test('a person, another network or another station is reason to try at once, one try at a time', async () => {
    const started = await startWithoutPath();
    started.tryWebRtc();
    started.tryWebRtc();
    await settle();
    expect(FakePeer.made).toHaveLength(2);
    await settle(connectTimeoutMs);
    window.dispatchEvent(new Event('online'));
    await settle();
    expect(FakePeer.made).toHaveLength(3);
  });

  test('the next Tile begins over HTTP, while it tries WebRTC', async () => {
    lessons.learn('fluorescence', 'no_path');
    const started = await start();
    expect(http.open).toHaveLength(1);
    expect(FakePeer.made).toHaveLength(1);
    FakePeer.newest.turn('connected');
    pictures.show(video, Date.now());
    await settle();
    expect(started.overHttp).toBeNull();
    expect(lessons.whyNot('fluorescence')).toBeNull();
  });

  test('nothing goes on once it is closed', async () => {
    const started = await startWithoutPath();
    started.close();
    started.close();
    await settle(600_000);
    expect(FakePeer.made).toHaveLength(1);
    expect(http.open).toEqual([]);
    expect(states.filter(({ kind }) => kind === 'closed')).toHaveLength(1);
  });
});

test('While a connected station waits for its detector, HTTP would bring nothing sooner, and is not tried', async () => {
  const started = await start();
  FakePeer.newest.turn('connected');
  await settle(60_000);
  expect(started.overHttp).toBeNull();
  expect(http.requests).toEqual([]);
});

test('Where there is no common codec, pictures come over HTTP at once', async () => {
  station.open.mockRejectedValue(new Refusal('no_common_codec', 'none'));
  const started = await start();
  expect(started.overHttp).toMatchObject({ why: 'no_common_codec' });
  expect(http.open).toHaveLength(1);
});

test('Where the browser has no WebRTC, none is tried', async () => {
  vi.unstubAllGlobals();
  fakeDecoder({ isSlow: false });
  const started = await start();
  expect(started.overHttp).toMatchObject({ why: 'no_webrtc' });
  started.tryWebRtc();
  await settle(600_000);
  expect(FakePeer.made).toEqual([]);
});

test('Where the station does not answer, HTTP would bring nothing either, and is not tried', async () => {
  station.open.mockRejectedValue(new Refusal('unreachable', 'away'));
  const started = await start();
  await settle(60_000);
  expect(started.overHttp).toBeNull();
  expect(http.requests).toEqual([]);
  expect(states.at(-1)).toEqual({ kind: 'gave_up', reason: 'unreachable' });
});

test('In the kiosk’s own window there is no HTTP, and WebRTC is tried for as ever', async () => {
  station.httpPictures = null;
  const started = await start();
  await settle(5 * (connectTimeoutMs + 500) + connectTimeoutMs);
  expect(started.overHttp).toBeNull();
  expect(states.at(-1)).toEqual({ kind: 'gave_up', reason: 'connect_timeout' });
});
