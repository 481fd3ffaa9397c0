// @vitest-environment happy-dom
import { createPinia } from 'pinia';
import { createApp, defineComponent, h, type Component } from 'vue';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadLater } from '../../../src/renderer/components/load-later.ts';
import { createWords } from '../../../src/renderer/locales/i18n.ts';
import { sharedClock } from '../../../src/renderer/station/clock.ts';
import { connectionKey } from '../../../src/renderer/stores/connection.ts';
import { FakeStation } from '../fake-page.ts';
import { text } from '../open-page.ts';

const place = { playsWhileHidden: false, offersFullScreen: true, hands: 'mouse', kiosk: null } as const;
const part = { default: defineComponent(() => () => h('p', 'Here it is.')) };
const gone = new TypeError('Failed to fetch dynamically imported module');
/** Whether the station answers. */
let isThere: boolean;
let load: ReturnType<typeof vi.fn<() => Promise<{ default: Component }>>>;
const reload = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  reload.mockClear();
  isThere = true;
  load = vi.fn(() => Promise.reject(gone));
  vi.stubGlobal('fetch', () =>
    isThere ? Promise.resolve(new Response('ok')) : Promise.reject(new TypeError('refused')),
  );
  vi.spyOn(location, 'reload').mockImplementation(reload);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open(): Element {
  const root = document.createElement('div');
  const connection = { client: new FakeStation(), clock: sharedClock, place, pass: null, access: null };
  const app = createApp(loadLater(load)).use(createPinia()).use(createWords('en'));
  app.provide(connectionKey, { ...connection, settings: null, directory: null }).mount(root);
  onTestFinished(() => app.unmount());
  return root;
}

describe('A part of the page that is loaded when it is opened', () => {
  test('says that it is coming where it takes a moment, and is there then', async () => {
    load.mockImplementation(() => new Promise((resolve) => setTimeout(() => resolve(part), 1_000)));
    const root = open();
    await vi.advanceTimersByTimeAsync(300);
    expect(text(root)).toBe('Loading…');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(text(root)).toBe('Here it is.');
  });

  test('is tried again as long as the station does not answer', async () => {
    isThere = false;
    const root = open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(text(root)).toBe('Loading…');
    isThere = true;
    load.mockResolvedValue(part);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(text(root)).toBe('Here it is.');
    expect(reload).not.toHaveBeenCalled();
  });

  test('that the station has no more says so, and the page is loaded anew after a moment', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(3_600_000);
    const root = open();
    await vi.advanceTimersByTimeAsync(2_500);
    expect(text(root)).toContain('The station has been updated since this page was opened');
    expect(text(root)).toContain('The page loads itself anew…');
    expect(reload).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(3_500);
    expect(reload).toHaveBeenCalledOnce();
  });

  test('that is missing from a page that is new leaves it to the reader, so that nothing goes round in circles', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(2_000);
    const root = open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reload).not.toHaveBeenCalled();
    root.querySelector<HTMLElement>('[data-testid="load-anew"]')?.click();
    expect(reload).toHaveBeenCalledOnce();
  });
});
