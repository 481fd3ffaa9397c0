import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openAccessFile } from '../../src/main/access/access-file.ts';
import type { Certificate } from '../../src/main/access/certificates.ts';
import { NetworkSharing, type NetworkSharingParts } from '../../src/main/access/sharing.ts';
import type { Access } from '../../src/main/access/rights.ts';
import { Tokens } from '../../src/main/access/tokens.ts';
import { openHttpDoor } from '../../src/main/http/server.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { fixedSettings } from '../support/guarded-door.ts';
import { usualWish } from '../support/guarded-door.ts';

vi.mock('node:os', { spy: true });

const halfADayMs = 12 * 3_600_000;
const lan = {
  eth0: [{ address: '192.168.4.20', family: 'IPv4', internal: false, mac: '', netmask: '', cidr: null }],
} satisfies ReturnType<typeof os.networkInterfaces>;

afterEach(() => {
  vi.useRealTimers();
  vi.mocked(os.networkInterfaces).mockRestore();
});

/** A sharing whose doors are noted down, not opened. */
function openSharing(parts: Partial<NetworkSharingParts> = {}) {
  vi.mocked(os.networkInterfaces).mockReturnValue(lan);
  const events: string[] = [];
  const accesses: Access[] = [];
  let opened = 0;
  const dataDir = mkdtempSync(join(os.tmpdir(), 'eyepiece-'));
  const sharing = new NetworkSharing({
    station: fakeStation(),
    openFile: () => openAccessFile(dataDir),
    certificate: () => Promise.resolve(null),
    openDoor: (_host, { access }) => {
      opened += 1;
      const name = `door ${opened}`;
      events.push(`${name} opens`);
      accesses.push(access);
      return Promise.resolve({
        port: 8081,
        useCertificate: ({ fingerprint }) => events.push(`${name} shows ${fingerprint}`),
        close: () => {
          events.push(`${name} closes`);
          return Promise.resolve();
        },
      });
    },
    setShared: (isShared) => {
      events.push(isShared ? 'shared' : 'not shared');
      return Promise.resolve();
    },
    tokens: new Tokens('run-1'),
    log: pino({ level: 'silent' }),
    ...parts,
  });
  onTestFinished(async () => {
    await sharing.close();
    rmSync(dataDir, { recursive: true });
  });
  return { sharing, events, accesses };
}

const keyIn = (link: string | undefined): string =>
  /^http:\/\/192\.168\.4\.20:8081\/#guest=([\w-]{22})$/.exec(link ?? '')?.[1] ?? '';

function linksOf(sharing: NetworkSharing): readonly string[] {
  const state = sharing.state();
  return state.kind === 'on' ? state.links : [];
}

