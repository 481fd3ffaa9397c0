// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../../src/renderer/station/client.ts';
import { sharedClock } from '../../../src/renderer/station/clock.ts';
import type { ShownSize } from '../../../src/renderer/station/commands.ts';
import { HttpWay } from '../../../src/renderer/station/http-way.ts';
import type { WaySession } from '../../../src/renderer/station/way.ts';
import { fakeDecoder, FakeHttp } from './fake-http.ts';

let http: FakeHttp;
let way: HttpWay;
let shownSize: ShownSize | null;
let sessions: WaySession[];
/** What the session has said, in its order. */
let said: unknown[][];

beforeEach(() => {
  vi.useFakeTimers();
  fakeDecoder({ isSlow: false });
  http = new FakeHttp();
  way = newWay();
  shownSize = null;
  sessions = [];
  said = [];
});

afterEach(() => {
  for (const session of sessions) session.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function newWay(): HttpWay {
  const canvas = document.createElement('canvas');
  const wholeSize = () => ({ widthPx: 1280, heightPx: 720 });
  return new HttpWay({ http: http.pictures, clock: sharedClock, streamId: 'a b', canvas, wholeSize });
}

async function open(on = way): Promise<WaySession> {
  const say =
    (what: string) =>
    (...about: unknown[]): void =>
      void said.push([what, ...about]);
  const session = on.open({
    taken: say('taken'),
    shown: ({ count, captureTimeMs }) => said.push(['shown', count, captureTimeMs]),
    reached: say('reached'),
    connected: say('connected'),
    disconnected: say('disconnected'),
    unanswered: say('unanswered'),
    lost: say('lost'),
    frames: say('frames'),
    shownSize: () => shownSize,
  });
  sessions.push(session);
  await settle();
  return session;
}

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const shown = (): unknown[] => said.filter(([what]) => what === 'shown').map(([, , captureTimeMs]) => captureTimeMs);

describe('Pictures over HTTP', () => {
  test('are shown as they come, each once, with number and capture time', async () => {
    await open();
    expect(http.newest.path).toBe('mjpeg/a%20b?fps=10&scale=1');
    http.newest.send(7, 1_000.25);
    http.newest.send(7, 1_000.25);
    await settle();
    http.newest.send(8, 1_100.25);
    await settle();
    expect(said).toEqual([
      ['reached'],
      ['taken'],
      ['connected'],
      ['frames', [[7, 1_000.25]]],
      ['shown', 1, 1_000.25],
      ['frames', [[8, 1_100.25]]],
      ['shown', 2, 1_100.25],
    ]);
    expect(way.counters).toMatchObject({ bytes: 12, shownPictures: 2, isAsking: false, receivedPx: { widthPx: 1280 } });
  });

  test('wait for no slow decoder: of those that come meanwhile the newest is shown', async () => {
    const decoded = fakeDecoder({ isSlow: true });
    await open();
    for (let number = 1; number <= 5; number++) http.newest.send(number, 100 * number);
    await settle();
    decoded();
    await settle();
    decoded();
    await settle();
    decoded();
    await settle();
    expect(shown()).toEqual([100, 500]);
  });

  test('are passed over where they can not be decoded, and the next one is shown', async () => {
    await open();
    vi.stubGlobal('createImageBitmap', () => Promise.reject(new Error('no JPEG')));
    http.newest.send(1, 100);
    await settle();
    fakeDecoder({ isSlow: false });
    http.newest.send(2, 200);
    await settle();
    expect(shown()).toEqual([200]);
  });

  test('are as large as they are of use, and asked for anew when that changes', async () => {
    shownSize = { widthPx: 300, heightPx: 169 };
    const session = await open();
    expect(http.newest.path).toContain('scale=4');
    session.show({ widthPx: 310, heightPx: 174 });
    expect(http.requests).toHaveLength(1);
    session.show({ widthPx: 640, heightPx: 360 });
    await settle();
    expect(http.open.map(({ path }) => path)).toEqual([expect.stringContaining('scale=2')]);
    session.show({ widthPx: 1000, heightPx: 360 });
    await settle();
    expect(http.newest.path).toContain('scale=1');
  });

  test('are asked for one by one, one a second, where nothing comes out of a stream of them', async () => {
    await open();
    await settle(8_000);
    expect(http.newest.path).toBe('frame/a%20b.jpg?scale=1');
    for (const number of [1, 2, 3]) {
      http.newest.give(number, 1_000 * number);
      await settle(999);
      expect(http.newest.path).toContain('frame/');
      expect(http.requests).toHaveLength(number + 1);
      await settle(1);
    }
    expect(shown()).toEqual([1_000, 2_000, 3_000]);
    expect(way.counters.isAsking).toBe(true);
  });

  test('are asked for one by one where what comes can not be read as a stream', async () => {
    await open();
    http.newest.write('<html>Please sign in to the hotel’s network.</html>\r\n\r\n');
    await settle();
    expect(http.newest.path).toContain('frame/');
    expect(shown()).toEqual([]);
  });

  test('leave a browser connections for other things: more than three Tiles ask, and stream as soon as there is room', async () => {
    const [first] = [await open(), await open(newWay()), await open(newWay()), await open(newWay())];
    expect(http.requests.map(({ path }) => path.split('/')[0])).toEqual(['mjpeg', 'mjpeg', 'mjpeg', 'frame']);
    first.close();
    http.newest.give(1, 100);
    await settle(1_000);
    expect(http.newest.path).toContain('mjpeg/');
  });

  test('are lost when the station ends them, with its reason where it refuses', async () => {
    await open();
    http.newest.send(1, 100);
    await settle();
    http.newest.end();
    await settle();
    expect(said.at(-1)).toEqual(['lost', 'connection_lost']);
    await open();
    http.newest.refuse(new Refusal('station_full', 'full', 5_000));
    await settle();
    expect(said.at(-1)).toEqual(['lost', 'station_full', 5_000]);
  });

  test('are waited for where the detector takes its time', async () => {
    await open();
    http.newest.refuse(new Refusal('no_picture', 'none yet'));
    await settle();
    expect(http.requests).toHaveLength(2);
    expect(said).toEqual([]);
  });

  test('are asked for anew when the network has changed, and the session goes on', async () => {
    const session = await open();
    http.newest.send(1, 100);
    await settle();
    await session.findPath();
    await settle();
    expect(session.isConnected).toBe(false);
    expect(http.requests.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    http.newest.send(2, 200);
    await settle();
    expect(session.isConnected).toBe(true);
    expect(said.map(([what]) => what).filter((what) => what !== 'frames')).toEqual([
      'reached',
      'taken',
      'connected',
      'shown',
      'disconnected',
      'connected',
      'shown',
    ]);
  });

  test('end with their session, of which nothing more is heard', async () => {
    const decoded = fakeDecoder({ isSlow: true });
    const session = await open();
    http.newest.send(1, 100);
    await settle();
    said = [];
    session.close();
    decoded();
    await settle(60_000);
    expect(said).toEqual([]);
    expect(http.open).toEqual([]);
  });
});
