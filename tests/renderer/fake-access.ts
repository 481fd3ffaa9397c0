import { vi } from 'vitest';
import type { MachineToken, User, Visit } from '../../src/shared/access.ts';
import type { Bridge } from '../../src/shared/bridge.ts';
import { ok, refused } from './bridge-results.ts';

type AccessCalls = Bridge['access'];

export const sampleUser = (name: string, overrides: Partial<User> = {}): User => ({
  id: 1,
  name,
  role: 'viewer',
  streams: 'all',
  isDisabled: false,
  createdAtMs: Date.parse('2026-11-02T09:00:00Z'),
  ...overrides,
});

export const sampleVisit = (name: string, overrides: Partial<Visit> = {}): Visit => ({
  id: 1,
  kind: 'user',
  name,
  streamId: 'bench',
  address: '192.168.4.33',
  fromMs: Date.now() - 600_000,
  untilMs: Date.now(),
  isPresent: true,
  ...overrides,
});

/** The administration behind the kiosk's window, in memory; every call can be watched or replaced. */
export class FakeAccess implements AccessCalls {
  usersNow: readonly User[] = [];
  tokensNow: readonly MachineToken[] = [];
  visitsNow: readonly Visit[] = [];

  readonly users = vi.fn<AccessCalls['users']>(() => ok(this.usersNow));
  readonly addUser = vi.fn<AccessCalls['addUser']>(({ name, role, streams }) => {
    if (this.usersNow.some((user) => user.name === name)) return refused('bad_setting', 'There is one already.');
    const user = sampleUser(name, { id: this.usersNow.length + 1, role, streams });
    this.usersNow = [...this.usersNow, user];
    return ok(user);
  });
  readonly changeUser = vi.fn<AccessCalls['changeUser']>((id, { password: _password, ...change }) => {
    this.usersNow = this.usersNow.map((user) => (user.id === id ? { ...user, ...change } : user));
    return ok(this.usersNow.find((user) => user.id === id) ?? null);
  });
  readonly removeUser = vi.fn<AccessCalls['removeUser']>((id) => {
    this.usersNow = this.usersNow.filter((user) => user.id !== id);
    return ok(true);
  });
  readonly machineTokens = vi.fn<AccessCalls['machineTokens']>(() => ok(this.tokensNow));
  readonly addMachineToken = vi.fn<AccessCalls['addMachineToken']>(({ name, role, streams, expiresInDays }) => {
    const createdAtMs = Date.now();
    const expiresAtMs = createdAtMs + expiresInDays * 86_400_000;
    const token = { id: this.tokensNow.length + 1, name, role, streams, createdAtMs, expiresAtMs };
    this.tokensNow = [...this.tokensNow, token];
    return ok({ ...token, token: 'eym_secret' });
  });
  readonly removeMachineToken = vi.fn<AccessCalls['removeMachineToken']>((id) => {
    this.tokensNow = this.tokensNow.filter((token) => token.id !== id);
    return ok(true);
  });
  readonly present = vi.fn<AccessCalls['present']>(() => ok(this.visitsNow.filter(({ isPresent }) => isPresent)));
  readonly dismiss = vi.fn<AccessCalls['dismiss']>((id) => {
    this.visitsNow = this.visitsNow.map((visit) => (visit.id === id ? { ...visit, isPresent: false } : visit));
    return ok(true);
  });
  readonly attendance = vi.fn<AccessCalls['attendance']>(() => ok(this.visitsNow));
}
