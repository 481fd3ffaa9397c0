import { describe, expect, it, vi } from 'vitest';
import type { GuestWish } from '../../src/shared/access.ts';
import type { StationApi } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import type { StationState } from '../../src/shared/state.ts';
import { fakeStation, samplePicture, sampleSession, sampleState, sampleStream } from '../contract/fake-station.ts';
import { call, problemIn } from './door.ts';
import { openNetworkDoor, type NetworkDoor } from './network-door.ts';

const streams = ['bench', 'attic', 'cellar'].map((id) => ({ ...sampleStream, id }));

/** A station of three Streams that shows a picture to whoever asks for one. */
function stationOfThree(overrides: Partial<StationApi> = {}) {
  return fakeStation({
    state: () => ({ ...sampleState(), streams }),
    watch: () => Promise.resolve(sampleSession),
    watchPictures(_streamId, _wish, listener) {
      queueMicrotask(() => {
        listener.picture(samplePicture());
        listener.ended(StationError.closing());
      });
      return () => undefined;
    },
    ...overrides,
  });
}

const open = (wish: Partial<GuestWish>, station = stationOfThree()): Promise<NetworkDoor> =>
  openNetworkDoor(station, undefined, null, wish);

const exchange = ({ door }: NetworkDoor, key: string) =>
  call(door, {
    method: 'POST',
    path: '/api/access/guest',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });

async function guestHeader(opened: NetworkDoor, key = opened.link.key): Promise<Record<string, string>> {
  const { status, text } = await exchange(opened, key);
  expect(status).toBe(200);
  return { authorization: `Bearer ${(JSON.parse(text) as { token: string }).token}` };
}

describe('a guest link for some streams', () => {
  const offer = (id: string, headers: Record<string, string>) => ({
    method: 'POST',
    path: `/whep/${id}`,
    headers: { ...headers, 'content-type': 'application/sdp' },
    body: 'v=0\r\n',
  });

  it('shows these and no others, in the state and who a guest is told to be', async () => {
    const opened = await open({ streams: ['attic', 'cellar'] });
    const headers = await guestHeader(opened);
    const state = JSON.parse((await call(opened.door, { path: '/api/state', headers })).text) as StationState;
    expect(state.streams.map(({ id }) => id)).toEqual(['attic', 'cellar']);
    expect(state.viewers).toEqual([]);
    const me = JSON.parse((await call(opened.door, { path: '/api/me', headers })).text) as unknown;
    expect(me).toMatchObject({ kind: 'guest', role: 'viewer', streams: ['attic', 'cellar'] });
  });

  it('opens sessions and pictures of these and no others', async () => {
    const watch = vi.fn<StationApi['watch']>(() => Promise.resolve(sampleSession));
    const opened = await open({ streams: ['attic', 'cellar'] }, stationOfThree({ watch }));
    const headers = await guestHeader(opened);
    expect((await call(opened.door, offer('attic', headers))).status).toBe(201);
    expect((await call(opened.door, { path: '/frame/attic.jpg', headers })).status).toBe(200);
    const forbidden = [
      offer('bench', headers),
      { path: '/frame/bench.jpg', headers },
      { path: '/mjpeg/bench', headers },
      // What happened to a Stream is for operators, whichever it is.
      { path: '/api/streams/bench/log', headers },
      { path: '/api/streams/attic/log', headers },
      // The same for what there is not.
      { path: '/frame/nowhere.jpg', headers },
    ];
    for (const request of forbidden) {
      const answer = await call(opened.door, request);
      expect([request.path, problemIn(answer)]).toMatchObject([request.path, { status: 403, code: 'not_allowed' }]);
    }
    expect(watch.mock.calls.map(([streamId]) => streamId)).toEqual(['attic']);
  });

  it('goes on with the others where one is removed meanwhile', async () => {
    const station = stationOfThree({ state: () => ({ ...sampleState(), streams: streams.slice(0, 2) }) });
    const opened = await open({ streams: ['attic', 'cellar'] }, station);
    const headers = await guestHeader(opened);
    const state = JSON.parse((await call(opened.door, { path: '/api/state', headers })).text) as StationState;
    expect(state.streams.map(({ id }) => id)).toEqual(['attic']);
  });

  it('lasts as long as somebody wished', async () => {
    const opened = await open({ lastsHours: 1 });
    expect(opened.link.expiresAtMs - Date.now()).toBeLessThanOrEqual(3_600_000);
    const headers = await guestHeader(opened);
    const inTime = vi.spyOn(Date, 'now').mockReturnValue(opened.link.expiresAtMs + 1);
    const states = [
      await call(opened.door, { path: '/api/state', headers }),
      await exchange(opened, opened.link.key),
      await exchange(opened, opened.link.code),
    ];
    inTime.mockRestore();
    expect(states.map(({ status }) => status)).toEqual([401, 401, 401]);
  });
});

describe('the code of a guest link', () => {
  it('opens the same as the link, however it is typed', async () => {
    const opened = await open({ streams: ['attic'] });
    const { shownCode } = opened.link;
    expect(shownCode).toMatch(/^[AC-FHJKMNP-RTV-Y2-9]{4}-[AC-FHJKMNP-RTV-Y2-9]{4}$/);
    const typed = [shownCode, shownCode.toLowerCase(), shownCode.replace('-', ''), ` ${shownCode.replace('-', ' ')} `];
    for (const code of typed) {
      const headers = await guestHeader(opened, code);
      const state = JSON.parse((await call(opened.door, { path: '/api/state', headers })).text) as StationState;
      expect(state.streams.map(({ id }) => id)).toEqual(['attic']);
    }
  });

  it('brings the key of the link along, which is taken at any time', async () => {
    const opened = await open({});
    const { text } = await exchange(opened, opened.link.code);
    expect(JSON.parse(text)).toMatchObject({ key: opened.link.key });
  });
});
