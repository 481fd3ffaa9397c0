import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Colleagues } from '../../src/main/access/colleagues.ts';
import { Tickets, type TicketWish } from '../../src/main/directory/tickets.ts';
import type * as SecretHash from '../../src/main/secret-hash.ts';
import { callProtocol, type CallsState } from '../../src/shared/calls.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { fixedSettings, openGuardedDoor } from '../support/guarded-door.ts';
import { joined, offer, openPage, openSocket, post, refusedUpgrade, signIn } from './call-people.ts';
import { call, problemIn } from './door.ts';

// What makes a hash slow is not looked at here, and tests sign people in.
vi.mock('../../src/main/secret-hash.ts', async (original) => {
  const real = await original<typeof SecretHash>();
  return { ...real, hashSecret: (secret: string) => real.hashSecret(secret, { N: 1_024, r: 1, p: 1 }) };
});

const log = pino({ level: 'silent' });
const minuteMs = 60_000;
const nowMs = Date.UTC(2026, 6, 1, 8);
/** Where the pages of the first directory come from. */
const origin = 'https://192.0.2.1:8081';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: nowMs }));
afterEach(() => void vi.useRealTimers());

async function openDirectory(): Promise<Tickets> {
  const folder = mkdtempSync(join(tmpdir(), 'eyepiece-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return Tickets.open(folder);
}

/** A station called `bench` in two directories that it trusts, with somebody at its own screen. */
async function openBench() {
  const [near, far] = [await openDirectory(), await openDirectory()];
  const trusted = { station: 'bench', url: origin };
  const colleagues = new Colleagues(
    [
      { ...trusted, name: 'Lab', publicKey: near.publicKey },
      { ...trusted, name: 'Annex', publicKey: far.publicKey },
    ],
    log,
  );
  const lab = { colleagues, allowedOrigins: [origin] };
  const opened = await openGuardedDoor(fakeStation(), log, null, {}, fixedSettings, lab);
  onTestFinished(() => opened.close());
  let seen: CallsState | null = null;
  onTestFinished(opened.calls.station.onCalls((state) => (seen = state)));
  const ticketOf = async (tickets: Tickets, wish: Partial<TicketWish> = {}) => {
    const whole = { station: 'bench', user: 'Anna', role: 'viewer', streams: 'all', ...wish } as const;
    const { token } = await tickets.issue(whole);
    return { token, headers: { authorization: `Bearer ${token}` } };
  };
  return { ...opened, near, far, ticketOf, seen: () => seen };
}

type Bench = Awaited<ReturnType<typeof openBench>>;

/** Anna has called the station, which has accepted. @param wish What her ticket says. */
async function talk(wish: Partial<TicketWish> = {}) {
  const bench = await openBench();
  const anna = await bench.ticketOf(bench.near, wish);
  await post(bench.door, '/calls/initiate', anna.headers, { callee: 'station' });
  const callId = bench.seen()?.call?.callId ?? '';
  bench.calls.station.accept(callId);
  return { bench, anna, callId };
}

/** Two of the station's own users are in a call. @returns The end of one of them. */
async function usersTalk(bench: Bench) {
  const { door } = bench;
  const [cora, dora] = [await signIn(bench, 'Cora'), await signIn(bench, 'Dora')];
  const page = await openPage(door, dora.headers);
  await post(door, '/calls/initiate', cora.headers, { callee: 'user:Dora' });
  await expect.poll(() => page()?.call?.kind).toBe('pending');
  const callId = page()?.call?.callId ?? '';
  await post(door, `/calls/accept/${callId}`, dora.headers);
  return { refreshToken: cora.refreshToken, end: await joined(door, callId, cora.token) };
}

const namesIn = (state: CallsState | null | undefined) => state?.people.map(({ name, directory }) => [name, directory]);
const activeOf = async ({ door }: Bench, headers: Record<string, string>) =>
  JSON.parse((await call(door, { path: '/calls/active', headers })).text) as CallsState;

describe('A colleague', () => {
  it('finds whoever is at the station, who sees the name and the directory and can call back', async () => {
    const bench = await openBench();
    const page = await openPage(bench.door, (await bench.ticketOf(bench.near)).headers);
    await expect.poll(() => page()?.people.map(({ id }) => id)).toEqual(['station']);
    expect(namesIn(bench.seen())).toEqual([['Anna', 'Lab']]);
    const [person] = bench.seen()?.people ?? [];
    bench.calls.station.initiate(person?.id ?? '');
    await expect.poll(() => page()?.call).toMatchObject({ kind: 'pending', caller: { id: 'station' } });
  });

  it('and the station’s users do not meet, whatever the role of either', async () => {
    const bench = await openBench();
    const berta = await signIn(bench, 'Berta', 'admin');
    const pageOfBerta = await openPage(bench.door, berta.headers);
    const anna = await bench.ticketOf(bench.near, { role: 'admin' });
    const pageOfAnna = await openPage(bench.door, anna.headers);
    await expect.poll(() => pageOfAnna()?.people.map(({ id }) => id)).toEqual(['station']);
    expect(pageOfBerta()?.people.map(({ id }) => id)).toEqual(['station']);
    const refused = await post(bench.door, '/calls/initiate', anna.headers, { callee: 'user:Berta' });
    expect(problemIn(refused)).toMatchObject({ status: 403, code: 'not_allowed' });
    const callee = bench.seen()?.people.find(({ kind }) => kind === 'colleague')?.id;
    expect(callee).toBeDefined();
    const missed = await post(bench.door, '/calls/initiate', berta.headers, { callee });
    expect(problemIn(missed)).toMatchObject({ status: 409, code: 'peer_unavailable' });
  });

  it('is nobody else: neither the station’s own user of that name nor that of another directory', async () => {
    const { bench, anna, callId } = await talk();
    const others = [await bench.ticketOf(bench.far), await signIn(bench, 'Anna', 'admin')];
    for (const { headers, token } of others) {
      expect((await activeOf(bench, headers)).call).toBeNull();
      const ended = await post(bench.door, `/calls/end/${callId}`, headers);
      expect(problemIn(ended)).toMatchObject({ status: 404, code: 'unknown_call' });
      const third = await refusedUpgrade(bench.door, `/ws/webrtc/${callId}`, { authorization: `Bearer ${token}` });
      expect(problemIn(third)).toMatchObject({ status: 404, code: 'unknown_call' });
    }
    expect((await activeOf(bench, anna.headers)).call).toMatchObject({ status: 'ongoing' });
  });

  it.each<[string, Partial<TicketWish>]>([
    ['directory that only asks how the station is', { user: null }],
    ['program of a directory', { holder: 'machine' }],
  ])('is no %s', async (_what, wish) => {
    const bench = await openBench();
    const { headers } = await bench.ticketOf(bench.near, wish);
    const refused = await post(bench.door, '/calls/initiate', headers, { callee: 'station' });
    expect(problemIn(refused)).toMatchObject({ status: 403, code: 'not_allowed' });
    await openPage(bench.door, headers);
    expect(bench.seen()?.people).toEqual([]);
  });
});

describe('The socket of a colleague’s call', () => {
  it('takes the ticket as it takes other tokens, on a page of the directory and on no other', async () => {
    const { bench, anna, callId } = await talk();
    const heard: unknown[] = [];
    bench.calls.station.join(callId, (notice) => heard.push(notice));
    const end = await joined(bench.door, callId, anna.token, { origin });
    end.send(offer);
    await expect.poll(() => heard.at(-1)).toEqual(offer);
    await joined(bench.door, callId, null, { headers: anna.headers });
    const late = openSocket(bench.door, callId, null, { origin });
    await once(late.socket, 'open');
    late.send({ type: 'auth', token: anna.token });
    await expect.poll(() => late.heard[0]?.type).toBe('joined');
    const elsewhere = { ...anna.headers, origin: 'https://192.0.2.1:8082' };
    const refused = await refusedUpgrade(bench.door, `/ws/webrtc/${callId}`, elsewhere);
    expect(problemIn(refused)).toMatchObject({ status: 403, code: 'origin_denied' });
  });

  it('takes the longest ticket that a directory gives', async () => {
    const streams = Array.from({ length: 64 }, (_, at) => `${at}`.padEnd(64, 's'));
    const { bench, anna, callId } = await talk({ streams });
    await joined(bench.door, callId, anna.token, { protocols: [callProtocol, `bearer.${anna.token}`] });
    const late = openSocket(bench.door, callId, null);
    await once(late.socket, 'open');
    late.send({ type: 'auth', token: anna.token });
    await expect.poll(() => late.heard[0]?.type).toBe('joined');
  });

  it('ends with the ticket, and the call with it', async () => {
    const { bench, anna, callId } = await talk();
    const end = await joined(bench.door, callId, anna.token);
    vi.setSystemTime(nowMs + 15 * minuteMs);
    expect(await end.closed).toBe(1000);
    expect(end.heard.at(-1)).toEqual({ type: 'ended', why: 'access_ended' });
    const asked = await refusedUpgrade(bench.door, `/ws/webrtc/${callId}`, anna.headers);
    expect(problemIn(asked)).toMatchObject({ status: 401, code: 'sign_in_needed' });
    expect(bench.seen()?.call).toMatchObject({ kind: 'ended', why: 'access_ended' });
  });

  it('can’t be closed to keep the call, and the sound that goes past the station, beyond the ticket', async () => {
    const { bench, anna, callId } = await talk();
    bench.calls.station.join(callId, () => undefined);
    const end = await joined(bench.door, callId, anna.token);
    end.socket.close();
    await end.closed;
    expect(bench.seen()?.call?.kind).toBe('ongoing');
    vi.setSystemTime(nowMs + 15 * minuteMs);
    const over = { kind: 'ended', why: 'access_ended', by: bench.seen()?.call?.caller.id };
    await expect.poll(() => bench.seen()?.call, { timeout: 5_000 }).toMatchObject(over);
  });

  it('ends with the booking', async () => {
    const { bench, anna, callId } = await talk({ bookingUntilMs: nowMs + 2 * minuteMs });
    const end = await joined(bench.door, callId, anna.token);
    vi.setSystemTime(nowMs + 2 * minuteMs);
    expect(await end.closed).toBe(1000);
    expect(end.heard.at(-1)).toEqual({ type: 'ended', why: 'access_ended' });
  });

  it('outlives its ticket where the station has been shown another one', async () => {
    const { bench, anna, callId } = await talk();
    const heard: unknown[] = [];
    bench.calls.station.join(callId, (notice) => heard.push(notice));
    const end = await joined(bench.door, callId, anna.token);
    const users = await usersTalk(bench);
    vi.setSystemTime(nowMs + 14 * minuteMs);
    const next = await bench.ticketOf(bench.near);
    expect((await call(bench.door, { path: '/api/me', headers: next.headers })).status).toBe(200);
    vi.setSystemTime(nowMs + 16 * minuteMs);
    // The station looks at all sockets at a time, and by now has found this one without a right.
    bench.guard.access.signOut(users.refreshToken);
    expect(await users.end.closed).toBe(1000);
    end.send(offer);
    await expect.poll(() => heard.at(-1)).toEqual(offer);
    const stale = await refusedUpgrade(bench.door, `/ws/webrtc/${callId}`, anna.headers);
    expect(problemIn(stale)).toMatchObject({ status: 401, code: 'sign_in_needed' });
    await joined(bench.door, callId, next.token);
    expect(await end.closed).toBe(4410);
  });
});
