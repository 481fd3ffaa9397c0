// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Me } from '../../../src/shared/access.ts';
import { Refusal } from '../../../src/renderer/station/client.ts';
import type { ShutOut } from '../../../src/renderer/station/access-pass.ts';
import { FakeBridge } from '../fake-bridge.ts';
import {
  marked,
  openKiosk,
  openPage,
  pass,
  settle,
  shown,
  station,
  stream,
  tap,
  tell,
  text,
  type,
} from '../open-page.ts';

const two = [stream('a'), stream('b')];
const anna: Me = { kind: 'user', name: 'Anna', role: 'viewer', rights: ['watch'], streams: ['a'] };

beforeEach(() => {
  vi.stubGlobal('isSecureContext', true);
});

const fieldsOf = (mark: string): HTMLInputElement[] => [...(marked(mark)?.querySelectorAll('input') ?? [])];
const faultOf = (mark: string): string => text(marked(mark)?.querySelector('[data-testid="sign-in-fault"]') ?? null);

async function openShutOut(why: ShutOut = 'no_link'): Promise<void> {
  await openPage(two);
  pass.become(why);
  await settle();
}

async function submit(mark: string, ...typed: string[]): Promise<void> {
  for (const [index, field] of fieldsOf(mark).entries()) await type(field, typed[index] ?? '');
  marked(mark)?.dispatchEvent(new Event('submit', { cancelable: true }));
  await settle();
}

describe('A page that is not let in', () => {
  test.each([
    ['link_ended', 'This link has ended.', 'Ask at the station for a new one.'],
    ['no_link', 'Sign in to this station', 'Open the guest link or scan the code that the station shows'],
    ['sign_in_ended', 'You have been signed out.', 'Sign in again to go on.'],
    ['signed_out', 'You have signed out.', 'Nothing of your sign-in is left in this browser.'],
  ] as const)('says why in place of the wall (%s)', async (why, title, hint) => {
    await openShutOut(why);
    expect(text(document.querySelector('h1'))).toBe(title);
    expect(text(marked('sign-in'))).toContain(hint);
    expect(shown()).toEqual([]);
    expect(station.watched).toEqual([]);
  });

  test('says that a connection is not encrypted, where it is not', async () => {
    await openShutOut();
    expect(text(marked('sign-in'))).not.toContain('not encrypted');
    vi.stubGlobal('isSecureContext', false);
    await openShutOut();
    expect(text(marked('sign-in'))).toContain('This connection is not encrypted');
  });

  test('has fields that a browser’s own keeper of passwords knows, and begins in the first', async () => {
    await openShutOut();
    const [name, password] = fieldsOf('sign-in-form');
    expect([name?.autocomplete, password?.autocomplete, password?.type]).toEqual([
      'username',
      'current-password',
      'password',
    ]);
    expect(document.activeElement).toBe(name);
    await tap('show-password');
    expect(password?.type).toBe('text');
    expect(marked('show-password')?.getAttribute('aria-pressed')).toBe('true');
  });

  test('shows the wall without a reload when somebody has signed in', async () => {
    await openShutOut();
    await submit('sign-in-form', 'Anna', 'a quiet microscope');
    expect(pass.signIn).toHaveBeenCalledExactlyOnceWith('Anna', 'a quiet microscope');
    expect(marked('sign-in')).toBeNull();
    await tell(two);
    expect(shown()).toEqual(['a', 'b']);
  });

  test('takes a code, and the key out of a whole link', async () => {
    await openShutOut();
    await submit('code-form', ' k7qx-4mtp ');
    expect(pass.enterCode).toHaveBeenLastCalledWith('k7qx-4mtp');
    await openShutOut();
    await submit('code-form', 'https://192.168.4.20:8081/#guest=abc');
    expect(pass.enterCode).toHaveBeenLastCalledWith('abc');
  });

  test('asks the station nothing as long as something is missing, and says what', async () => {
    await openShutOut();
    await submit('sign-in-form', ' ', 'x');
    expect(faultOf('sign-in-form')).toBe('Type your name.');
    await submit('sign-in-form', 'Anna', '');
    expect(faultOf('sign-in-form')).toBe('Type your password.');
    expect(document.activeElement).toBe(fieldsOf('sign-in-form')[1]);
    await submit('code-form', '');
    expect(faultOf('code-form')).toBe('Type the code.');
    expect(pass.signIn).not.toHaveBeenCalled();
    expect(pass.enterCode).not.toHaveBeenCalled();
  });

  test.each([
    ['sign_in_refused', 'The name or the password is wrong.'],
    ['unreachable', 'The station does not answer. Try again.'],
    ['internal', 'Something went wrong. Try again.'],
  ] as const)('says in words why nobody was let in (%s), and goes back to the password', async (reason, words) => {
    await openShutOut();
    pass.signIn.mockRejectedValueOnce(new Refusal(reason, ''));
    await submit('sign-in-form', 'Anna', 'wrong');
    expect(faultOf('sign-in-form')).toBe(words);
    const [, password] = fieldsOf('sign-in-form');
    expect(document.activeElement).toBe(password);
    expect(password?.getAttribute('aria-invalid')).toBe('true');
  });

  test('says that a code is wrong', async () => {
    await openShutOut();
    pass.enterCode.mockRejectedValueOnce(new Refusal('sign_in_needed', ''));
    await submit('code-form', 'WRONG');
    expect(faultOf('code-form')).toBe('This code is wrong, or has ended. The station shows the one that holds.');
  });

  test('says how long to wait after too many tries, counts it down, and sends nothing meanwhile', async () => {
    await openShutOut();
    pass.signIn.mockRejectedValueOnce(new Refusal('too_many_tries', '', 20_000));
    await submit('sign-in-form', 'Anna', 'wrong');
    expect(faultOf('sign-in-form')).toMatch(/^Too many wrong tries\. Next try in \d+.s\.$/);
    await submit('sign-in-form', 'Anna', 'a quiet microscope');
    expect(pass.signIn).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(21_000);
    expect(faultOf('sign-in-form')).toBe('Try again now.');
    await submit('sign-in-form', 'Anna', 'a quiet microscope');
    expect(marked('sign-in')).toBeNull();
  });

  test('shows the picture that the link names once somebody is let in', async () => {
    history.replaceState(null, '', '/v/b');
    await openShutOut();
    expect(location.pathname).toBe('/v/b');
    await submit('sign-in-form', 'Anna', 'a quiet microscope');
    await tell(two);
    expect(shown()).toEqual(['b']);
  });
});

