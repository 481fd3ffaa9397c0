import { pino } from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Colleagues } from '../../src/main/access/colleagues.ts';
import type { HttpDoor } from '../../src/main/http/server.ts';
import type { PictureListener, PictureWish, StationApi } from '../../src/shared/api.ts';
import type { StationState } from '../../src/shared/state.ts';
import { fakeStation, samplePicture, sampleState, sampleStream } from '../contract/fake-station.ts';
import { openLab } from '../directory/lab.ts';
import { fixedSettings, openGuardedDoor } from '../support/guarded-door.ts';
import { call, connectTo, openDoor, type Call } from './door.ts';
import { ask, folder, json, post } from './imswitch.ts';
import { machineHeader, openNetworkDoor } from './network-door.ts';

const start = (door: HttpDoor, query = '', body: unknown = null) => ask(door, `startLiveView${query}`, post(body));

const twoStreams = (): StationState => ({
  ...sampleState(),
  streams: [sampleStream, { ...sampleStream, id: 'attic', name: 'Attic µ' }],
});

function twoDetectors(overrides: Partial<StationApi> = {}): StationApi {
  return fakeStation({ state: twoStreams, ...overrides });
}

describe('a live view of ImSwitch', () => {
  it.each(['/LiveViewController', folder])('is found below %s', async (place) => {
    const door = await openDoor();
    expect((await call(door, { path: `${place}/getLiveViewActive` })).text).toBe('false');
  });

  it.each([
    ['the query', '?protocol=mjpeg&detectorName=attic', null],
    ['the body', '', { protocol: 'mjpeg', detectorName: 'attic' }],
    [
      'both, of which the query wins',
      '?protocol=mjpeg&detectorName=attic',
      { protocol: 'jpeg', detectorName: 'bench' },
    ],
    ['the name that the screen shows', `?protocol=mjpeg&detectorName=${encodeURIComponent('Attic µ')}`, null],
  ])('is started as said in %s', async (_where, query, body) => {
    const door = await openDoor({ station: twoDetectors() });
    expect(await start(door, query, body)).toMatchObject({ status: 'success', detector: 'attic', protocol: 'mjpeg' });
  });

  it('is WebRTC of the first detector where nothing is said, and no body is sent at all', async () => {
    const door = await openDoor({ station: twoDetectors() });
    expect(await ask(door, 'startLiveView', { method: 'POST' })).toEqual({
      status: 'success',
      detector: 'bench',
      protocol: 'webrtc',
      params: {
        detector_name: null,
        protocol: 'webrtc',
        compression_algorithm: 'lz4',
        compression_level: 0,
        subsampling_factor: 1,
        throttle_ms: 50,
        crop_size: 0,
        jpeg_quality: 80,
        stun_servers: [],
        turn_servers: [],
        max_width: 1280,
        broadcast_frames: true,
      },
    });
  });

  it('starts no detector, is said to run until it is stopped, and runs no longer than ten seconds without a viewer', async () => {
    const watch = vi.fn<StationApi['watch']>();
    const watchPictures = vi.fn<StationApi['watchPictures']>();
    const door = await openDoor({ station: twoDetectors({ watch, watchPictures }) });
    await start(door, '?protocol=jpeg');
    expect(await ask(door, 'getLiveViewActive')).toBe(true);
    expect(await start(door, '?protocol=jpeg')).toEqual({
      status: 'already_running',
      detector: 'bench',
      protocol: 'jpeg',
      message: 'This live view is running already.',
    });
    expect(await ask(door, 'stopLiveView')).toEqual({ status: 'success', detector: 'bench', protocol: 'jpeg' });
    expect(await ask(door, 'getLiveViewActive')).toBe(false);
    expect(await ask(door, 'stopLiveView')).toMatchObject({ status: 'not_running' });
    await start(door);
    const later = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_001);
    expect(await ask(door, 'getLiveViewActive')).toBe(false);
    later.mockRestore();
    expect(watch).not.toHaveBeenCalled();
    expect(watchPictures).not.toHaveBeenCalled();
  });

  it('is told of each detector and in each protocol', async () => {
    const door = await openDoor({ station: twoDetectors() });
    await start(door, '?protocol=mjpeg&detectorName=attic');
    await start(door, '?protocol=webrtc&detectorName=bench');
    expect(await ask(door, 'getActiveStreams')).toEqual({
      status: 'success',
      active_streams: [
        { detector: 'attic', protocol: 'mjpeg' },
        { detector: 'bench', protocol: 'webrtc' },
      ],
    });
    await ask(door, 'stopLiveView?detectorName=bench&stopCamera=true');
    expect(await ask(door, 'getStreamStatus')).toMatchObject({
      status: 'success',
      total_detectors: 2,
      active_streams: 1,
      detectors: {
        attic: { is_streaming: true, protocol: 'mjpeg', params: { protocol: 'mjpeg', throttle_ms: 50 } },
        bench: { is_streaming: false, protocol: null, params: {} },
      },
      available_protocols: ['webrtc', 'mjpeg', 'jpeg'],
    });
  });

  it('is each client’s own: another one neither sees it nor stops it nor changes it', async () => {
    const door = await openDoor({ station: twoDetectors() });
    const other = (request: Call = {}): Call => ({ ...request, from: '127.0.0.2' });
    await start(door, '?protocol=mjpeg');
    expect(await ask(door, 'getLiveViewActive', other())).toBe(false);
    expect(await ask(door, 'stopLiveView', other())).toMatchObject({ status: 'not_running' });
    await ask(door, 'setStreamParameters?protocol=mjpeg', other(post({ throttle_ms: 60_000 })));
    expect(await ask(door, 'getLiveViewActive')).toBe(true);
    expect(await ask(door, 'getStreamParameters?protocol=mjpeg')).toMatchObject({ params: { throttle_ms: 50 } });
  });

  it('is each caller’s own at a door that asks, also where two come from one address', async () => {
    const opened = await openNetworkDoor(twoDetectors());
    const operator = machineHeader(opened, 'operator');
    const exchanged = await opened.guard.access.exchangeKey(opened.link.key, '127.0.0.1');
    const guest = { authorization: `Bearer ${'token' in exchanged ? exchanged.token : ''}` };
    const begin = post({ protocol: 'mjpeg' });
    await ask(opened.door, 'startLiveView', { ...begin, headers: { ...begin.headers, ...operator } });
    expect(await ask(opened.door, 'getLiveViewActive', { headers: operator })).toBe(true);
    expect(await ask(opened.door, 'getLiveViewActive', { headers: guest })).toBe(false);
    expect(await ask(opened.door, 'stopLiveView', { headers: guest })).toMatchObject({ status: 'not_running' });
  });

  it('is each colleague’s own, also where two directories have one of the same name', async () => {
    const labs = [await openLab(), await openLab()];
    const trusts = labs.map(({ tickets: { publicKey } }) => {
      return { name: 'Lab', url: 'https://192.0.2.1', publicKey, station: 'bench' };
    });
    const log = pino({ level: 'silent' });
    const colleagues = new Colleagues(trusts, log);
    const opened = await openGuardedDoor(twoDetectors(), log, null, {}, fixedSettings, { colleagues });
    onTestFinished(() => opened.close());
    const wish = { station: 'bench', user: 'Anna', role: 'viewer', streams: 'all' } as const;
    const seen = [];
    for (const { tickets } of labs) {
      const headers = { ...json, authorization: `Bearer ${(await tickets.issue(wish)).token}` };
      if (seen.length === 0) await ask(opened.door, 'startLiveView', { ...post({ protocol: 'mjpeg' }), headers });
      seen.push(await ask(opened.door, 'getLiveViewActive', { headers }));
    }
    expect(seen).toEqual([true, false]);
  });

  it('keeps what is set of each protocol, as near as it can', async () => {
    const door = await openDoor({ station: twoDetectors() });
    await start(door, '?protocol=mjpeg', { throttle_ms: 100, jpeg_quality: 5, unheard_of: [1] });
    const set = await ask(door, 'setStreamParameters?protocol=jpeg', post({ subsampling_factor: 3 }));
    expect(set).toMatchObject({
      status: 'success',
      protocol: 'jpeg',
      params: { subsampling_factor: 2, throttle_ms: 50 },
    });
    expect(await ask(door, 'getStreamParameters?protocol=mjpeg')).toMatchObject({
      status: 'success',
      protocol: 'mjpeg',
      params: { throttle_ms: 100, subsampling_factor: 1, jpeg_quality: 80 },
      active_detectors: ['bench'],
      is_active: true,
    });
    expect(await ask(door, 'getStreamParameters')).toMatchObject({
      status: 'success',
      current_active_protocols: { bench: 'mjpeg' },
      current_protocol: 'mjpeg',
      total_active_streams: 1,
      protocols: {
        webrtc: { throttle_ms: 50, is_active: false, active_detectors: [] },
        mjpeg: { throttle_ms: 100, is_active: true, active_detectors: ['bench'] },
        jpeg: { subsampling_factor: 2 },
      },
    });
  });

  it('shows its pictures as multipart, in the size and at the rate that are set, also while they are shown', async () => {
    const watchers: { streamId: string | undefined; wish: PictureWish; listener: PictureListener; stop: () => void }[] =
      [];
    const station = twoDetectors({
      watchPictures(streamId, wish, listener) {
        const stop = vi.fn();
        watchers.push({ streamId, wish, listener, stop });
        return stop;
      },
    });
    const door = await openDoor({ station });
    await ask(door, 'setStreamParameters?protocol=mjpeg', post({ subsampling_factor: 4, throttle_ms: 200 }));
    const shown = call(door, { path: `${folder}/mjpeg_stream?startStream=true&detectorName=attic&t=3` });
    await vi.waitFor(() => expect(watchers).toHaveLength(1));
    expect(watchers[0]).toMatchObject({ streamId: 'attic', wish: { scale: 4, maxFps: 5 } });
    watchers[0]?.listener.picture(samplePicture(1));
    await vi.waitFor(async () => expect(await ask(door, 'getLiveViewActive')).toBe(true));
    await ask(door, 'setStreamParameters?protocol=mjpeg', post({ throttle_ms: 0 }));
    expect(watchers[0]?.stop).toHaveBeenCalled();
    expect(watchers[1]).toMatchObject({ streamId: 'attic', wish: { scale: 4, maxFps: 60 } });
    watchers[1]?.listener.picture(samplePicture(2));
    // Long after it was started it still runs, because somebody watches.
    const later = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    expect(await ask(door, 'getActiveStreams')).toMatchObject({
      active_streams: [{ detector: 'attic', protocol: 'mjpeg' }],
    });
    later.mockRestore();
    expect(await ask(door, 'mjpeg_stream?startStream=false')).toEqual({ status: 'success', message: 'stream stopped' });
    const { headers, text } = await shown;
    expect(headers['content-type']).toBe('multipart/x-mixed-replace;boundary=frame');
    expect(text).toMatch(/X-Frame-Number: 1\r\n.*X-Frame-Number: 2\r\n.*--frame--\r\n$/s);
    await vi.waitFor(() => expect(watchers[1]?.stop).toHaveBeenCalled());
    expect(await ask(door, 'getLiveViewActive')).toBe(false);
  });

  it('runs no more when the one who was shown pictures has gone', async () => {
    const door = await openDoor({
      station: twoDetectors({
        watchPictures(_streamId, _wish, listener) {
          queueMicrotask(() => listener.picture(samplePicture()));
          return () => undefined;
        },
      }),
    });
    const socket = await connectTo(door);
    socket.write(`GET ${folder}/mjpeg_stream HTTP/1.1\r\nHost: ${new URL(door.url).host}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    await vi.waitFor(async () => expect(await ask(door, 'getLiveViewActive')).toBe(true));
    socket.destroy();
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_001);
    onTestFinished(() => void vi.restoreAllMocks());
    await vi.waitFor(async () => expect(await ask(door, 'getLiveViewActive')).toBe(false));
  });
});
