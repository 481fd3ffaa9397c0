import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecodedSource, EncoderOptions, EngineParts } from '../../src/main/capture/worker/engine.ts';
import { findFfmpegEngine } from '../../src/main/capture/worker/ffmpeg/engine.ts';
import { makeMpjpegDemuxer } from '../../src/main/capture/worker/ffmpeg/mpjpeg.ts';
import { openNativeReader } from '../../src/main/capture/worker/native/reader.ts';
import type { ScreenPicture } from '../../src/main/capture/worker/picture.ts';
import type { Frame } from '../../src/main/station/frame.ts';
import type { SourceFault } from '../../src/shared/state.ts';
import { jpegPart, makeJpeg, startWebServer } from '../support/mjpeg-server.ts';
import { rtspServerMissing, startRtspServer } from '../support/rtsp-server.ts';
import { watchReader } from '../support/watch-reader.ts';
import type { WatchedReader } from '../support/watch-reader.ts';

const recording = fileURLToPath(new URL('../data/beads-in-water.mp4', import.meta.url));
const found = await findFfmpegEngine();
const closing: (() => Promise<void>)[] = [];
let engine: EngineParts;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eyepiece-ffmpeg-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(({ skip }) => {
  if (found) engine = found;
  else skip('there is neither ffmpeg-static nor an ffmpeg with libx264 on this machine');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function read(source: DecodedSource): WatchedReader {
  const reader = watchReader((notices) => engine.openReader(source, notices));
  closing.push(() => reader.close());
  return reader;
}

describe('The ffmpeg program as a reader', () => {
  it('says that it can not make keyframes when asked', () => {
    expect(engine).toMatchObject({ name: 'ffmpeg', canKeyframeOnDemand: false });
  });

  it('plays a recording over and over, with the same pixels as the native engine', async () => {
    const reader = read({ kind: 'file', path: recording });
    const native = watchReader((notices) => openNativeReader({ kind: 'file', path: recording }, notices));
    closing.push(() => native.close());
    const [[expected], pictures] = await Promise.all([native.take(1), reader.take(80)]);

    expect(reader.opened).toEqual([{ nominalFps: 24 }]);
    expect(pictures[0]).toMatchObject({ widthPx: 640, heightPx: 424, pixelType: 'i420', isFullRange: false });
    expect(pictures[0]!.planes.map(({ data }) => data)).toEqual(expected!.planes.map(({ data }) => data));
    expect(pictures[72]!.planes[0]!.data).toEqual(pictures[0]!.planes[0]!.data);
    expect(pictures.map(({ number }) => number)).toEqual(pictures.map((_, index) => index + 1));
  });

  it.each([
    ['gray12le', { pixelType: 'uint16le', significantBits: 12 }],
    ['gray16le', { pixelType: 'uint16le', significantBits: 16 }],
    ['gray', { pixelType: 'uint8', significantBits: 8 }],
  ])('keeps the depth of %s, as the native engine does', async (pixelFormat, expected) => {
    const path = join(folder, `${pixelFormat}.mkv`);
    convert('-pix_fmt', pixelFormat, '-c:v', 'ffv1', path);
    const native = watchReader((notices) => openNativeReader({ kind: 'file', path }, notices));
    closing.push(() => native.close());
    const [[ours], [theirs]] = await Promise.all([read({ kind: 'file', path }).take(1), native.take(1)]);
    expect(ours).toMatchObject(expected);
    expect(theirs).toMatchObject(expected);
    expect(ours!.planes[0]!.data).toEqual(theirs!.planes[0]!.data);
  });

  it('reads an RTSP camera', async ({ skip }) => {
    const missing = rtspServerMissing();
    skip(missing !== null, missing ?? '');
    const server = await startRtspServer(recording);
    closing.push(() => server.close());
    const reader = read({ kind: 'url', url: server.url });
    await reader.take(24);
    await server.close();
    expect((await reader.fault()).reason).toMatch(/^(ended|unreachable)$/);
  });

  it('reads JPEGs over HTTP and makes up no rate', async () => {
    const server = await startWebServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
      const timer = setInterval(() => response.write(jpegPart(makeJpeg(120))), 40);
      response.on('close', () => clearInterval(timer));
    });
    closing.push(() => server.close());
    const reader = read({ kind: 'url', url: server.url });
    const pictures = await reader.take(10);
    expect(reader.opened).toEqual([{}]);
    expect(pictures[0]).toMatchObject({ pixelType: 'i420', isFullRange: true });
    expect(Math.abs(pictures[0]!.mean - 120)).toBeLessThan(2);
  });

  it('follows a camera to no other address', async () => {
    const asked: (string | undefined)[] = [];
    const server = await startWebServer(({ url }, response) => {
      asked.push(url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    closing.push(() => server.close());
    expect(await read({ kind: 'url', url: `${server.url}/live` }).fault()).toMatchObject({ reason: 'unreachable' });
    expect(asked).not.toContain('/elsewhere');
  });

  it('says that an address is unreachable, without its password', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const fault = await read({ kind: 'url', url: `rtsp://lab:opensesame@127.0.0.1:${port}/live` }).fault();
    expect(fault.reason).toBe('unreachable');
    expect(fault.detail).not.toContain('opensesame');
  });

  it('says that a recording is not there, or is none', async () => {
    expect(await read({ kind: 'file', path: join(folder, 'none.mp4') }).fault()).toMatchObject({ reason: 'not_found' });
    const path = join(folder, 'notes.mp4');
    await writeFile(path, 'These are only notes. '.repeat(500));
    expect(await read({ kind: 'file', path }).fault()).toMatchObject({ reason: 'bad_output' });
  });

  it('lets no playlist lead anywhere', async () => {
    const path = join(folder, 'playlist.mp4');
    await writeFile(path, `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:${recording}\n#EXT-X-ENDLIST\n`);
    const reader = read({ kind: 'file', path });
    await reader.fault();
    expect(reader.pictures).toHaveLength(0);
  });
});

describe('The ffmpeg program as an encoder', () => {
  it('makes constrained baseline H.264 that starts with parameter sets, and a keyframe every second', async () => {
    const { frames, sent } = await encodeRecording('h264', 60);
    expect(nalTypes(frames[0]!.data).slice(0, 2)).toEqual([7, 8]);
    for (const frame of frames) {
      expect(frame.codec).toBe('h264');
      expect(nalTypes(frame.data).includes(5)).toBe(frame.isKeyframe);
      expect(nalTypes(frame.data).includes(7)).toBe(frame.isKeyframe);
    }
    const [profile, constraints] = frames[0]!.data.subarray(5, 7);
    expect(profile).toBe(66);
    // constraint_set1_flag: nothing but what constrained baseline has (RFC 6184 §8.1).
    expect(constraints! & 0x40).toBe(0x40);
    expectKeyframesEach(24, frames);
    expectInOrder(frames, sent);
  });

  it('makes VP8', async () => {
    const { frames, sent } = await encodeRecording('vp8', 60);
    for (const { data, isKeyframe, codec } of frames) {
      expect(codec).toBe('vp8');
      // RFC 6386 §9.1: a keyframe has a clear lowest bit and a start code.
      expect((data[0]! & 1) === 0).toBe(isKeyframe);
      if (isKeyframe) expect([...data.subarray(3, 6)]).toEqual([0x9d, 0x01, 0x2a]);
    }
    expectKeyframesEach(24, frames);
    expectInOrder(frames, sent);
  });

  it('hands each picture out without waiting for the next', async () => {
    const { encoder, frames } = openEncoder({ codec: 'h264', widthPx: 64, heightPx: 48, pixelType: 'uint8' });
    for (let number = 1; number <= 5; number++) {
      encoder.encode(grayPicture(number, 64, 48));
      await vi.waitFor(() => expect(frames.at(-1)?.number).toBe(number), { timeout: 10_000, interval: 5 });
    }
  });

  it.each([
    ['uint8', 1, 101, 51],
    ['rgb24', 3, 100, 50],
  ] as const)(
    'shows %s pictures with full contrast, at odd sizes too',
    async (pixelType, bytesPerPixel, widthPx, heightPx) => {
      const { encoder, frames } = openEncoder({ codec: 'h264', widthPx, heightPx, pixelType, kbitPerS: 4_000 });
      const strideBytes = widthPx * bytesPerPixel + 5;
      const data = Buffer.alloc(strideBytes * heightPx, 255);
      encoder.encode({
        ...{ number: 7, captureTimeMs: 1, widthPx, heightPx, pixelType, significantBits: 8 },
        planes: [{ data, strideBytes }],
      });
      await vi.waitFor(() => expect(frames).toHaveLength(1), { timeout: 10_000, interval: 5 });
      const path = join(folder, `${pixelType}.h264`);
      await writeFile(path, frames[0]!.data);
      const decoded = run('-i', path, '-f', 'rawvideo', '-pix_fmt', 'yuv420p', 'pipe:1');
      expect(decoded.length).toBe(((widthPx & ~1) * (heightPx & ~1) * 3) / 2);
      // White is 235 in limited range.
      expect(Math.abs(decoded[1234]! - 235)).toBeLessThanOrEqual(1);
    },
  );

  it('leaves pictures out where the program can not keep up, and numbers the others as they were', async () => {
    const { encoder, frames } = openEncoder({ codec: 'h264', widthPx: 1280, heightPx: 720, pixelType: 'uint8' });
    for (let number = 1; number <= 50; number++) encoder.encode(grayPicture(number, 1280, 720));
    await vi.waitFor(() => expect(frames).toHaveLength(2), { timeout: 10_000 });
    // The two that fitted in before this loop let anything be written.
    expect(frames.map(({ number }) => number)).toEqual([1, 2]);
    encoder.encode(grayPicture(51, 1280, 720));
    await vi.waitFor(() => expect(frames.at(-1)?.number).toBe(51), { timeout: 10_000 });
  });

  it('finds each JPEG, into whatever pieces the output falls', () => {
    const options = ['-i', recording, '-frames:v', '5', '-c:v', 'mjpeg', '-f'];
    const alone = run(...options, 'image2pipe', 'pipe:1');
    const stream = run(...options, 'mpjpeg', 'pipe:1');
    for (const pieceBytes of [7, 4_096, stream.length]) {
      const jpegs: Uint8Array[] = [];
      const demux = makeMpjpegDemuxer(({ data }) => jpegs.push(data));
      for (let at = 0; at < stream.length; at += pieceBytes) demux(stream.subarray(at, at + pieceBytes));
      expect(jpegs).toHaveLength(5);
      expect(Buffer.concat(jpegs).equals(alone)).toBe(true);
    }
  });

  it('says so when it can not encode what it gets', async () => {
    const { encoder, failures } = openEncoder({ codec: 'h264', widthPx: 20_000, heightPx: 2, pixelType: 'uint8' });
    encoder.encode(grayPicture(1, 20_000, 2));
    await vi.waitFor(() => expect(failures).toHaveLength(1), { timeout: 10_000 });
    expect(failures[0]).toMatchObject({ reason: 'crashed' });
    expect(failures[0]!.detail).toMatch(/^The h264 encoder ended \(exit code \d+\): .+/);
  });
});

function openEncoder(options: Omit<EncoderOptions, 'fps' | 'kbitPerS' | 'isBt601'> & { readonly kbitPerS?: number }) {
  const frames: Frame[] = [];
  const failures: SourceFault[] = [];
  const encoder = engine.openEncoder(
    { fps: 24, isBt601: false, kbitPerS: 1_000, ...options },
    { frame: (frame) => frames.push(frame), failed: (fault) => failures.push(fault) },
  );
  closing.push(() => encoder.close());
  return { encoder, frames, failures };
}

/** Reads the recording and encodes it, both with the program. */
async function encodeRecording(codec: 'h264' | 'vp8', count: number) {
  const { encoder, frames } = openEncoder({ codec, widthPx: 640, heightPx: 424, pixelType: 'i420' });
  const sent = new Map<number, number>();
  const reader = watchReader(
    (notices) => engine.openReader({ kind: 'file', path: recording }, notices),
    (picture) => {
      sent.set(picture.number, picture.captureTimeMs);
      encoder.encode(picture as ScreenPicture);
    },
  );
  closing.push(() => reader.close());
  await reader.take(count);
  await vi.waitFor(() => expect(frames.length).toBeGreaterThanOrEqual(count - 5), { timeout: 10_000 });
  return { frames, sent };
}

function expectInOrder(frames: readonly Frame[], sent: ReadonlyMap<number, number>): void {
  const numbers = frames.map(({ number }) => number);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  for (const { number, captureTimeMs } of frames) expect(captureTimeMs).toBe(sent.get(number));
}

function expectKeyframesEach(distance: number, frames: readonly Frame[]): void {
  const positions = frames.flatMap(({ isKeyframe }, index) => (isKeyframe ? [index] : []));
  expect(positions).toEqual(positions.map((_, index) => index * distance));
  expect(positions.length).toBeGreaterThan(1);
}

/** The types of the NAL units in Annex B data, all of which start after four bytes here. */
function nalTypes(data: Uint8Array): number[] {
  const bytes = Buffer.from(data);
  const types: number[] = [];
  const startCode = Buffer.from([0, 0, 0, 1]);
  for (let at = bytes.indexOf(startCode); at >= 0; at = bytes.indexOf(startCode, at + 4)) {
    types.push(bytes[at + 4]! & 0x1f);
  }
  return types;
}

function grayPicture(number: number, widthPx: number, heightPx: number): ScreenPicture {
  const planes = [{ data: Buffer.alloc(widthPx * heightPx, 8 * number), strideBytes: widthPx }];
  return { number, captureTimeMs: 1_000 * number, widthPx, heightPx, pixelType: 'uint8', significantBits: 8, planes };
}

function convert(...output: string[]): void {
  run('-i', recording, '-frames:v', '5', ...output);
}

function run(...args: string[]): Buffer {
  const { status, stdout, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args]);
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}
