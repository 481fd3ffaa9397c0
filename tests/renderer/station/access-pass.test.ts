import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { StationApi } from '../../../src/shared/api.ts';
import { AccessPass, type Proof } from '../../../src/renderer/station/access-pass.ts';
import { HttpClient } from '../../../src/renderer/station/http-client.ts';
import { fakeStation, sampleSession, sampleState } from '../../contract/fake-station.ts';
import { openDoor } from '../../http/door.ts';
import type { NewUser } from '../../../src/shared/access.ts';
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

/** Keeps a proof as a tab does. */
const keeperOf = (kept: { proof: Proof | null }) => ({
  read: () => kept.proof,
  keep: (proof: Proof | null) => void (kept.proof = proof),
});

/** A page that was opened with a guest link. @param key Null for a page that was opened without one. */
async function openGuestPage({ station = fakeStation(), key }: { station?: StationApi; key?: string | null } = {}) {
  const opened = await openNetworkDoor(station);
  const baseUrl = new URL(opened.door.url);
  const kept: { proof: Proof | null } = {
    proof: key === null ? null : { kind: 'guest', key: key ?? opened.link.key },
  };
  const pass = new AccessPass(baseUrl, keeperOf(kept));
  const exchangeKey = vi.spyOn(opened.guard.access, 'exchangeKey');
  return { ...opened, kept, pass, exchangeKey, client: new HttpClient(baseUrl, pass) };
}

const password = 'a quiet microscope';
const anna: NewUser = { name: 'Anna', password, role: 'operator', streams: 'all' };

