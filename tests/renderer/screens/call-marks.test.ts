// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import { anna, operator } from '../fake-calls.ts';
import { calls, channelOf, hear, openCall } from '../open-call.ts';
import { marked, press, settle, tap, text } from '../open-page.ts';

const lines = (): string[] =>
  [...document.querySelectorAll('[data-testid="mark-line"]')].map((line) => line.getAttribute('points') ?? '');

describe('What is shown on a picture in a call', () => {
  test('lies where the other end has put it, is told in words, and goes: a point soon, a line after a minute', async () => {
    const peer = await openCall();
    await hear(peer, 'pointer', { kind: 'point', stream: 'bench', at: [0.25, 0.75] });
    expect(marked('mark-point')?.style).toMatchObject({ left: '25%', top: '75%' });
    await hear(peer, 'pointer', {
      kind: 'stroke',
      stream: 'bench',
      id: 7,
      points: [
        [0, 0],
        [0.5, 1],
      ],
    });
    expect(lines()).toEqual(['0,0 0.5,1']);
    expect(text(marked('call-phase'))).toContain('Anna points at Bench.');
    await vi.advanceTimersByTimeAsync(6_500);
    expect(marked('mark-point')).toBeNull();
    expect(lines()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(54_000);
    expect(lines()).toEqual([]);
    expect(text(marked('call-phase'))).toContain('Connected');
  });

  test('is drawn by dragging, within the picture, as long as drawing is on', async () => {
    const peer = await openCall();
    expect(marked('picture-marks')).toBeNull();
    await tap('call-draw');
    const box = marked('picture-marks') as HTMLElement;
    box.getBoundingClientRect = () => new DOMRect(100, 50, 400, 200);
    box.setPointerCapture = () => undefined;
    const send = async (kind: string, clientX: number, clientY: number): Promise<void> => {
      box.dispatchEvent(new PointerEvent(kind, { clientX, clientY, button: 0, bubbles: true }));
      await vi.advanceTimersByTimeAsync(50);
    };
    await send('pointerdown', 200, 100);
    await send('pointermove', 300, 150);
    await send('pointermove', 900, 150);
    await send('pointerup', 900, 150);
    box.click();
    await settle();
    expect(lines()).toEqual(['0.25,0.25 0.5,0.5 1,0.5']);
    const sent = channelOf(peer, 'pointer').sent.map((line) => JSON.parse(line) as { points: unknown });
    expect(sent.flatMap(({ points }) => points)).toEqual([
      [0.25, 0.25],
      [0.5, 0.5],
      [1, 0.5],
    ]);
    // A picture that is drawn on is not chosen.
    expect(location.pathname).toBe('/');

    await send('pointerdown', 300, 100);
    await send('pointerup', 300, 100);
    expect(marked('mark-point')?.style).toMatchObject({ left: '50%', top: '25%' });
    await tap('call-clear');
    expect(marked('mark-point')).toBeNull();
    expect(lines()).toEqual([]);
  });

  test('is pointed at with keys: arrows move a mark that is read out, Enter shows the place, Escape ends it', async () => {
    const peer = await openCall();
    await tap('call-draw');
    const box = marked('picture-marks') as HTMLElement;
    expect(box.getAttribute('aria-label')).toMatch(/^Bench: point with the keyboard/);
    box.focus();
    for (const [key, shiftKey] of [
      ['ArrowRight', true],
      ['ArrowRight', false],
      ['ArrowUp', true],
      ['ArrowDown', false],
    ] as const) {
      box.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true }));
    }
    await vi.advanceTimersByTimeAsync(500);
    expect(marked('mark-by-keys')?.style).toMatchObject({ left: '61%', top: '41%' });
    expect(text(box.nextElementSibling)).toBe('61 % from the left, 41 % from the top');
    const sent = (): unknown[] => channelOf(peer, 'pointer').sent.map((line) => JSON.parse(line) as unknown);
    expect(sent()).toEqual([]);
    for (const key of ['Enter', ' ']) await press(key, box);
    await vi.advanceTimersByTimeAsync(500);
    const point = { kind: 'point', stream: 'bench', at: [0.61, 0.41] };
    expect(sent()).toEqual([point, point]);
    expect(marked('mark-point')?.style).toMatchObject({ left: '61%', top: '41%' });
    expect(text(box.nextElementSibling)).toBe('Pointed at: 61 % from the left, 41 % from the top');
    // A picture that is pointed at is not chosen.
    expect(location.pathname).toBe('/');
    await press('Escape', box);
    expect(marked('call-draw')?.getAttribute('aria-pressed')).toBe('false');
    expect(marked('mark-by-keys')).toBeNull();
    expect(document.activeElement).toBe(box.parentElement);
  });

  test('is pointed at within the picture, however far the keys go', async () => {
    const peer = await openCall();
    await tap('call-draw');
    const box = marked('picture-marks') as HTMLElement;
    for (let presses = 0; presses < 8; presses += 1) {
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', shiftKey: true, bubbles: true }));
    }
    await press('Enter', box);
    const [line = ''] = channelOf(peer, 'pointer').sent;
    expect(JSON.parse(line)).toMatchObject({ at: [0, 0.5] });
  });

  test('is left with Escape before anything else, cleared with Delete, and over with the call', async () => {
    const peer = await openCall();
    await tap('call-draw');
    await press('Escape');
    expect(marked('call-draw')?.getAttribute('aria-pressed')).toBe('false');
    expect(marked('call-panel')).not.toBeNull();
    await hear(peer, 'pointer', {
      kind: 'stroke',
      stream: 'bench',
      id: 7,
      points: [
        [0, 0],
        [0.5, 1],
      ],
    });
    await press('Delete');
    expect(lines()).toEqual([]);
    await tap('call-draw');
    calls.finish(anna, operator, 'hung_up', anna);
    await settle();
    expect(marked('picture-marks')).toBeNull();
  });
});
