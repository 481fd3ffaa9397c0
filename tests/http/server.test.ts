import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openHttpDoor } from '../../src/main/http/server.ts';
import type { StationState } from '../../src/shared/state.ts';
import { fakeStation, sampleState, sampleStream } from '../contract/fake-station.ts';
import { call, connectTo, openDoor, receiveAll } from './door.ts';

describe('the HTTP door', () => {
  it('says its address and answers there', async () => {
    const door = await openDoor();
    expect(door.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/$/);
    expect(await (await fetch(new URL('/healthz', door.url))).text()).toBe('ok');
  });

  it('fails with EADDRINUSE where the port is taken and leaves the station alone', async () => {
    const first = await openDoor();
    const station = fakeStation();
    const second = openHttpDoor({
      station,
      host: '127.0.0.1',
      port: Number(new URL(first.url).port),
      assetsDir: null,
      allowedOrigins: [],
      log: pino({ level: 'silent' }),
    });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(station.listeners()).toBe(0);
  });

  it('closes at once although clients hang on, and closing twice is closing once', async () => {
    const door = await openDoor();
    const idle = receiveAll(await connectTo(door));
    const half = await connectTo(door);
    half.write('GET /healthz HTTP/1.1\r\n');
    const halfEnd = receiveAll(half);
    await call(door, { path: '/healthz' });
    await Promise.all([door.close(), door.close()]);
    expect(await Promise.all([idle, halfEnd])).toEqual(['', '']);
    await expect(call(door, { path: '/healthz' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('sums the station up for scripts', async () => {
    const station = fakeStation();
    const offline: StationState['streams'][number] = {
      ...sampleStream,
      id: 'away',
      detector: null,
      fps: null,
      renditions: [],
      viewers: 1,
      status: { kind: 'offline', fault: { reason: 'busy', detail: '' }, sinceMs: 0, nextTryAtMs: 0, attempt: 1 },
    };
    station.tell({ ...sampleState(), streams: [{ ...sampleStream, fps: 29.912 }, offline] });
    const door = await openDoor({ station });
    const { text } = await call(door, { path: '/status' });
    expect(JSON.parse(text)).toEqual({
      name: 'Test station',
      version: '1.2.3',
      uptimeS: 60,
      status: 'running',
      active_connections: 3,
      camera_stream: true,
      port: door.port,
      streams: [
        {
          id: 'bench',
          name: 'Bench camera',
          state: 'live',
          widthPx: 1280,
          heightPx: 720,
          fps: 29.9,
          codecs: ['h264'],
          engine: 'native',
          viewers: 2,
        },
        {
          id: 'away',
          name: 'Bench camera',
          state: 'offline',
          widthPx: null,
          heightPx: null,
          fps: null,
          codecs: [],
          engine: null,
          viewers: 1,
        },
      ],
    });
  });

  it('logs its opening and its own mistakes, and no request, session or offer', async () => {
    const lines: string[] = [];
    const levels = (): number[] => lines.map((line) => (JSON.parse(line) as { level: number }).level);
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    const station = fakeStation({ cameras: () => Promise.reject(new TypeError('broken')) });
    const door = await openDoor({ station, log: pino({ level: 'info' }, sink) });
    const headers = { 'content-type': 'application/sdp' };
    await call(door, { method: 'POST', path: '/whep/bench', headers, body: 'v=0 private' });
    await call(door, { path: '/nothing' });
    await call(door, { path: '/healthz', headers: { host: 'evil.example' } });
    expect(levels()).toEqual([30]);
    await call(door, { path: '/api/cameras' });
    expect(levels()).toEqual([30, 50]);
    expect(lines[1]).toContain('broken');
    expect(lines.join('')).not.toContain('private');
  });
});
