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
