import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AV_LOG_QUIET } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DecodedSource } from '../../src/main/capture/worker/engine.ts';
import { openNativeReader } from '../../src/main/capture/worker/native/reader.ts';
import { jpegPart, jpegSize, makeJpeg, startWebServer } from '../support/mjpeg-server.ts';
import type { WebServer } from '../support/mjpeg-server.ts';
import { rtspServerMissing, startRtspServer } from '../support/rtsp-server.ts';
import { watchReader } from '../support/watch-reader.ts';
import type { WatchedReader } from '../support/watch-reader.ts';

const recording = fileURLToPath(new URL('../data/beads-in-water.mp4', import.meta.url));
const picturesInRecording = 72;
const recordingFps = 24;

const closing: (() => Promise<void>)[] = [];
let folder: string;

beforeAll(async () => {
  // Errors are provoked here on purpose.
  Log.setLevel(AV_LOG_QUIET);
  folder = await mkdtemp(join(tmpdir(), 'eyepiece-readers-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true }));

function read(source: DecodedSource): WatchedReader {
  const reader = watchReader((notices) => openNativeReader(source, notices));
  closing.push(() => reader.close());
  return reader;
}

async function webServer(...args: Parameters<typeof startWebServer>): Promise<WebServer> {
  const server = await startWebServer(...args);
  closing.push(() => server.close());
  return server;
}

describe('A recording', () => {
  it('is played over and over at its own rate, and its pictures are counted on', async () => {
    const reader = read({ kind: 'file', path: recording });
    const pictures = await reader.take(picturesInRecording + 12);

    expect(reader.opened).toEqual([{ nominalFps: recordingFps }]);
    expect(pictures[0]).toMatchObject({ widthPx: 640, heightPx: 424, pixelType: 'i420', significantBits: 8 });
    expect(pictures[0]!.planes).toHaveLength(3);
    expect(pictures.map(({ number }) => number)).toEqual(pictures.map((_, index) => index + 1));
    // The second round shows the same pictures as the first.
    expect(pictures[picturesInRecording]!.planes[0]!.data).toEqual(pictures[0]!.planes[0]!.data);
    expect(pictures[1]!.planes[0]!.data).not.toEqual(pictures[0]!.planes[0]!.data);

    const seconds = (pictures.at(-1)!.captureTimeMs - pictures[0]!.captureTimeMs) / 1000;
    const fps = (pictures.length - 1) / seconds;
    expect(fps).toBeGreaterThan(recordingFps * 0.95);
    expect(fps).toBeLessThan(recordingFps * 1.05);
  });

  it('that is not there is said to be not found, by its name alone', async () => {
    const fault = await read({ kind: 'file', path: '/secret/place/nothing.mp4' }).fault();
    expect(fault).toEqual({ reason: 'not_found', detail: 'There is no recording nothing.mp4.' });
  });

  it('that holds no pictures is said to be unreadable', async () => {
    const path = join(folder, 'notes.mp4');
    await writeFile(path, 'These are only notes. '.repeat(500));
    expect(await read({ kind: 'file', path }).fault()).toMatchObject({ reason: 'bad_output' });
  });

  it('that is a playlist in disguise leads nowhere', async () => {
    const path = join(folder, 'playlist.mp4');
    await writeFile(path, `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:${recording}\n#EXT-X-ENDLIST\n`);
    const reader = read({ kind: 'file', path });
    expect(await reader.fault()).toMatchObject({ reason: 'bad_output' });
    expect(reader.pictures).toHaveLength(0);
  });
});

describe('An RTSP camera', () => {
  it('is read live, with the rate that it announces', async ({ skip }) => {
    const missing = rtspServerMissing();
    skip(missing !== null, missing ?? '');
    const server = await startRtspServer(recording);
    closing.push(() => server.close());

    const reader = read({ kind: 'url', url: server.url });
    const pictures = await reader.take(recordingFps);
    expect(reader.opened).toEqual([{ nominalFps: recordingFps }]);
    expect(pictures[0]).toMatchObject({ number: 1, widthPx: 640, heightPx: 424, pixelType: 'i420' });
    const numbers = pictures.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });

  it('that goes away in the middle ends the reading', async ({ skip }) => {
    const missing = rtspServerMissing();
    skip(missing !== null, missing ?? '');
    const server = await startRtspServer(recording);
    const reader = read({ kind: 'url', url: server.url });
    await reader.take(3);
    await server.close();
    expect((await reader.fault()).reason).toMatch(/^(ended|unreachable)$/);
    expect(reader.faults).toHaveLength(1);
  });

  it('that wants a password is read with the right one and refused with a wrong one, which nobody gets to see', async ({
    skip,
  }) => {
    const missing = rtspServerMissing();
    skip(missing !== null, missing ?? '');
    const server = await startRtspServer(recording, 0, 'lab:opensesame');
    closing.push(() => server.close());
    const withPassword = (password: string) => server.url.replace('//', `//lab:${password}@`);

    await read({ kind: 'url', url: withPassword('opensesame') }).take(2);
    const fault = await read({ kind: 'url', url: withPassword('guessed') }).fault();
    expect(fault.reason).toBe('refused');
    expect(fault.detail).toContain(new URL(server.url).host);
    expect(fault.detail).not.toMatch(/guessed|lab/);
  });

  it('that is not there is said to be unreachable, without its password', async () => {
    const port = await closedPort();
    const fault = await read({ kind: 'url', url: `rtsp://lab:opensesame@127.0.0.1:${port}/live` }).fault();
    expect(fault.reason).toBe('unreachable');
    expect(fault.detail).toContain(`127.0.0.1:${port}`);
    expect(fault.detail).not.toContain('opensesame');
  });

  it('that takes the connection and says nothing is given up at once when nobody wants it any more', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    closing.push(() => new Promise((resolve) => server.close(() => resolve())));
    await once(server, 'listening');
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const reader = read({ kind: 'url', url: `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/live` });
    const [socket] = await connected;
    const disconnected = once(socket.resume(), 'close');

    await reader.close();
    await disconnected;
    // Had it waited for its time to be up, it would have said so.
    expect(reader.faults).toHaveLength(0);
  });
});

describe('A camera that sends JPEGs over HTTP', () => {
  const multipart = { 'content-type': 'multipart/x-mixed-replace; boundary=frame' };

  it('is read picture by picture, at full range', async () => {
    const grays = [40, 80, 120, 160];
    let number = 0;
    const server = await webServer((_request, response) => {
      response.writeHead(200, multipart);
      const timer = setInterval(() => response.write(jpegPart(makeJpeg(grays[number++ % grays.length]!))), 40);
      response.on('close', () => clearInterval(timer));
    });
    const reader = read({ kind: 'url', url: `${server.url}/video.mjpg` });
    const pictures = await reader.take(8);

    expect(pictures[0]).toMatchObject({ ...jpegSize, pixelType: 'i420', isFullRange: true });
    // No rate is announced, so none may be made up.
    expect(reader.opened).toEqual([{}]);
    for (const picture of pictures) {
      expect(Math.abs(picture.mean - grays[(picture.number - 1) % grays.length]!)).toBeLessThan(2);
    }
  });

  it('is shown as it is now when its pictures come in a burst: older ones are left out', async () => {
    const burst = 30;
    const jpegs = Array.from({ length: burst + 1 }, (_, index) => makeJpeg(20 + 6 * index));
    let goOn = () => undefined as void;
    const server = await webServer((_request, response) => {
      response.writeHead(200, multipart);
      response.write(jpegPart(jpegs[0]!));
      goOn = () => void response.write(Buffer.concat(jpegs.slice(1).map(jpegPart)));
    });
    const reader = read({ kind: 'url', url: server.url });
    await reader.take(1);
    goOn();

    while (reader.pictures.at(-1)!.number < burst + 1) await reader.take(reader.pictures.length + 1);
    expect(reader.pictures.length).toBeLessThan(burst / 2);
    expect(Math.abs(reader.pictures.at(-1)!.mean - (20 + 6 * burst))).toBeLessThan(2);
  });

  it.each([
    [401, 'refused'],
    [403, 'refused'],
    [404, 'not_found'],
    [503, 'unreachable'],
  ] as const)('that answers %i is said to be %s', async (status, reason) => {
    const server = await webServer((_request, response) => response.writeHead(status).end());
    expect(await read({ kind: 'url', url: server.url }).fault()).toMatchObject({ reason });
  });

  it('can not lead us to another address', async () => {
    const asked: (string | undefined)[] = [];
    const server = await webServer(({ url }, response) => {
      asked.push(url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await read({ kind: 'url', url: `${server.url}/live` }).fault()).toMatchObject({ reason: 'unreachable' });
    expect(asked).toEqual(['/live']);
  });

  it('can not lead us to a file of this machine', async () => {
    const server = await webServer((_request, response) =>
      response.writeHead(302, { location: `file://${recording}` }).end(),
    );
    const reader = read({ kind: 'url', url: server.url });
    await reader.fault();
    expect(reader.pictures).toHaveLength(0);
  });

  it('that closes the connection has ended', async () => {
    const server = await webServer((_request, response) => {
      response.writeHead(200, multipart);
      response.end(Buffer.concat([jpegPart(makeJpeg(100)), jpegPart(makeJpeg(100))]));
    });
    expect(await read({ kind: 'url', url: server.url }).fault()).toMatchObject({ reason: 'ended' });
  });
});

describe('A camera of this machine', () => {
  beforeEach(({ skip }) => skip(process.platform !== 'linux', 'what a camera is called differs between systems'));

  it.each(['/etc/passwd', '/dev/../etc/passwd', '/dev/null', '/dev/sda', 'video0', '/dev/v4l/by-id/../../null'])(
    'is not what %s is',
    async (device) => {
      const fault = await read({ kind: 'camera', device }).fault();
      expect(fault).toEqual({ reason: 'not_found', detail: 'That is not a camera.' });
    },
  );

  it('that is not plugged in is said to be not found', async () => {
    const fault = await read({ kind: 'camera', device: 63 }).fault();
    expect(fault).toEqual({ reason: 'not_found', detail: 'There is no camera at /dev/video63.' });
  });
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
