// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import { takeGuestKey } from '../../../src/renderer/station/guest-link.ts';

beforeEach(() => {
  sessionStorage.clear();
  history.replaceState(null, '', '/');
});

test('The key of a guest link is taken out of the address, and is still there after a reload', () => {
  history.replaceState({ mark: 1 }, '', '/?layout=four#guest=abc-DEF_123');
  expect(takeGuestKey(window)).toBe('abc-DEF_123');
  expect(location.href).toMatch(/\/\?layout=four$/);
  expect(history.state).toEqual({ mark: 1 });
  expect(takeGuestKey(window)).toBe('abc-DEF_123');
});

test('A newer link takes the place of the one before', () => {
  history.replaceState(null, '', '/#guest=first');
  takeGuestKey(window);
  history.replaceState(null, '', '/#guest=second');
  expect(takeGuestKey(window)).toBe('second');
});

test.each(['/', '/#fluorescence', '/#guest=', '/#guest=a b', '/?guest=abc'])('%s is no guest link', (address) => {
  history.replaceState(null, '', address);
  const { href } = location;
  expect(takeGuestKey(window)).toBeNull();
  expect(location.href).toBe(href);
});

test('A link that is pasted into the address of the open page is taken too', () => {
  const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined);
  takeGuestKey(window);
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
  expect(takeGuestKey(window)).toBe('abc');
  expect(takeGuestKey(window)).toBeNull();
  vi.unstubAllGlobals();
});