describe('Who is here', () => {
  test('is said with name and role, and can leave', async () => {
    station.me.mockResolvedValue(anna);
    await openPage(two);
    expect(marked('me')?.getAttribute('aria-label')).toBe('Anna, Viewer');
    await tap('me');
    expect(text(document.querySelector('.who .told'))).toBe('Anna Viewer Some of this station’s pictures');
    await tap('sign-out');
    expect(text(document.querySelector('h1'))).toBe('You have signed out.');
    expect(shown()).toEqual([]);
  });

  test('is a guest in one word', async () => {
    station.me.mockResolvedValue({ ...anna, kind: 'guest', name: 'Guest', streams: 'all' });
    await openPage(two);
    expect(marked('me')?.getAttribute('aria-label')).toBe('Guest');
  });

  test('is not asked on the kiosk and at a door that asks nobody', async () => {
    await openPage(two);
    expect(marked('me')).toBeNull();
    await openKiosk(two, new FakeBridge());
    expect(marked('me')).toBeNull();
    expect(marked('sign-in')).toBeNull();
  });

  test('follows what the station says by now', async () => {
    station.me.mockResolvedValue(anna);
    await openPage(two);
    station.me.mockResolvedValue({ ...anna, role: 'operator', rights: ['watch', 'read_log'] });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(marked('me')?.getAttribute('aria-label')).toBe('Anna, Operator');
  });

  test('finds nothing of who was here before', async () => {
    await openPage(two);
    await tap('tile');
    await tap('telemetry-key');
    expect(marked('telemetry')).not.toBeNull();
    await pass.signOut();
    await pass.signIn('Berta', 'another microscope');
    await settle();
    expect(marked('telemetry')).toBeNull();
    expect(shown()).toEqual([]);
  });
});

describe('The log of a Stream', () => {
  async function openLog(): Promise<void> {
    await openPage(two);
    await tap('tile');
    await tap('telemetry-key');
  }

  test('is not asked for by whoever may not read it, and that is said', async () => {
    station.me.mockResolvedValue(anna);
    await openLog();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(station.streamLog).not.toHaveBeenCalled();
    expect(text(marked('log-not-allowed'))).toContain('told to operators only');
  });

  test('is shown to whoever may', async () => {
    station.me.mockResolvedValue({ ...anna, rights: ['watch', 'read_log'] });
    await openLog();
    expect(station.streamLog).toHaveBeenCalledWith('a');
    expect(marked('log-not-allowed')).toBeNull();
  });
});
