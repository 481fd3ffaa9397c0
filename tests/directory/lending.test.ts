import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Lending } from '../../src/main/directory/lending.ts';
import type { StreamConfig } from '../../src/shared/source.ts';
import { admin, anna, openLab } from './lab.ts';

const nowMs = Date.UTC(2026, 6, 1, 8);
const minuteMs = 60_000;
const door = { id: 'door', name: 'Door camera', url: 'rtsp://192.0.2.8/live' };

function openLending() {
  let shown: readonly StreamConfig[] = [];
  const lending = new Lending((streams) => (shown = streams));
  return { lending, ids: () => shown.map(({ id }) => id), shown: () => shown };
}

describe('A camera that the directory shows', () => {
  beforeEach(() => void vi.useFakeTimers({ now: nowMs }));
  afterEach(() => void vi.useRealTimers());

  test('is there until the last ticket for it has ended', () => {
    const { lending, shown, ids } = openLending();
    lending.lend(door, { fromMs: nowMs, untilMs: nowMs + 15 * minuteMs });
    expect(shown()).toEqual([
      { id: 'door', name: 'Door camera', source: { kind: 'url', url: door.url }, quality: 'standard' },
    ]);
    vi.advanceTimersByTime(10 * minuteMs);
    lending.lend(door, { fromMs: nowMs + 10 * minuteMs, untilMs: nowMs + 25 * minuteMs });
    // A booking that ends sooner takes nothing from who has longer.
    lending.lend(door, { fromMs: nowMs + 10 * minuteMs, untilMs: nowMs + 11 * minuteMs });
    vi.advanceTimersByTime(15 * minuteMs - 1);
    expect([lending.has('door', nowMs), ids()]).toEqual([true, ['door']]);
    vi.advanceTimersByTime(1);
    expect([lending.has('door', nowMs), ids()]).toEqual([false, []]);
  });

  test('is for tickets from the first one on, whichever of two that ask together is served first', () => {
    const { lending } = openLending();
    const untilMs = nowMs + 15 * minuteMs;
    lending.lend(door, { fromMs: nowMs + 1_001, untilMs });
    lending.lend(door, { fromMs: nowMs + 999, untilMs });
    // Tickets tell whole seconds.
    expect([-1_000, 0, 1_000].map((ms) => lending.has('door', nowMs + ms))).toEqual([false, true, true]);
  });

  test('goes without the others, which stay as they are', () => {
    const { lending, ids } = openLending();
    const during = { fromMs: nowMs, untilMs: nowMs + minuteMs };
    lending.lend(door, during);
    lending.lend({ ...door, id: 'hall' }, during);
    lending.end('door');
    expect(ids()).toEqual(['hall']);
    lending.close();
    vi.advanceTimersByTime(minuteMs);
    expect(ids()).toEqual(['hall']);
  });
});

describe('A station with an RTSP address only', () => {
  const camera = { name: 'Door', type: 'camera', webrtc_url: null, rtsp_url: door.url, access: 'open' } as const;

  test('can’t be reached from the station’s own screen while its door is closed, and the refusal says so', async () => {
    const { desk } = await openLab();
    await desk.of(admin).addStation(camera);
    await expect(desk.of(admin).connect({ robot_id: 'door' })).rejects.toMatchObject({
      reason: 'no_station_address',
      message: expect.stringContaining('network door of the directory, which is closed') as string,
    });
  });

  test.each([
    'rtsp://127.0.0.1/live',
    'rtsp://lab:secret@localhost:8554/live',
    'rtsp://169.254.169.254/',
    'rtsp://a@b@c/',
  ])('can’t have the address %s, which no admin may set over the network', async (rtsp_url) => {
    const { desk, file } = await openLab();
    const refused = { reason: 'bad_setting', message: expect.not.stringContaining('secret') as string };
    await expect(desk.of(admin).addStation({ ...camera, rtsp_url })).rejects.toMatchObject(refused);
    const { id } = await desk.of(admin).addStation(camera);
    await expect(desk.of(admin).changeStation(id, { rtsp_url })).rejects.toMatchObject(refused);
    // An address that was fine when it was set is looked at again before anything is fetched from there.
    file.stations.change(id, { rtsp_url });
    await expect(desk.of({ ...anna, door: 'https://192.0.2.1:8081' }).connect({ robot_id: id })).rejects.toMatchObject({
      reason: 'no_station_address',
      message: expect.not.stringContaining('secret') as string,
    });
  });

  test('is left for another one of its type where its address can’t be used', async () => {
    const { desk, file } = await openLab();
    await desk.of(admin).addStation({ ...camera, name: 'A' });
    await desk.of(admin).addStation({ ...camera, name: 'B' });
    file.stations.change('a', { rtsp_url: 'rtsp://127.0.0.1/live' });
    const wish = { robot_type: 'camera' };
    const door = 'https://192.0.2.1:8081';
    expect(await desk.of({ ...anna, door }).connect(wish)).toMatchObject({ robot_id: 'b', webrtc_url: door });
  });
});
