import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { HttpClient } from '../../../src/renderer/station/http-client.ts';
import { sampleState } from '../../contract/fake-station.ts';
import { asPeer, FakePeer } from '../fake-page.ts';
import { openFakeStationServer, type FakeStationServer } from './fake-station-server.ts';

beforeEach(() => {
  vi.spyOn(console, 'debug').mockReturnValue();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Waits for it, while time passes ten times as fast for the page. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await new Promise<void>((resolve) => {
      const tick = setInterval(() => {
        clearInterval(tick);
        resolve();
      }, 10);
    });
    vi.advanceTimersByTime(100);
  }
}

const isKnock = (path: string): boolean => path === '/healthz' || path.startsWith('/api/events');
const isKnockedAt = (station: FakeStationServer) => () => station.asked.includes('/healthz');

/** A page that has been told one state. */
async function listen(station: FakeStationServer): Promise<HttpClient> {
  const client = new HttpClient(station.url);
  const onState = vi.fn();
  onTestFinished(client.onState(onState));
  await until(() => onState.mock.calls.length > 0);
  return client;
}

const isUnreachable = (client: HttpClient): Promise<boolean> =>
  client.state().then(
    () => false,
    (error: { reason?: string }) => error.reason === 'unreachable',
  );

describe('While its feed says that the station is away, a page', () => {
  test('sends nothing but what finds out whether it is back, and is told so at once', async () => {
    const station = await openFakeStationServer();
    const client = await listen(station);
    const session = await client.open('bench', asPeer(new FakePeer()));
    station.fallSilent();
    await until(isKnockedAt(station));
    const before = station.asked.length;
    await expect(client.state()).rejects.toMatchObject({ name: 'Refusal', reason: 'unreachable' });
    await session.leave();
    expect(station.asked.slice(before).filter((path) => !isKnock(path))).toEqual([]);
  });

  test('is told so until the feed is back', async () => {
    const station = await openFakeStationServer();
    const client = await listen(station);
    station.fallSilent();
    await until(isKnockedAt(station));
    expect(await isUnreachable(client)).toBe(true);
    station.answerAgain();
    await until(async () => !(await isUnreachable(client)));
    expect(await client.state()).toEqual(sampleState());
  });

  test('is told so until the feed is there at last, where it began without', async () => {
    const station = await openFakeStationServer();
    station.refuseListeners();
    const client = new HttpClient(station.url);
    onTestFinished(client.onState(() => undefined));
    await until(() => isUnreachable(client));
    station.answerAgain();
    await until(async () => !(await isUnreachable(client)));
  });
});