describe('Sharing on the network', () => {
  test('is off until somebody turns it on, and again after it is turned off', async () => {
    const { sharing, events } = openSharing();
    expect(sharing.state()).toEqual({ kind: 'off' });
    await sharing.start(usualWish);
    expect(sharing.state()).toMatchObject({ kind: 'on' });
    expect(linksOf(sharing).map(keyIn)).toEqual([expect.stringMatching(/^.{22}$/)]);
    await sharing.stop();
    await sharing.stop();
    expect(sharing.state()).toEqual({ kind: 'off' });
    expect(events).toEqual(['door 1 opens', 'shared', 'door 1 closes', 'not shared']);
  });

  test('ends by itself after twelve hours, as the screen says', async () => {
    vi.useFakeTimers();
    const { sharing, events } = openSharing();
    await sharing.start(usualWish);
    expect(sharing.state()).toMatchObject({ expiresAtMs: Date.now() + halfADayMs });
    await vi.advanceTimersByTimeAsync(halfADayMs - 1_000);
    expect(sharing.state().kind).toBe('on');
    await vi.advanceTimersByTimeAsync(31_000);
    expect(sharing.state().kind).toBe('off');
    expect(events.slice(2)).toEqual(['door 1 closes', 'not shared']);
  });

  test('opens what somebody wished, for as long', async () => {
    const { sharing } = openSharing();
    await sharing.start({ streams: ['bench'], lastsHours: 1 });
    const state = sharing.state();
    expect(state).toMatchObject({ streams: ['bench'], code: expect.stringMatching(/^\w{4}-\w{4}$/) as string });
    expect(state.kind === 'on' && state.expiresAtMs - Date.now()).toBeGreaterThan(3_590_000);
    expect(state.kind === 'on' && state.expiresAtMs - Date.now()).toBeLessThanOrEqual(3_600_000);
  });

  test('ends in time on a machine that slept over the end', async () => {
    vi.useFakeTimers();
    const { sharing } = openSharing();
    await sharing.start(usualWish);
    // Timers stand still while a machine sleeps, and its clock does not.
    vi.setSystemTime(Date.now() + halfADayMs);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(sharing.state().kind).toBe('off');
  });

  test('ends in time on a machine whose clock was set back', async () => {
    vi.useFakeTimers();
    const { sharing } = openSharing();
    await sharing.start(usualWish);
    vi.setSystemTime(Date.now() - halfADayMs);
    await vi.advanceTimersByTimeAsync(halfADayMs - 1_000);
    expect(sharing.state().kind).toBe('on');
    await vi.advanceTimersByTimeAsync(31_000);
    expect(sharing.state().kind).toBe('off');
  });

  test('makes a new link each time, with which the one before ends', async () => {
    const { sharing, events, accesses } = openSharing();
    await sharing.start(usualWish);
    const first = keyIn(linksOf(sharing)[0]);
    await sharing.start(usualWish);
    const second = keyIn(linksOf(sharing)[0]);
    expect(second).not.toBe(first);
    expect(events).toEqual(['door 1 opens', 'shared', 'door 1 closes', 'not shared', 'door 2 opens', 'shared']);
    await expect(accesses[1]?.exchangeKey(first, '192.168.4.7')).rejects.toMatchObject({ reason: 'sign_in_needed' });
    const before = await accesses[0]?.exchangeKey(first, '192.168.4.7');
    if (!before || 'waitMs' in before) throw new Error('The first key was refused at its own door.');
    expect(await accesses[1]?.callerOf(before.token, '192.168.4.7')).toBeNull();
  });

  test('never has two doors open, however fast somebody presses', async () => {
    const { sharing, events } = openSharing();
    await Promise.all([sharing.start(usualWish), sharing.start(usualWish), sharing.stop(), sharing.start(usualWish)]);
    const doors = events.filter((event) => event.startsWith('door')).map((event) => event.split(' ')[2]);
    expect(doors).toEqual(['opens', 'closes', 'opens', 'closes', 'opens']);
  });

  test('is refused on a machine that is on no network', async () => {
    const { sharing, events } = openSharing();
    vi.mocked(os.networkInterfaces).mockReturnValue({});
    await expect(sharing.start(usualWish)).rejects.toMatchObject({
      reason: 'cannot_share',
      message: 'This machine is on no network.',
    });
    expect(events).toEqual([]);
  });

  test('is refused where the port is taken, and possible when it is free again', async () => {
    const other = createServer().listen(0, '::');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { sharing } = openSharing({
      openDoor: async (host, { access, admin }) => ({
        ...(await openHttpDoor({
          station: fakeStation(),
          // Nothing but this machine shall reach what a test opens.
          host: host === '::' ? '::1' : '127.0.0.1',
          port,
          assetsDir: null,
          allowedOrigins: [],
          guard: { access, admin, settings: fixedSettings },
          log: pino({ level: 'silent' }),
        })),
        useCertificate: () => undefined,
      }),
    });
    await expect(sharing.start(usualWish)).rejects.toMatchObject({ reason: 'cannot_share' });
    expect(sharing.state()).toEqual({ kind: 'off' });
    other.close();
    await once(other, 'close');
    await sharing.start(usualWish);
    expect(sharing.state().kind).toBe('on');
  });

  test('goes without IPv6 where it is switched off', async () => {
    const hosts: string[] = [];
    const { sharing } = openSharing({
      openDoor: (host) => {
        hosts.push(host);
        if (host === '::') return Promise.reject(Object.assign(new Error('no IPv6'), { code: 'EAFNOSUPPORT' }));
        return Promise.resolve({ port: 8081, useCertificate: () => undefined, close: () => Promise.resolve() });
      },
    });
    await sharing.start(usualWish);
    expect(hosts).toEqual(['::', '0.0.0.0']);
  });

  test('ends with the station, and does not begin again', async () => {
    const { sharing, events } = openSharing();
    await sharing.start(usualWish);
    await sharing.close();
    expect(events.slice(2)).toEqual(['door 1 closes', 'not shared']);
    await expect(sharing.start(usualWish)).rejects.toMatchObject({ reason: 'closing' });
  });

  test('can be told from another one by the fingerprint of its door', async () => {
    const certificate = { certPem: '', keyPem: '', fingerprint: 'AB:CD' };
    const { sharing } = openSharing({ certificate: () => Promise.resolve(certificate) });
    await sharing.start(usualWish);
    expect(sharing.state()).toMatchObject({ kind: 'on', fingerprint: 'AB:CD' });
    expect(linksOf(sharing)[0]).toMatch(/^https:/);
  });

  test('takes a certificate that was replaced within the hour, without closing the door', async () => {
    vi.useFakeTimers();
    let certificate: Certificate = { certPem: '', keyPem: '', fingerprint: 'AB:CD' };
    const { sharing, events } = openSharing({ certificate: () => Promise.resolve(certificate) });
    await sharing.start(usualWish);
    certificate = { ...certificate, fingerprint: 'EF:01' };
    await vi.advanceTimersByTimeAsync(3_660_000);
    expect(events).toEqual(['door 1 opens', 'shared', 'door 1 shows EF:01']);
    expect(sharing.state()).toMatchObject({ fingerprint: 'EF:01' });
  });

  test('is refused where the file of users can’t be used, and says so', async () => {
    const { sharing, events } = openSharing({ openFile: () => openAccessFile('/dev/null/nowhere') });
    await expect(sharing.start(usualWish)).rejects.toMatchObject({
      reason: 'cannot_share',
      message: expect.stringContaining('access.db') as string,
    });
    expect(events).toEqual([]);
  });
});

