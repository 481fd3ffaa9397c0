import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { StationApi } from '../../../src/shared/api.ts';
import { GuestPass } from '../../../src/renderer/station/guest-pass.ts';
import { HttpClient } from '../../../src/renderer/station/http-client.ts';
import { fakeStation, sampleSession, sampleState } from '../../contract/fake-station.ts';
import { openDoor } from '../../http/door.ts';
import { openNetworkDoor } from '../../http/network-door.ts';
import { asPeer, FakePeer } from '../fake-page.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Notes every request of the page. */
function watchRequests() {
  const requests: { readonly method: string; readonly url: string }[] = [];
  const send = globalThis.fetch;
  vi.stubGlobal('fetch', (url: URL, init: RequestInit = {}) => {
    requests.push({ method: init.method ?? 'GET', url: url.href });
    return send(url, init);
  });
  return requests;
}

/** A page that was opened with a guest link. @param key Null for a page that was opened without one. */
async function openGuestPage({ station = fakeStation(), key }: { station?: StationApi; key?: string | null } = {}) {
  const opened = await openNetworkDoor(station);
  const baseUrl = new URL(opened.door.url);
  const pass = new GuestPass(baseUrl, key === undefined ? opened.link.key : key);
  const exchangeKey = vi.spyOn(opened.guard.access, 'exchangeKey');
  return { ...opened, pass, exchangeKey, client: new HttpClient(baseUrl, pass) };
}

describe('A page with a guest link', () => {
  test('watches as any page does, and writes neither key nor token into an address', async () => {
    const requests = watchRequests();
    const leave = vi.fn<StationApi['leave']>().mockResolvedValue();
    const { client, pass, link } = await openGuestPage({ station: fakeStation({ leave }) });
    expect(await client.state()).toEqual(sampleState());
    const session = await client.open('bench', asPeer(new FakePeer()));
    await session.leave();
    expect(leave).toHaveBeenCalledExactlyOnceWith(sampleSession.viewerId);
    const told = new Promise((resolve) => onTestFinished(client.onState(resolve)));
    expect(await told).toEqual(sampleState());
    const token = pass.headers['authorization']?.split(' ')[1] ?? '';
    expect(token).toHaveLength(token.trim().length);
    expect(token).not.toBe('');
    for (const { url } of requests) expect(url).not.toMatch(new RegExp(`${link.key}|${token}`));
  });

  test('asks for one token, however many things it asks for at once', async () => {
    const { client, exchangeKey } = await openGuestPage();
    await Promise.all([client.state(), client.webrtcConfig(), client.state()]);
    await client.state();
    expect(exchangeKey).toHaveBeenCalledTimes(1);
  });

  test('has its token renewed before it ends', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const { client, exchangeKey } = await openGuestPage();
    await client.state();
    vi.advanceTimersByTime(13 * 60_000);
    await client.state();
    expect(exchangeKey).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(90_000);
    await client.state();
    expect(exchangeKey).toHaveBeenCalledTimes(2);
  });

  test('gets over a station whose clock is set', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { client, exchangeKey } = await openGuestPage();
    await client.state();
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(await client.state()).toEqual(sampleState());
    expect(exchangeKey).toHaveBeenCalledTimes(2);
  });

  test('learns that the link has ended while it listens, and asks nothing more', async () => {
    const { client, pass, door } = await openGuestPage();
    await new Promise((resolve) => onTestFinished(client.onState(resolve)));
    await door.close();
    expect(await pass.shutOut).toBe('link_ended');
    const requests = watchRequests();
    await expect(client.state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(requests).toEqual([]);
  });

  test('learns that the link has ended when it asks the next time', async () => {
    const requests = watchRequests();
    const { client, pass } = await openGuestPage({ key: 'of-yesterday' });
    await expect(client.state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(await pass.shutOut).toBe('link_ended');
    await expect(client.webrtcConfig()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(requests.map(({ method }) => method)).toEqual(['POST']);
  });

  test('comes back to a station that was away', async () => {
    const { client, link, pass } = await openGuestPage();
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(client.state()).rejects.toMatchObject({ reason: 'unreachable' });
    vi.unstubAllGlobals();
    expect(await client.state()).toEqual(sampleState());
    expect(pass.headers['authorization']).not.toContain(link.key);
  });
});

describe('A page without a guest link', () => {
  test('is told so where the station asks for one', async () => {
    const { client, pass } = await openGuestPage({ key: null });
    await expect(client.state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(await pass.shutOut).toBe('no_link');
  });

  test('needs none on the station’s own machine', async () => {
    const requests = watchRequests();
    const door = await openDoor();
    const client = new HttpClient(new URL(door.url));
    expect(await client.state()).toEqual(sampleState());
    expect(requests).toHaveLength(1);
  });
});
