import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, SignJWT } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Colleagues } from '../../src/main/access/colleagues.ts';
import { mayDo } from '../../src/main/access/rights.ts';
import { lentAudience } from '../../src/main/access/ticket-claims.ts';
import { Tickets } from '../../src/main/directory/tickets.ts';
import { rights } from '../../src/shared/access.ts';
import type { DirectoryAsker } from '../../src/shared/directory.ts';
import { admin, anna, openLab, program } from '../directory/lab.ts';

const log = pino({ level: 'silent' });
const nowMs = Date.UTC(2026, 6, 1, 8);
const minuteMs = 60_000;
const address = '192.0.2.9';
const forAnna = { station: 'bench', user: 'Anna', role: 'viewer', streams: 'all' } as const;

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eyepiece-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A directory's key, and a station called `bench` there that trusts it. */
async function openPair() {
  const folder = newFolder();
  const tickets = await Tickets.open(folder);
  const trust = { name: 'Lab', url: 'https://192.0.2.1:8081', publicKey: tickets.publicKey, station: 'bench' };
  return { folder, tickets, colleagues: new Colleagues([trust], log) };
}

const nameOf = async (colleagues: Colleagues, ticket: string): Promise<string | null> =>
  (await colleagues.callerOf(ticket, address))?.name ?? null;

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: nowMs }));
afterEach(() => void vi.useRealTimers());

