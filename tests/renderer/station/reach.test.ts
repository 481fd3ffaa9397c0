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
