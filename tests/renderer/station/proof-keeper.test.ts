// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import { guestKeyIn, openProofKeeper } from '../../../src/renderer/station/proof-keeper.ts';

const guest = (key: string) => ({ kind: 'guest', key });

beforeEach(() => {
  sessionStorage.clear();
  history.replaceState(null, '', '/');
});

test('The key of a guest link is taken out of the address, and is still there after a reload', () => {
  history.replaceState({ mark: 1 }, '', '/v/dim?layout=four#guest=abc-DEF_123');
  expect(openProofKeeper(window).read()).toEqual(guest('abc-DEF_123'));
  expect(location.href).toMatch(/\/v\/dim\?layout=four$/);
  expect(history.state).toEqual({ mark: 1 });
  expect(openProofKeeper(window).read()).toEqual(guest('abc-DEF_123'));
});

test('A newer link takes the place of the one before', () => {
  history.replaceState(null, '', '/#guest=first');
  openProofKeeper(window).read();
  history.replaceState(null, '', '/#guest=second');
  expect(openProofKeeper(window).read()).toEqual(guest('second'));
});

test.each(['/', '/#fluorescence', '/#guest=', '/#guest=a b', '/?guest=abc'])('%s is no guest link', (address) => {
  history.replaceState(null, '', address);
  const { href } = location;
  expect(openProofKeeper(window).read()).toBeNull();
  expect(location.href).toBe(href);
});

test('A link that is pasted into the address of the open page is taken too', () => {
  const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined);
  openProofKeeper(window);
  history.replaceState(null, '', '/#fluorescence');
  window.dispatchEvent(new Event('hashchange'));
  expect(reload).not.toHaveBeenCalled();
  history.replaceState(null, '', '/#guest=abc');
  window.dispatchEvent(new Event('hashchange'));
  expect(reload).toHaveBeenCalled();
});

test('A browser that keeps nothing lets the guest in, once', () => {
  const refusing = {
    getItem: () => {
      throw new DOMException('denied', 'SecurityError');
    },
    setItem: () => {
      throw new DOMException('denied', 'SecurityError');
    },
  };
  vi.stubGlobal('sessionStorage', refusing);
  history.replaceState(null, '', '/#guest=abc');
  expect(openProofKeeper(window).read()).toEqual(guest('abc'));
  expect(openProofKeeper(window).read()).toBeNull();
  vi.unstubAllGlobals();
});

test('What somebody signed in with is there after a reload, until it is forgotten, and in this tab only', () => {
  const user = { kind: 'user', refreshToken: 'eyr_abc' } as const;
  openProofKeeper(window).keep(user);
  expect(openProofKeeper(window).read()).toEqual(user);
  expect(JSON.stringify({ ...localStorage })).not.toContain('eyr_abc');
  expect(document.cookie).toBe('');
  openProofKeeper(window).keep(null);
  expect(openProofKeeper(window).read()).toBeNull();
});

test('A whole link that is pasted somewhere has the key, and other text has none', () => {
  expect(guestKeyIn('https://192.168.4.20:8081/#guest=abc-1')).toBe('abc-1');
  expect(guestKeyIn('K7QX-4MTP')).toBeNull();
});