describe('A ticket', () => {
  test('lets in at its station as often as it is shown, until a quarter of an hour has passed', async () => {
    const { tickets, colleagues } = await openPair();
    const { token } = await tickets.issue(forAnna);
    const caller = await colleagues.callerOf(token, address);
    expect(caller).toMatchObject({ kind: 'colleague', name: 'Anna', address });
    vi.setSystemTime(nowMs + 15 * minuteMs - 1);
    expect(caller?.standing()).toMatchObject({ role: 'viewer', streams: 'all' });
    expect(await nameOf(colleagues, token)).toBe('Anna');
    vi.setSystemTime(nowMs + 15 * minuteMs);
    expect(caller?.standing()).toBeNull();
    expect(await nameOf(colleagues, token)).toBeNull();
  });

  test('ends with the booking that it was given for', async () => {
    const { tickets, colleagues } = await openPair();
    const { token } = await tickets.issue({ ...forAnna, bookingUntilMs: nowMs + 4 * minuteMs });
    const caller = await colleagues.callerOf(token, address);
    vi.setSystemTime(nowMs + 4 * minuteMs - 1);
    expect(caller?.standing()).not.toBeNull();
    vi.setSystemTime(nowMs + 4 * minuteMs);
    expect(caller?.standing()).toBeNull();
  });

  test('that is newer lets go on what was opened with the one before, with the rights that it says', async () => {
    const { tickets, colleagues } = await openPair();
    const caller = await colleagues.callerOf((await tickets.issue({ ...forAnna, role: 'operator' })).token, address);
    vi.setSystemTime(nowMs + 10 * minuteMs);
    await colleagues.callerOf((await tickets.issue({ ...forAnna, streams: ['one'] })).token, address);
    vi.setSystemTime(nowMs + 20 * minuteMs);
    expect(caller?.standing()).toMatchObject({ role: 'viewer', streams: ['one'] });
  });

  test('for another station lets nobody in', async () => {
    const { tickets, colleagues } = await openPair();
    expect(await nameOf(colleagues, (await tickets.issue({ ...forAnna, station: 'other' })).token)).toBeNull();
  });

  test('of a directory that the station does not trust lets nobody in, even under the name of one that it does', async () => {
    const { tickets, colleagues } = await openPair();
    const stranger = await Tickets.open(newFolder());
    const strange = await stranger.issue(forAnna);
    expect(await nameOf(colleagues, strange.token)).toBeNull();
    const { privateKey } = generateKeyPairSync('ed25519');
    const claims = decodeJwt((await tickets.issue(forAnna)).token);
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);
    expect(await nameOf(colleagues, forged)).toBeNull();
  });

  test('does not choose how it is checked', async () => {
    const { tickets, colleagues } = await openPair();
    const [, claims = ''] = (await tickets.issue(forAnna)).token.split('.');
    const encode = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url');
    const signed = (header: object, key: string | Buffer) => {
      const text = `${encode(header)}.${claims}`;
      return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
    };
    const { publicKey } = tickets;
    const tricks = [
      `${encode({ alg: 'none' })}.${claims}.`,
      signed({ alg: 'HS256' }, publicKey.x),
      signed({ alg: 'HS256' }, Buffer.from(publicKey.x, 'base64url')),
      signed({ alg: 'HS256' }, JSON.stringify(publicKey)),
      signed({ alg: 'EdDSA', jwk: publicKey }, publicKey.x),
    ];
    for (const trick of tricks) expect([trick, await nameOf(colleagues, trick)]).toEqual([trick, null]);
    expect(await nameOf(colleagues, 'no.token.atall')).toBeNull();
  });

  test('that says of itself to last longer than a quarter of an hour, or to be of tomorrow, lets nobody in', async () => {
    const { folder, tickets, colleagues } = await openPair();
    const { d } = JSON.parse(readFileSync(join(folder, 'directory-key.json'), 'utf8')) as { d: string };
    const signedWith = async (change: object) =>
      new SignJWT({ ...decodeJwt((await tickets.issue(forAnna)).token), ...change })
        .setProtectedHeader({ alg: 'EdDSA' })
        .sign({ kty: 'OKP', crv: 'Ed25519', x: tickets.publicKey.x, d });
    const nowS = nowMs / 1_000;
    expect(await nameOf(colleagues, await signedWith({}))).toBe('Anna');
    expect(await nameOf(colleagues, await signedWith({ exp: nowS + 3_600 }))).toBeNull();
    expect(await nameOf(colleagues, await signedWith({ iat: nowS + 86_400, exp: nowS + 86_500 }))).toBeNull();
    expect(await nameOf(colleagues, await signedWith({ role: 'owner' }))).toBeNull();
  });

  test.each([
    ['nobody', ' '],
    ['a name that reads the other way round', 'Anna\u202Enimda'],
    ['a name of two lines', 'Anna\nadmin'],
  ])('whose name the operator could not trust his eyes with lets nobody in: %s', async (_what, user) => {
    const { tickets, colleagues } = await openPair();
    expect(await nameOf(colleagues, (await tickets.issue({ ...forAnna, user })).token)).toBeNull();
  });

  test('of somebody who was sent away is worth nothing for an hour, however new it is', async () => {
    const { tickets, colleagues } = await openPair();
    const caller = await colleagues.callerOf((await tickets.issue(forAnna)).token, address);
    caller?.dismiss();
    expect(caller?.standing()).toBeNull();
    vi.setSystemTime(nowMs + 59 * minuteMs);
    expect(await nameOf(colleagues, (await tickets.issue(forAnna)).token)).toBeNull();
    expect(await nameOf(colleagues, (await tickets.issue({ ...forAnna, user: 'Ben' })).token)).toBe('Ben');
    vi.setSystemTime(nowMs + 60 * minuteMs);
    expect(await nameOf(colleagues, (await tickets.issue(forAnna)).token)).toBe('Anna');
  });

  test('of a program makes nobody of whoever else is called as it is, and is of nobody to talk with', async () => {
    const { desk, tickets } = await openLab();
    const trust = { name: 'Lab', url: 'https://192.0.2.1:8081', publicKey: tickets.publicKey, station: 'bench' };
    const colleagues = new Colleagues([trust], log);
    const at = { webrtc_url: 'https://192.0.2.7:8081', rtsp_url: null, access: 'open' } as const;
    await desk.of(admin).addStation({ id: 'bench', name: 'Bench', type: 'microscope', ...at });
    const comes = async (asker: DirectoryAsker) => {
      vi.setSystemTime(Date.now() + 1_000);
      return colleagues.callerOf((await desk.of(asker).connect({ robot_id: 'bench' })).ticket, address);
    };
    const callers = [
      await comes(anna),
      await comes({ ...program, name: 'Anna', door: trust.url }),
      await comes({ ...admin, name: 'Anna', user: null }),
    ];
    expect(callers.map((caller) => [caller?.name, caller?.standing()?.role, caller?.directory?.name])).toEqual([
      ['Anna', 'viewer', 'Lab'],
      ['Anna', 'operator', undefined],
      ['Anna', 'admin', undefined],
    ]);
  });

  test('makes nobody an admin of the station, whatever somebody is elsewhere', () => {
    const may = rights.filter((right) => mayDo({ role: 'admin', streams: 'all' }, right, 'colleague'));
    expect(may).toContain('watch');
    for (const right of ['publish', 'change_settings', 'manage_access', 'manage_directory']) {
      expect(may).not.toContain(right);
    }
  });
});