describe('A door that is kept open', () => {
  test('lets users and programs in without a guest link', async () => {
    const { sharing, accesses } = openSharing();
    await sharing.keepOpen();
    expect(sharing.state()).toEqual({ kind: 'without_link', addresses: ['http://192.168.4.20:8081/'] });
    await expect(accesses[0]?.exchangeKey('any', '192.168.4.7')).rejects.toMatchObject({ reason: 'sign_in_needed' });
  });

  test('opens as soon as the network is there', async () => {
    vi.useFakeTimers();
    const { sharing } = openSharing();
    vi.mocked(os.networkInterfaces).mockReturnValue({});
    await sharing.keepOpen();
    expect(sharing.state()).toEqual({ kind: 'off' });
    vi.mocked(os.networkInterfaces).mockReturnValue(lan);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(sharing.state().kind).toBe('without_link');
  });

  test('goes on when a guest link that was made meanwhile has run out', async () => {
    vi.useFakeTimers();
    const { sharing } = openSharing();
    await sharing.keepOpen();
    await sharing.start(usualWish);
    expect(sharing.state().kind).toBe('on');
    await vi.advanceTimersByTimeAsync(halfADayMs + 31_000);
    expect(sharing.state().kind).toBe('without_link');
  });

  test('is closed by whoever turns sharing off at the station, and stays closed', async () => {
    vi.useFakeTimers();
    const { sharing, events } = openSharing();
    await sharing.keepOpen();
    await sharing.stop();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sharing.state()).toEqual({ kind: 'off' });
    expect(events).toEqual(['door 1 opens', 'shared', 'door 1 closes', 'not shared']);
  });
});

describe('The administration', () => {
  const ada = { name: 'Ada', password: 'a long password', role: 'viewer', streams: 'all' } as const;

  test('works while nothing is shared, when nobody is there', async () => {
    const { sharing, events } = openSharing();
    const { id } = await sharing.admin.addUser(ada);
    expect(sharing.admin.users()).toMatchObject([{ id, name: 'Ada' }]);
    expect(sharing.admin.present()).toEqual([]);
    expect(await sharing.admin.dismiss(1)).toBe(false);
    expect(sharing.admin.attendance({ fromMs: null, untilMs: null })).toEqual([]);
    expect(events).toEqual([]);
  });

  test('takes nobody for present whom a killed station has left in the record', async () => {
    const { sharing } = openSharing({
      openFile() {
        const killedDir = mkdtempSync(join(os.tmpdir(), 'eyepiece-'));
        onTestFinished(() => rmSync(killedDir, { recursive: true }));
        const file = openAccessFile(killedDir);
        file.attendance.begin({ kind: 'user', name: 'Ada', streamId: 'bench', address: '192.168.4.7' });
        return file;
      },
    });
    const visits = () => sharing.admin.attendance({ fromMs: null, untilMs: null });
    expect(visits()).toMatchObject([{ name: 'Ada', isPresent: false }]);
    await sharing.start(usualWish);
    expect(visits()).toMatchObject([{ name: 'Ada', isPresent: false }]);
  });

  test('decides about the door that opens later', async () => {
    const { sharing, accesses } = openSharing();
    await sharing.admin.addUser(ada);
    await sharing.start(usualWish);
    expect(await accesses[0]?.signIn('Ada', ada.password, '192.168.4.7')).toHaveProperty('token');
  });

  test('says what is wrong with its file, and ends with the station', async () => {
    const broken = openSharing({ openFile: () => openAccessFile('/dev/null/nowhere') });
    expect(() => broken.sharing.admin.users()).toThrow('access.db');
    const { sharing } = openSharing();
    await sharing.close();
    expect(() => sharing.admin.users()).toThrow(expect.objectContaining({ reason: 'closing' }) as Error);
  });
});
