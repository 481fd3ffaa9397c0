// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import { sampleState } from '../fake-page.ts';
import { stream, shown, tile, openPage, tell, settle, press, text, station } from '../open-page.ts';

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
    expect(location.hash).toBe('#c');
    document.querySelector<HTMLElement>('[data-testid="grid"]')?.click();
    await settle();
    expect(shown()).toHaveLength(3);
  });

  test('opens with the Stream alone that the address names', async () => {
    history.replaceState(null, '', '/#b');
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
