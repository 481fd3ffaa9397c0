// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { bridgeAccess } from '../../../src/renderer/station/access-client.ts';
import { sharedClock } from '../../../src/renderer/station/clock.ts';
import type { Me, Right } from '../../../src/shared/access.ts';
import { sampleUser, sampleVisit } from '../fake-access.ts';
import { FakeBridge, refused } from '../fake-bridge.ts';
import { marked, openKiosk, openPage, press, settle, station, stream, tap, text, type } from '../open-page.ts';

const wall = [stream('bench'), stream('attic')];
let bridge: FakeBridge;

beforeEach(() => {
  bridge = new FakeBridge();
});

const all = (mark: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${mark}"]`)];
const input = (mark: string): HTMLInputElement | null | undefined => marked(mark)?.querySelector('input');

async function openView(view: 'present' | 'users' | 'programs' | 'attendance'): Promise<void> {
  const key = marked('access-views')?.querySelector<HTMLElement>(`[data-value="${view}"]`);
  if (!key) throw new Error(`There is no view ${view}.`);
  key.click();
  await settle();
}

async function openOnKiosk(view: Parameters<typeof openView>[0]): Promise<void> {
  await openKiosk(wall, bridge);
  await tap('settings');
  await tap('people');
  await openView(view);
}

async function check(streamId: string): Promise<void> {
  const box = marked('stream-choice')?.querySelector<HTMLInputElement>(`[data-stream-id="${streamId}"] input`);
  if (!box) throw new Error(`There is no box for ${streamId}.`);
  box.click();
  await settle();
}

async function choose(value: string): Promise<void> {
  const key = document.querySelector<HTMLElement>(`[data-testid="access-panel"] [data-value="${value}"]`);
  if (!key) throw new Error(`There is no ${value} to choose.`);
  key.click();
  await settle();
}

describe('People and programs on the kiosk', () => {
  test('open from the settings, lead back there, and close with Escape', async () => {
    await openOnKiosk('present');
    expect(marked('settings-panel')).toBeNull();
    await tap('back-to-settings');
    expect(marked('settings-panel')).not.toBeNull();
    await tap('people');
    await press('Escape');
    expect(marked('access-panel')).toBeNull();
  });

  test('close when the kiosk is locked, and open again with the PIN only', async () => {
    bridge.pin = '274913';
    await openOnKiosk('users');
    bridge.lockWith('274913');
    await settle();
    expect(marked('access-panel')).toBeNull();
    expect(marked('people')).toBeNull();
  });

  test('say why something did not happen', async () => {
    bridge.access.usersNow = [sampleUser('Ada')];
    await openOnKiosk('users');
    await tap('change-user');
    bridge.access.changeUser.mockImplementationOnce(() => refused('bad_setting', 'That is refused: so.'));
    await tap('disable-user');
    expect(text(marked('access-refusal'))).toBe('This value can’t be used. That is refused: so.');
    await openView('programs');
    expect(text(marked('access-refusal'))).toBe('');
  });
});

describe('Users', () => {
  test('are added with a name, a password, a role and streams', async () => {
    await openOnKiosk('users');
    await tap('add-user');
    await tap('save-user');
    expect(text(marked('new-user'))).toContain('Type a name.');
    expect(text(marked('new-user'))).toContain('At least 10 characters.');
    expect(bridge.access.addUser).not.toHaveBeenCalled();
    await type(input('user-name'), 'Ada');
    await type(input('user-password'), 'a long password');
    await choose('operator');
    await check('bench');
    await tap('save-user');
    const ada = { name: 'Ada', password: 'a long password', role: 'operator', streams: ['attic'] };
    expect(bridge.access.addUser).toHaveBeenCalledExactlyOnceWith(ada);
    expect(all('user-row').map(text)).toEqual(['Ada Operator · attic']);
    expect(marked('new-user')).toBeNull();
  });

  test('keep what was typed where the name is taken', async () => {
    bridge.access.usersNow = [sampleUser('Ada')];
    await openOnKiosk('users');
    await tap('add-user');
    await type(input('user-name'), 'Ada');
    await type(input('user-password'), 'a long password');
    await tap('save-user');
    expect(text(marked('access-refusal'))).toContain('There is one already.');
    expect(input('user-name')?.value).toBe('Ada');
  });

  test('get another role, other streams and another password, each at once', async () => {
    bridge.access.usersNow = [sampleUser('Ada', { id: 7 })];
    await openOnKiosk('users');
    await tap('change-user');
    await choose('admin');
    await check('attic');
    await type(input('new-password'), 'short');
    await tap('set-password');
    await type(input('new-password'), 'another long one');
    await tap('set-password');
    expect(bridge.access.changeUser.mock.calls).toEqual([
      [7, { role: 'admin' }],
      [7, { streams: ['bench'] }],
      [7, { password: 'another long one' }],
    ]);
    expect(text(marked('user-row'))).toContain('The new password holds.');
    expect(input('new-password')?.value).toBe('');
  });

  test('can be kept out, and removed after a question', async () => {
    bridge.access.usersNow = [sampleUser('Ada')];
    await openOnKiosk('users');
    await tap('change-user');
    await tap('disable-user');
    expect(text(marked('user-row'))).toContain('may not sign in');
    await tap('remove-user');
    expect(bridge.access.removeUser).not.toHaveBeenCalled();
    expect(text(marked('remove-user'))).toBe('Remove Ada?');
    await tap('remove-user');
    expect(all('user-row')).toEqual([]);
  });
});

describe('Programs', () => {
  test('get a token that is shown once', async () => {
    await openOnKiosk('programs');
    await tap('add-token');
    await type(input('token-name'), 'logger');
    await choose('90');
    await tap('make-token');
    const logger = { name: 'logger', role: 'viewer', streams: 'all', expiresInDays: 90 };
    expect(bridge.access.addMachineToken).toHaveBeenCalledExactlyOnceWith(logger);
    expect(text(marked('token'))).toBe('eym_secret');
    await tap('token-done');
    await openView('users');
    await openView('programs');
    expect(document.body.textContent).not.toContain('eym_secret');
    expect(text(marked('token-row'))).toContain('logger Viewer · all streams · until');
    await tap('remove-token');
    await tap('remove-token');
    expect(all('token-row')).toEqual([]);
  });
});

describe('Who is there', () => {
  test('is shown by name, stream and address, and kept up to date', async () => {
    await openOnKiosk('present');
    expect(marked('nobody')).not.toBeNull();
    const guest = sampleVisit('Guest', { id: 2, kind: 'guest', address: '192.168.4.40' });
    const [logger, colleague] = [
      { id: 3, kind: 'machine' },
      { id: 4, kind: 'colleague' },
    ] as const;
    bridge.access.visitsNow = [
      sampleVisit('Ada'),
      guest,
      sampleVisit('logger', logger),
      sampleVisit('Cleo', colleague),
    ];
    await vi.advanceTimersByTimeAsync(3_000);
    expect(all('present-row').map((row) => text(row.querySelector('.name')))).toEqual([
      'Ada',
      'Guest',
      'logger (program)',
      'Cleo (with a ticket)',
    ]);
    expect(text(all('present-row')[1] ?? null)).toContain('bench · 192.168.4.40 · since');
  });

  test('can be sent away, after a question', async () => {
    bridge.access.visitsNow = [sampleVisit('Ada', { id: 9 })];
    await openOnKiosk('present');
    await tap('dismiss');
    expect(text(marked('dismiss'))).toBe('Send Ada away?');
    await tap('dismiss');
    expect(bridge.access.dismiss).toHaveBeenCalledExactlyOnceWith(9);
    expect(marked('nobody')).not.toBeNull();
  });
});

describe('The attendance', () => {
  test('is a table of the time that is chosen; the kiosk keeps no files', async () => {
    bridge.access.visitsNow = [sampleVisit('Ada'), sampleVisit('Bo', { id: 2, isPresent: false })];
    await openOnKiosk('attendance');
    const [span] = bridge.access.attendance.mock.lastCall ?? [];
    expect(span).toEqual({ fromMs: Date.now() - 86_400_000, untilMs: null });
    expect(all('visit').map(text)[0]).toMatch(/^Ada bench .* now 192\.168\.4\.33$/);
    expect(all('visit').map(text)[1]).not.toContain('now');
    await choose('all');
    expect(bridge.access.attendance.mock.lastCall).toEqual([{ fromMs: null, untilMs: null }]);
    expect(marked('save-attendance')).toBeNull();
  });
});

describe('People and programs in a browser', () => {
  async function openAs(role: Me['role'], rights: readonly Right[]): Promise<void> {
    station.me.mockResolvedValue({ kind: 'user', name: 'Eve', role, rights, streams: 'all' });
    const file = vi.fn(() => Promise.resolve(new Blob(['from,until'])));
    const place = { playsWhileHidden: false, offersFullScreen: true, hands: 'mouse', kiosk: null } as const;
    await openPage(wall, sharedClock, place, { ...bridgeAccess(bridge.access), attendanceFile: file });
    await settle();
  }

  test('are an administrator’s, with the attendance as a file', async () => {
    bridge.access.visitsNow = [sampleVisit('Ada')];
    await openAs('admin', ['watch', 'see_present', 'manage_access']);
    await tap('access');
    expect(marked('back-to-settings')).toBeNull();
    await openView('attendance');
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download);
    });
    await tap('save-attendance');
    expect(saved).toEqual(['attendance.csv']);
    vi.restoreAllMocks();
  });

  test('are for an operator those who are there, and nothing to decide', async () => {
    bridge.access.visitsNow = [sampleVisit('Ada')];
    await openAs('operator', ['watch', 'see_present']);
    await tap('access');
    expect(all('present-row')).toHaveLength(1);
    expect(marked('access-views')).toBeNull();
    expect(marked('dismiss')).toBeNull();
  });

  test('are not there for a viewer, nor at a door that asks nobody', async () => {
    await openAs('viewer', ['watch']);
    expect(marked('access')).toBeNull();
    station.me.mockResolvedValue(null);
    await openPage(wall);
    await settle();
    expect(marked('access')).toBeNull();
  });
});

