import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openFreshConnections, stationReached } from '../../../src/renderer/station/reach.ts';
import { openDoor } from '../../http/door.ts';
import { openFakeStationServer } from './fake-station-server.ts';

/** An address at which nobody listens. */
async function deserted(): Promise<URL> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return new URL(`http://127.0.0.1:${port}/`);
}

const never = new AbortController().signal;

beforeEach(() => void vi.spyOn(console, 'debug').mockReturnValue());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('A station is reached', () => {
  test('where it answers, although it opens no such socket', async () => {
    await stationReached(new URL((await openDoor()).url), never);
  });

  test('where its machine says that nobody listens', async () => {
    await stationReached(await deserted(), never);
  });

  test('only when its silence has ended; until then it is knocked at again and again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const station = await openFakeStationServer();
    station.fallSilent();
    const onReached = vi.fn();
    const reached = stationReached(station.url, never).then(onReached);
    for (let knocks = 1; knocks <= 3; knocks++) {
      await expect.poll(() => station.asked.length).toBe(knocks);
      expect(onReached).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1_500);
    }
    station.answerAgain();
    await reached;
  });

  test('no more by whoever does not want to know it any more', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const station = await openFakeStationServer();
    station.fallSilent();
    const ended = new AbortController();
    const reached = stationReached(station.url, ended.signal);
    await expect.poll(() => station.asked.length).toBe(1);
    ended.abort();
    vi.advanceTimersByTime(1_500);
    await reached;
    expect(station.asked).toEqual(['/healthz']);
  });
});

/** A socket that a browser holds back, as one does of a page that has knocked in vain for long. */
class HeldBackSocket {
  static readonly open = new Set<HeldBackSocket>();
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor() {
    HeldBackSocket.open.add(this);
  }

  close(): void {
    HeldBackSocket.open.delete(this);
  }
}

test('Whoever knocks for long leaves each knock the time for which the browser holds it back', async () => {
  vi.useFakeTimers();
  vi.resetModules();
  vi.stubGlobal('WebSocket', HeldBackSocket);
  const fresh = await import('../../../src/renderer/station/reach.ts');
  const reached = fresh.stationReached(new URL('http://127.0.0.1/'), never);
  for (let knocks = 1; knocks <= 12; knocks++) {
    expect(HeldBackSocket.open.size).toBe(1);
    vi.advanceTimersByTime(1_500);
  }
  const [heldBack] = HeldBackSocket.open;
  vi.advanceTimersByTime(5_000);
  expect(HeldBackSocket.open).toContain(heldBack);
  heldBack?.onopen?.();
  await reached;
  expect(HeldBackSocket.open.size).toBe(0);
  vi.advanceTimersByTime(60_000);
  expect(HeldBackSocket.open.size).toBe(0);
});

describe('A station that is back', () => {
  test('is asked over four fresh connections at once', async () => {
    const station = await openFakeStationServer();
    await openFreshConnections(station.url);
    expect(station.asked).toEqual(Array.from({ length: 4 }, () => '/healthz'));
    expect(station.connections()).toBe(4);
  });

  test('and is gone once more is nobody’s failure', async () => {
    await expect(openFreshConnections(await deserted())).resolves.toBeUndefined();
  });
});
