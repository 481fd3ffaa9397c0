// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import { FakeBridge } from '../fake-bridge.ts';
import { sampleState } from '../fake-page.ts';
import {
  marked,
  openKiosk,
  openPage,
  press,
  settle,
  shown,
  station,
  stream,
  tap,
  tell,
  text,
  tile,
} from '../open-page.ts';

describe('The wall', () => {
  const three = [stream('a'), stream('b'), stream('c')];

  test('shows a Tile for every Stream, and watches them', async () => {
    await openPage(three);
    expect(shown()).toEqual(['a', 'b', 'c']);
    expect(station.watched).toEqual(['a', 'b', 'c']);
  });

  test('shows one alone on Enter, releases the others without touching it, and is back on Escape', async () => {
    await openPage(three);
    await press('Enter', tile('b'));
    expect(shown()).toEqual(['b']);
    expect(station.watched).toEqual(['b']);
    await press('Escape');
    expect(shown()).toEqual(['a', 'b', 'c']);
    expect(station.open.mock.calls.filter(([id]) => id === 'b')).toHaveLength(1);
  });

  test('follows a click, the Grid button and the address', async () => {
    await openPage(three);
    tile('c').click();
    await settle();
    expect(shown()).toEqual(['c']);
    expect(location.pathname).toBe('/v/c');
    document.querySelector<HTMLElement>('[data-testid="grid"]')?.click();
    await settle();
    expect(shown()).toHaveLength(3);
  });

  test('opens with the Stream alone that the address names', async () => {
    history.replaceState(null, '', '/v/b');
    await openPage(three);
    expect(shown()).toEqual(['b']);
    expect(station.watched).toEqual(['b']);
  });

  test('takes digits and letters as keys until they are switched off', async () => {
    await openPage(three);
    await press('2');
    expect(shown()).toEqual(['b']);
    await press('PageDown');
    expect(shown()).toEqual(['c']);
    await press('g');
    expect(shown()).toEqual(['a']);

    await press('?');
    expect(document.querySelector('dialog')?.open).toBe(true);
    [...document.querySelectorAll<HTMLElement>('dialog .letters button')].at(-1)?.click();
    document.querySelector('dialog')?.close();
    await press('2');
    await press('g');
    expect(shown()).toEqual(['a']);
    await press('PageDown');
    expect(shown()).toEqual(['b']);
  });

  test('leaves key combinations to the browser', async () => {
    await openPage(three);
    window.dispatchEvent(new KeyboardEvent('keydown', { key: '2', ctrlKey: true }));
    await settle();
    expect(shown()).toHaveLength(3);
  });

  test('says when the station is silent, and stops saying so when it speaks', async () => {
    await openPage(three);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(text(document.querySelector('[data-testid="banner"]'))).toContain('Station not reachable');
    await tell(three);
    expect(document.querySelector('[data-testid="banner"]')).toBeNull();
  });

  test('says what is wrong with the configuration', async () => {
    await openPage([]);
    const detail = 'station.json, line 3: streams must be a list.';
    station.tell({ ...sampleState([]), notices: [{ code: 'bad_configuration', detail }] });
    await settle();
    expect(text(document.querySelector('[data-testid="banner"]'))).toContain(detail);
  });

  test('releases all pictures when nobody has looked for ten seconds, and brings them back at once', async () => {
    await openPage(three);
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(9_000);
    expect(station.watched).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(station.watched).toEqual([]);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange'));
    await settle();
    expect(station.watched).toEqual(['a', 'b', 'c']);
  });

  test('tells the station before the page is gone', async () => {
    await openPage(three);
    window.dispatchEvent(new Event('pagehide'));
    expect(station.watched).toEqual([]);
  });
});

describe('The address', () => {
  const nine = Array.from({ length: 9 }, (_, index) => stream(`s${index + 1}`));
  const address = (): string => location.pathname + location.search;

  test('that names a layout shows the wall in it, and leaves the device’s own choice alone', async () => {
    history.replaceState(null, '', '/?layout=four');
    await openPage(nine);
    expect(shown()).toEqual(['s1', 's2', 's3', 's4']);
    expect(localStorage.getItem('eyepiece') ?? '').not.toContain('four');
  });

  test('that names both shows the page of the wall with that picture, and puts the focus on it', async () => {
    history.replaceState(null, '', '/v/s6?layout=four');
    await openPage(nine);
    expect(shown()).toEqual(['s5', 's6', 's7', 's8']);
    expect(document.activeElement).toBe(tile('s6'));
  });

  test('follows what is shown', async () => {
    await openPage(nine);
    expect(address()).toBe('/');
    await tap('layout-four');
    expect(address()).toBe('/?layout=four');
    await press('PageDown');
    expect(address()).toBe('/v/s5?layout=four');
    await press('PageDown');
    expect(address()).toBe('/v/s9?layout=four');
    tile('s9').click();
    await settle();
    expect(address()).toBe('/v/s9');
    await press('PageUp');
    expect(address()).toBe('/v/s8');
  });

  test('of a picture is left with the browser’s Back', async () => {
    await openPage(nine);
    tile('s2').click();
    await settle();
    history.replaceState(null, '', '/');
    window.dispatchEvent(new Event('popstate'));
    await settle();
    expect(shown()).toHaveLength(9);
  });

  test('of a picture that is not there is said so, and the wall is offered', async () => {
    history.replaceState(null, '', '/v/gone');
    await openPage(nine);
    expect(text(marked('link-broken'))).toContain('There is no such picture here.');
    expect(shown()).toEqual([]);
    expect(station.watched).toEqual([]);
    expect(address()).toBe('/v/gone');
    await tap('show-wall');
    expect(shown()).toHaveLength(9);
    expect(address()).toBe('/');
  });

  test('is copied as a link, without anything that lets somebody in', async () => {
    const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    history.replaceState(null, '', '/v/s3');
    await openPage(nine);
    await tap('copy-link');
    expect(writeText).toHaveBeenCalledExactlyOnceWith(`${location.origin}/v/s3`);
    expect(text(document.querySelector('.copy [role="status"]'))).toBe('Link copied.');
  });

  test('is there to be copied by hand where the clipboard is refused', async () => {
    vi.spyOn(console, 'debug').mockReturnValue();
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('Not allowed.'));
    await openPage(nine);
    await tap('copy-link');
    expect((marked('link') as HTMLInputElement | null)?.value).toBe(`${location.origin}/`);
  });

  test('of the kiosk stays what it is, and is not offered', async () => {
    await openKiosk(nine, new FakeBridge());
    tile('s2').click();
    await settle();
    expect(address()).toBe('/');
    expect(marked('copy-link')).toBeNull();
  });
});