describe('A directory that the station joins or leaves while it runs', () => {
  const trustIn = ({ publicKey }: Tickets, station = 'bench') => ({
    name: 'Lab',
    url: 'https://192.0.2.1:8081',
    publicKey,
    station,
  });

  test('sends colleagues in from then on, and the others stay', async () => {
    const { tickets, colleagues } = await openPair();
    const second = await Tickets.open(newFolder());
    const there = await colleagues.callerOf((await tickets.issue(forAnna)).token, address);
    expect(await nameOf(colleagues, (await second.issue(forAnna)).token)).toBeNull();
    colleagues.trust([trustIn(tickets), trustIn(second)]);
    expect(await nameOf(colleagues, (await second.issue(forAnna)).token)).toBe('Anna');
    expect(there?.standing()).toMatchObject({ role: 'viewer' });
  });

  test('has nobody here any more at once, and what it said of who is due is forgotten', async () => {
    const { tickets, colleagues } = await openPair();
    const second = await Tickets.open(newFolder());
    colleagues.trust([trustIn(tickets), trustIn(second)]);
    const due = { user: 'Anna', fromMs: nowMs, untilMs: nowMs + minuteMs, timeZone: 'Europe/Berlin' };
    const own = { station: 'bench', user: null, role: 'viewer', streams: [], due } as const;
    await colleagues.callerOf((await tickets.issue(own)).token, address);
    const [gone, stays] = await Promise.all(
      [tickets, second].map(async (each) => colleagues.callerOf((await each.issue(forAnna)).token, address)),
    );
    colleagues.trust([trustIn(second)]);
    expect([gone?.standing(), stays?.standing()]).toMatchObject([null, { role: 'viewer' }]);
    expect(await nameOf(colleagues, (await tickets.issue(forAnna)).token)).toBeNull();
    expect(colleagues.due()).toBeNull();
    expect(colleagues.isOfDirectory('https://192.0.2.1:8081')).toBe(true);
    colleagues.trust([]);
    expect([stays?.standing(), colleagues.isOfDirectory('https://192.0.2.1:8081')]).toEqual([null, false]);
  });

  test('that calls the station otherwise from now on has nobody here by its old id', async () => {
    const { tickets, colleagues } = await openPair();
    const caller = await colleagues.callerOf((await tickets.issue(forAnna)).token, address);
    colleagues.trust([trustIn(tickets, 'other')]);
    expect(caller?.standing()).toBeNull();
    expect(await nameOf(colleagues, (await tickets.issue(forAnna)).token)).toBeNull();
    expect(await nameOf(colleagues, (await tickets.issue({ ...forAnna, station: 'other' })).token)).toBe('Anna');
  });

  test('leaves those alone who are here for what this station’s own directory lends', async () => {
    const { tickets: own } = await openPair();
    const colleagues = new Colleagues([], log);
    colleagues.takeBorrowers({ name: 'Lab', publicKey: own.publicKey }, () => true);
    const lent = await own.issue({ ...forAnna, station: lentAudience, streams: ['cam'] });
    const borrower = await colleagues.callerOf(lent.token, address);
    colleagues.trust([]);
    expect(borrower?.standing()).not.toBeNull();
  });
});

test('The directory’s own ticket tells who is due, until that is over', async () => {
  const { tickets, colleagues } = await openPair();
  expect(colleagues.due()).toBeNull();
  const due = { user: 'Anna', fromMs: nowMs + minuteMs, untilMs: nowMs + 2 * minuteMs, timeZone: 'Europe/Berlin' };
  const own = { station: 'bench', user: null, role: 'viewer', streams: [], due } as const;
  await colleagues.callerOf((await tickets.issue(own)).token, address);
  expect(colleagues.due()).toEqual(due);
  // A directory of before, which did not tell its zone.
  const older = { ...due, timeZone: null };
  await colleagues.callerOf((await tickets.issue({ ...own, due: older })).token, address);
  expect(colleagues.due()).toEqual(older);
  await colleagues.callerOf((await tickets.issue(own)).token, address);
  await colleagues.callerOf((await tickets.issue(forAnna)).token, address);
  expect(colleagues.due()).toEqual(due);
  vi.setSystemTime(nowMs + 2 * minuteMs);
  expect(colleagues.due()).toBeNull();
});

describe('The key of a directory', () => {
  test('is made once and is for its owner only', async () => {
    const folder = newFolder();
    const first = await Tickets.open(folder);
    expect((await Tickets.open(folder)).publicKey).toEqual(first.publicKey);
    expect(statSync(join(folder, 'directory-key.json')).mode & 0o777).toBe(0o600);
    expect(Object.keys(first.publicKey)).not.toContain('d');
  });

  test('that can’t be read is not replaced by another one, which no station would know', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'directory-key.json'), '{"kty":"OKP"}');
    await expect(Tickets.open(folder)).rejects.toThrow('directory-key.json holds no key of a directory.');
    expect(readFileSync(join(folder, 'directory-key.json'), 'utf8')).toBe('{"kty":"OKP"}');
  });
});
