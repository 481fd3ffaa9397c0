import { describe, expect, it, vi } from 'vitest';
import type { PictureListener, StationApi } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import { fakeStation, samplePicture, sampleState, sampleStream } from '../contract/fake-station.ts';
import { call, problemIn } from './door.ts';
import { machineHeader, openNetworkDoor } from './network-door.ts';

const addresses = ['/frame/bench.jpg', '/mjpeg/bench', '/LiveViewController/mjpeg_stream?detectorName=bench'];
const streams = [sampleStream, { ...sampleStream, id: 'attic' }];

describe('pictures over HTTP through the door for the network', () => {
  it.each(addresses)('%s wants a token in its header, and in no other place', async (path) => {
    const watchPictures = vi.fn<StationApi['watchPictures']>();
    const opened = await openNetworkDoor(fakeStation({ watchPictures }));
    const { authorization = '' } = machineHeader(opened, 'viewer');
    const token = authorization.replace('Bearer ', '');
    const more = path.includes('?') ? '&' : '?';
    for (const headers of [{}, { cookie: `token=${token}` }]) {
      expect((await call(opened.door, { path: `${path}${more}token=${token}`, headers })).status).toBe(401);
    }
    expect(watchPictures).not.toHaveBeenCalled();
  });

  it.each(addresses)('%s gives them to a viewer, who counts as one that comes over the network', async (path) => {
    const watchPictures = vi.fn<StationApi['watchPictures']>((_streamId, _wish, listener) => {
      queueMicrotask(() => {
        listener.picture(samplePicture());
        listener.ended(StationError.closing());
      });
      return () => undefined;
    });
    const opened = await openNetworkDoor(fakeStation({ watchPictures }));
    const answer = await call(opened.door, { path, headers: machineHeader(opened, 'viewer') });
    expect([answer.status, answer.text.includes('a picture')]).toEqual([200, true]);
    expect(watchPictures.mock.calls[0]?.[0]).toBe('bench');
    expect(watchPictures.mock.calls[0]?.[3]).toBe('network');
  });

  it('shows nobody a stream that is not allowed, under whatever name', async () => {
    const watchPictures = vi.fn<StationApi['watchPictures']>();
    const watch = vi.fn<StationApi['watch']>();
    const state = () => ({ ...sampleState(), streams });
    const opened = await openNetworkDoor(fakeStation({ state, watchPictures, watch }));
    const headers = machineHeader(opened, 'viewer', ['attic']);
    for (const path of ['/frame/bench.jpg', '/mjpeg/bench']) {
      expect(problemIn(await call(opened.door, { path, headers }))).toMatchObject({ status: 403, code: 'not_allowed' });
    }
    const ask = async (request: Parameters<typeof call>[1]) => {
      const { text } = await call(opened.door, { ...request, headers: { ...headers, ...request?.headers } });
      return JSON.parse(text) as unknown;
    };
    const folder = '/LiveViewController';
    expect(await ask({ path: `${folder}/mjpeg_stream?detectorName=bench` })).toMatchObject({ status: 'error' });
    expect(await ask({ path: `${folder}/getStreamStatus` })).toMatchObject({ total_detectors: 1 });
    const offer = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const body = JSON.stringify({ sdp: 'v=0', sdp_type: 'offer', detectorName: 'bench' });
    expect(await ask({ ...offer, path: `${folder}/webrtc_offer`, body })).toMatchObject({ status: 'error' });
    expect(watchPictures).not.toHaveBeenCalled();
    expect(watch).not.toHaveBeenCalled();
  });

  it('end for somebody who is thrown out', async () => {
    const listeners: PictureListener[] = [];
    const opened = await openNetworkDoor(
      fakeStation({
        watchPictures(_streamId, _wish, listener) {
          listeners.push(listener);
          return () => undefined;
        },
      }),
    );
    const admin = machineHeader(opened, 'admin');
    const answer = call(opened.door, { path: '/mjpeg/bench', headers: machineHeader(opened, 'viewer') });
    await vi.waitFor(() => expect(listeners).toHaveLength(1));
    listeners[0]?.picture(samplePicture());
    const present = await call(opened.door, { path: '/api/attendance/present', headers: admin });
    const [{ id } = { id: 0 }] = JSON.parse(present.text) as { id: number }[];
    await call(opened.door, { method: 'DELETE', path: `/api/attendance/present/${id}`, headers: admin });
    expect((await answer).text).toMatch(/--frame--\r\n$/);
  });
});
