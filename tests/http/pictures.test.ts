import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { HttpDoor } from '../../src/main/http/server.ts';
import type { PictureListener, PictureWish, StationApi } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import { fakeStation, samplePicture, sampleState, sampleStream, type FakeStation } from '../contract/fake-station.ts';
import { call, connectTo, openDoor, problemIn, receiveAll } from './door.ts';

interface Watcher {
  readonly streamId: string | undefined;
  readonly wish: PictureWish;
  readonly listener: PictureListener;
}

/** A station whose pictures come when the test says so. */
function pictureStation(): { readonly station: FakeStation; readonly watchers: Set<Watcher> } {
  const watchers = new Set<Watcher>();
  const station = fakeStation({
    watchPictures(streamId, wish, listener) {
      const watcher = { streamId, wish, listener };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  });
  return { station, watchers };
}

/** Waits for whoever watches, and is this many. */
async function watching(watchers: ReadonlySet<Watcher>, count = 1): Promise<Watcher> {
  await vi.waitFor(() => expect(watchers.size).toBe(count));
  const last = [...watchers].at(-1);
  if (!last) throw new Error('Nobody watches.');
  return last;
}

async function ask(door: HttpDoor, path: string): Promise<Socket> {
  const socket = await connectTo(door);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${new URL(door.url).host}\r\n\r\n`);
  return socket;
}

const numbersIn = (text: string): number[] =>
  [...text.matchAll(/^X-Frame-Number: (\d+)\r$/gm)].map(([, n]) => Number(n));
const offlineState = () => {
  const fault = { reason: 'not_found', detail: 'There is no camera.' } as const;
  const { timeMs } = sampleState();
  const status = { kind: 'offline', fault, sinceMs: timeMs, nextTryAtMs: timeMs + 3_000, attempt: 2 } as const;
  return { ...sampleState(), streams: [{ ...sampleStream, status }] };
};

describe('a single JPEG', () => {
  it('is the next picture, with its number and capture time, and keeps nobody watching', async () => {
    const { station, watchers } = pictureStation();
    const door = await openDoor({ station });
    const answer = call(door, { path: '/frame/bench.jpg?scale=2' });
    const { streamId, wish, listener } = await watching(watchers);
    expect([streamId, wish.scale]).toEqual(['bench', 2]);
    listener.picture(samplePicture(41));
    expect(await answer).toMatchObject({ status: 200, text: 'a picture' });
    expect((await answer).headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': '9',
      'x-frame-number': '41',
      'x-capture-time-ms': '1700000060000.250',
      'cache-control': 'no-store',
    });
    expect(watchers.size).toBe(0);
  });

  it('is the whole picture unless another size is asked for', async () => {
    const { station, watchers } = pictureStation();
    const door = await openDoor({ station });
    await ask(door, '/frame/bench.jpg');
    expect((await watching(watchers)).wish.scale).toBe(1);
  });

  it('has a HEAD, which says what there is and sends no picture', async () => {
    const door = await openDoor();
    const { status, headers, text } = await call(door, { method: 'HEAD', path: '/frame/bench.jpg' });
    expect([status, headers['content-type'], headers['content-length'], text]).toEqual([200, 'image/jpeg', '9', '']);
  });

  it('is refused with 503 where the source is away, whether that is known or found out', async () => {
    const known = await openDoor({
      station: fakeStation({ watchPictures: () => refuse(StationError.sourceOffline(3_000)) }),
    });
    const { station, watchers } = pictureStation();
    const foundOut = await openDoor({ station });
    const answers = [call(known, { path: '/frame/bench.jpg' }), call(foundOut, { path: '/frame/bench.jpg' })];
    await watching(watchers);
    station.tell(offlineState());
    for (const answer of await Promise.all(answers)) {
      expect(problemIn(answer)).toEqual({
        status: 503,
        code: 'source_offline',
        title: 'The detector is not connected. The station keeps trying.',
      });
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBe('3');
    }
    expect(watchers.size).toBe(0);
  });

  it('is refused with 504 where no picture comes in ten seconds', async () => {
    const { station, watchers } = pictureStation();
    const door = await openDoor({ station });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const socket = await ask(door, '/frame/bench.jpg');
    const received = receiveAll(socket);
    await until(() => watchers.size === 1);
    vi.advanceTimersByTime(9_999);
    expect(watchers.size).toBe(1);
    vi.advanceTimersByTime(1);
    await until(() => watchers.size === 0);
    socket.end();
    expect(await received).toMatch(/^HTTP\/1\.1 504 .*"code":"no_picture"/s);
  });

  it('leaves nobody watching when the client hangs up', async () => {
    const { station, watchers } = pictureStation();
    const door = await openDoor({ station });
    const listeners = station.listeners();
    const socket = await ask(door, '/frame/bench.jpg');
    await watching(watchers);
    socket.destroy();
    await vi.waitFor(() => expect(watchers.size).toBe(0));
    expect(station.listeners()).toBe(listeners);
  });
});

describe('pictures as multipart', () => {
  it('come one after the other, each with its type, length, number and time', async () => {
    const { station, watchers } = pictureStation();
    const door = await openDoor({ station });
    const answer = call(door, { path: '/mjpeg/bench?fps=5&scale=4' });
    const { wish, listener } = await watching(watchers);
    expect(wish).toEqual({ scale: 4, maxFps: 5 });
    listener.picture(samplePicture(1));
    listener.picture(samplePicture(2, Buffer.from('another')));
    listener.ended(StationError.closing());
    const { status, headers, text } = await answer;
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('multipart/x-mixed-replace;boundary=frame');
    expect(headers['cache-control']).toBe('no-store');
    const part = (number: number, data: string) =>
      [
        '--frame',
        'Content-Type: image/jpeg',
        `X-Frame-Number: ${number}`,
        'X-Capture-Time-Ms: 1700000060000.250',
        `Content-Length: ${data.length}`,
        '',
        data,
        '',
      ].join('\r\n');
    expect(text).toBe(`${part(1, 'a picture')}${part(2, 'another')}--frame--\r\n`);
  });

  it('are some a second unless more or fewer are asked for', async () => {
    const { station, watchers } = pictureStation();
    const door = await openDoor({ station });
    await ask(door, '/mjpeg/bench');
    expect((await watching(watchers)).wish).toEqual({ scale: 1, maxFps: 15 });
  });

  it('skip for a reader that is behind, and go on with the newest', async () => {
    const { station, watchers } = pictureStation();
    const door = await openDoor({ station });
    const socket = await ask(door, '/mjpeg/bench');
    const { listener } = await watching(watchers);
    // More than the kernel takes for a connection that nobody reads from.
    listener.picture(samplePicture(1, Buffer.alloc(32 * 1024 * 1024, 'a')));
    let text = '';
    await new Promise((resolve) => socket.once('readable', resolve));
    for (let number = 2; number <= 50; number++) listener.picture(samplePicture(number));
    socket.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(-2_000)));
    await vi.waitFor(() => expect(numbersIn(text)).toContain(50), 20_000);
    expect(numbersIn(text)).not.toContain(49);
    listener.picture(samplePicture(51));
    await vi.waitFor(() => expect(numbersIn(text)).toContain(51));
  });

  it('end for a reader that takes nothing for ten seconds, so that its place is free again', async () => {
    const { station, watchers } = pictureStation();
    const door = await openDoor({ station });
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const socket = await ask(door, '/mjpeg/bench');
    await until(() => watchers.size === 1);
    const listener = [...watchers][0]?.listener;
    listener?.picture(samplePicture(1, Buffer.alloc(32 * 1024 * 1024)));
    await new Promise((resolve) => socket.once('readable', resolve));
    vi.advanceTimersByTime(9_000);
    listener?.picture(samplePicture(2));
    expect(watchers.size).toBe(1);
    vi.advanceTimersByTime(2_000);
    listener?.picture(samplePicture(3));
    await until(() => watchers.size === 0);
  });

  it('are sent a second time where none follows, because browsers show a picture when the next one begins', async () => {
    const { station, watchers } = pictureStation();
    const door = await openDoor({ station });
    const socket = await ask(door, '/mjpeg/bench');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const { listener } = await watching(watchers);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    listener.picture(samplePicture(1));
    await until(() => numbersIn(text).length === 1);
    vi.advanceTimersByTime(200);
    listener.picture(samplePicture(2));
    vi.advanceTimersByTime(200);
    await until(() => numbersIn(text).length === 2);
    vi.advanceTimersByTime(50);
    await until(() => numbersIn(text).length === 3);
    vi.advanceTimersByTime(60_000);
    listener.picture(samplePicture(3));
    await until(() => numbersIn(text).includes(3));
    expect(numbersIn(text)).toEqual([1, 2, 2, 3]);
  });

  it('have no HEAD, because they have no end', async () => {
    const door = await openDoor();
    const { status, headers } = await call(door, { method: 'HEAD', path: '/mjpeg/bench' });
    expect([status, headers.allow]).toEqual([405, 'GET']);
  });

  it('leave nobody watching when the client hangs up or the door closes', async () => {
    const { station, watchers } = pictureStation();
    const door = await openDoor({ station });
    const sockets = [await ask(door, '/mjpeg/bench'), await ask(door, '/mjpeg/bench'), await ask(door, '/mjpeg/bench')];
    await watching(watchers, 3);
    const [first, second] = [...watchers];
    first?.listener.picture(samplePicture(1));
    second?.listener.picture(samplePicture(1));
    sockets[0]?.destroy();
    await vi.waitFor(() => expect(watchers.size).toBe(2));
    await door.close();
    await vi.waitFor(() => expect(watchers.size).toBe(0));
  });
});

const refusals: readonly (readonly [string, string, StationError | null, number, string])[] = [
  ['an unknown stream', '/mjpeg/none', StationError.unknownStream(), 404, 'unknown_stream'],
  ['the picture of an unknown stream', '/frame/none.jpg', StationError.unknownStream(), 404, 'unknown_stream'],
  ['a source that is away', '/mjpeg/bench', StationError.sourceOffline(2_000), 503, 'source_offline'],
  ['one viewer too many', '/mjpeg/bench', StationError.stationFull(2), 503, 'station_full'],
  ['one viewer too many for a picture', '/frame/bench.jpg', StationError.stationFull(2), 503, 'station_full'],
  ['a station that closes', '/frame/bench.jpg', StationError.closing(), 503, 'closing'],
  ['no pictures at all', '/mjpeg/bench?fps=0', null, 400, 'bad_query'],
  ['more pictures than any screen shows', '/mjpeg/bench?fps=61', null, 400, 'bad_query'],
  ['a negative rate', '/mjpeg/bench?fps=-1', null, 400, 'bad_query'],
  ['an infinite rate', '/mjpeg/bench?fps=1e999', null, 400, 'bad_query'],
  ['a rate that is no number', '/mjpeg/bench?fps=fast', null, 400, 'bad_query'],
  ['two rates', '/mjpeg/bench?fps=1&fps=2', null, 400, 'bad_query'],
  ['a scale in between', '/mjpeg/bench?scale=3', null, 400, 'bad_query'],
  ['a scale that enlarges', '/frame/bench.jpg?scale=0.5', null, 400, 'bad_query'],
  ['a scale that is no number', '/frame/bench.jpg?scale=big', null, 400, 'bad_query'],
  ['another kind of file', '/frame/bench.png', null, 404, 'not_found'],
  ['a way out of the folder', '/frame/..%2f..%2fetc%2fpasswd', null, 404, 'not_found'],
];

describe('what the addresses of pictures refuse', () => {
  it.each(refusals)('%s', async (_what, path, refusal, status, code) => {
    const watchPictures = vi.fn<StationApi['watchPictures']>(() => refuse(refusal ?? StationError.closing()));
    const door = await openDoor({ station: fakeStation({ watchPictures }) });
    const answer = await call(door, { path });
    expect([answer.status, problemIn(answer).code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(watchPictures).toHaveBeenCalledTimes(refusal ? 1 : 0);
  });

  it('nothing else that the address says, such as what keeps a page from its cache', async () => {
    const door = await openDoor();
    expect((await call(door, { path: '/frame/bench.jpg?t=12&t=13' })).status).toBe(200);
  });
});

/** Waits while time stands still. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

function refuse(refusal: StationError): never {
  throw refusal;
}