/** A page in which Anna has signed in, as after a reload. */
async function openUserPage() {
  const page = await openGuestPage({ key: null });
  const user = await page.guard.admin.addUser(anna);
  const { refreshToken } = page.file.signIns.open(user);
  page.kept.proof = { kind: 'user', refreshToken };
  const baseUrl = new URL(page.door.url);
  const pass = new AccessPass(baseUrl, keeperOf(page.kept));
  const refresh = vi.spyOn(page.guard.access, 'refresh');
  return { ...page, pass, client: new HttpClient(baseUrl, pass), userId: user.id, refresh };
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
    const changed = new Promise<void>((resolve) => pass.onChange(resolve));
    await door.close();
    await changed;
    expect(pass.shutOut).toBe('link_ended');
    const requests = watchRequests();
    await expect(client.state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(requests).toEqual([]);
  });

  test('learns that the link has ended when it asks the next time', async () => {
    const requests = watchRequests();
    const { client, pass } = await openGuestPage({ key: 'of-yesterday' });
    await expect(client.state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(pass.shutOut).toBe('link_ended');
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

describe('A user', () => {
  test('is let in with name and password by the door that has just refused, and the page knows as whom', async () => {
    const { client, pass, guard, kept } = await openGuestPage({ key: null });
    await guard.admin.addUser(anna);
    await expect(client.state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    const turns: unknown[] = [];
    pass.onChange(() => turns.push(pass.shutOut));
    await pass.signIn('Anna', password);
    expect(turns).toEqual([null]);
    expect(await client.me()).toMatchObject({ kind: 'user', name: 'Anna', role: 'operator', streams: 'all' });
    const told = new Promise((resolve) => onTestFinished(client.onState(resolve)));
    expect(await told).toEqual(sampleState());
    expect(Object.keys(kept.proof ?? {})).toEqual(['kind', 'refreshToken']);
  });

  test('is refused alike with a wrong name and a wrong password, and stays out', async () => {
    const { pass, guard, kept } = await openGuestPage({ key: null });
    await guard.admin.addUser(anna);
    const refusals = await Promise.all(
      [
        ['Anna', 'wrong'],
        ['Nobody', password],
      ].map(([name = '', word = '']) => pass.signIn(name, word).catch((error: unknown) => error)),
    );
    expect(refusals[0]).toMatchObject({ reason: 'sign_in_refused' });
    expect(refusals[1]).toEqual(refusals[0]);
    expect(kept.proof).toBeNull();
  });

  test('is told how long to wait after too many wrong tries', async () => {
    const { pass } = await openGuestPage({ key: null });
    const tries = Array.from({ length: 11 }, () => pass.enterCode('wrong').catch((error: unknown) => error));
    const refused = await Promise.all(tries);
    expect(refused.at(-1)).toMatchObject({ reason: 'too_many_tries', retryAfterMs: expect.any(Number) as number });
  });

  test('is told when the station does not answer', async () => {
    const { pass } = await openGuestPage({ key: null });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(pass.signIn('Anna', password)).rejects.toMatchObject({ reason: 'unreachable' });
    expect(pass.shutOut).toBeNull();
  });

  test('gets one new token before the old one ends, however many ask at once', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const { client, refresh } = await openUserPage();
    await client.state();
    expect(refresh).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(14 * 60_000 + 1);
    await Promise.all([client.state(), client.webrtcConfig(), client.state()]);
    expect(refresh).toHaveBeenCalledTimes(2);
  });

  test('needs no second sign-in after a reload', async () => {
    const { client } = await openUserPage();
    expect(await client.me()).toMatchObject({ name: 'Anna' });
  });

  test('is shut out when the sign-in ends at the station, and the page asks nothing more', async () => {
    const { client, pass, guard, userId } = await openUserPage();
    await guard.admin.changeUser(userId, { isDisabled: true });
    await expect(client.state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(pass.shutOut).toBe('sign_in_ended');
    const requests = watchRequests();
    await expect(client.state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(requests).toEqual([]);
  });

  test('stays in when guest links end, because the door may open again', async () => {
    const { pass } = await openUserPage();
    pass.linkEnded();
    expect(pass.shutOut).toBeNull();
  });

  test('signs out here and at the station', async () => {
    const { client, pass, kept, door } = await openUserPage();
    const { proof } = kept;
    await client.state();
    await pass.signOut();
    expect(pass.shutOut).toBe('signed_out');
    expect(pass.headers).toEqual({});
    expect(kept.proof).toBeNull();
    await expect(client.state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    const baseUrl = new URL(door.url);
    const again = new AccessPass(baseUrl, keeperOf({ proof }));
    await expect(new HttpClient(baseUrl, again).state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(again.shutOut).toBe('sign_in_ended');
  });

  test('is out at once where the station can’t be told', async () => {
    const { pass, kept } = await openUserPage();
    vi.spyOn(console, 'debug').mockReturnValue();
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await pass.signOut();
    expect(pass.shutOut).toBe('signed_out');
    expect(kept.proof).toBeNull();
  });

  test('who comes next is not shut out by an answer to who was here before', async () => {
    const { client, pass, link, guard, userId } = await openUserPage();
    await guard.admin.changeUser(userId, { isDisabled: true });
    const late = expect(client.state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    await pass.signOut();
    await pass.enterCode(link.key);
    await late;
    expect(pass.shutOut).toBeNull();
    expect(await client.me()).toMatchObject({ kind: 'guest' });
  });
});

describe('A code', () => {
  test('that is typed lets a guest in as the link does, and is not needed again; a wrong one does not', async () => {
    const { client, pass, link, kept } = await openGuestPage({ key: null });
    await expect(pass.enterCode('wrong')).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(kept.proof).toBeNull();
    await pass.enterCode(link.code);
    expect(await client.me()).toMatchObject({ kind: 'guest', role: 'viewer' });
    expect(kept.proof).toEqual({ kind: 'guest', key: link.key });
  });
});

describe('Whoever comes in', () => {
  test('is not told that the station is away by what was known to who was here before', async () => {
    vi.spyOn(console, 'debug').mockReturnValue();
    const { client } = await openGuestPage();
    const send = vi.fn(() => Promise.reject(new TypeError('Failed to fetch')));
    vi.stubGlobal('fetch', send);
    const leave = client.onState(() => undefined);
    await expect.poll(() => send.mock.calls.length).toBeGreaterThan(0);
    vi.unstubAllGlobals();
    await expect(client.state()).rejects.toMatchObject({ reason: 'unreachable' });
    leave();
    const told = new Promise((resolve) => onTestFinished(client.onState(resolve)));
    expect(await told).toEqual(sampleState());
    expect(await client.state()).toEqual(sampleState());
  });
});

describe('A page without a guest link', () => {
  test('is told so where the station asks for one', async () => {
    const { client, pass } = await openGuestPage({ key: null });
    await expect(client.state()).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(pass.shutOut).toBe('no_link');
  });

  test('is in with one, too, where nobody is asked', async () => {
    const door = await openDoor();
    const kept: { proof: Proof | null } = { proof: { kind: 'guest', key: 'of-another-door' } };
    const baseUrl = new URL(door.url);
    const client = new HttpClient(baseUrl, new AccessPass(baseUrl, keeperOf(kept)));
    expect(await client.state()).toEqual(sampleState());
    expect(kept.proof).toBeNull();
  });

  test('needs none on the station’s own machine', async () => {
    const requests = watchRequests();
    const door = await openDoor();
    const client = new HttpClient(new URL(door.url));
    expect(await client.state()).toEqual(sampleState());
    expect(requests).toHaveLength(1);
    expect(await client.me()).toBeNull();
  });
});