describe('A guest link', () => {
  async function openSharing(): Promise<void> {
    await openKiosk(wall, bridge);
    await tap('settings');
  }

  test('is made with one tap for every stream and twelve hours', async () => {
    await openSharing();
    await tap('share');
    expect(bridge.settings.share.mock.lastCall).toEqual([{ streams: 'all', lastsHours: 12 }]);
    expect(text(marked('share-code'))).toBe('K7QX-4MTP');
    expect(text(marked('share-address'))).toContain('https://192.168.4.20:8443');
    expect(text(marked('share-address'))).not.toContain('secret');
    expect(text(marked('share-shows'))).toContain('Guests see: all streams');
  });

  test('is made for the streams and the time that are chosen before', async () => {
    await openSharing();
    await tap('choose-wish');
    await check('*');
    expect(marked('share')?.hasAttribute('disabled')).toBe(true);
    await check('attic');
    const day = marked('share-wish')?.querySelector<HTMLElement>('[data-value="24"]');
    day?.click();
    await settle();
    expect(text(marked('choose-wish'))).toBe('What guests see: attic, for 1 day');
    await tap('share');
    expect(bridge.settings.share.mock.lastCall).toEqual([{ streams: ['attic'], lastsHours: 24 }]);
    expect(text(marked('share-shows'))).toContain('Guests see: attic');
  });

  test('opens no more than the one before it, unless somebody wants it to', async () => {
    await openSharing();
    await tap('choose-wish');
    await check('bench');
    await tap('share');
    await tap('settings-close');
    await tap('settings');
    await tap('new-link');
    expect(bridge.settings.share.mock.lastCall).toEqual([{ streams: ['attic'], lastsHours: 12 }]);
  });
});
