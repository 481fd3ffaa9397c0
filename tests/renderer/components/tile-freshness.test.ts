// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import type { PixelReading, StreamState } from '../../../src/shared/state.ts';
import { FakePeer } from '../fake-page.ts';
import { badge, openPage, play, stream, tell, text, tile } from '../open-page.ts';

/** Lets time pass in which the station speaks each second and no picture comes. */
async function stop(seconds: number, streams: readonly StreamState[]): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await vi.advanceTimersByTimeAsync(1_000);
    await tell(streams);
  }
}

function readingOf(captureTimeMs: number): PixelReading {
  return {
    number: 1,
    captureTimeMs,
    min: 0,
    max: 4095,
    mean: 90,
    fullScaleShare: 0,
    zeroShare: 0,
    hash: '',
    display: { lowCount: 10, highCount: 3000, isAuto: true },
  };
}

describe('A Tile', () => {
  test.each([
    [
      'en',
      'STALE 3.1 s',
      'The detector has sent no new picture for 3 s.',
      'a: stale. The detector sends no new picture.',
    ],
    [
      'fr',
      'IMAGE ANCIENNE 3,1 s',
      'Le détecteur n’envoie plus de nouvelle image depuis 3 s.',
      'a : image ancienne. Le détecteur n’envoie plus de nouvelle image.',
    ],
    [
      'de',
      'VERALTET 3,1 s',
      'Der Detektor sendet seit 3 s kein neues Bild.',
      'a: veraltet. Der Detektor sendet kein neues Bild.',
    ],
  ])('says why the picture is old, also to those who cannot see, in the reader’s language (%s)', async (...said) => {
    const [language, badgeText, sentence, announced] = said;
    localStorage.setItem('eyepiece', JSON.stringify({ language }));
    await openPage([stream('a')]);
    FakePeer.newest.turn('connected');
    await play(6, [stream('a')]);
    const taken = { ...stream('a'), reading: readingOf(Date.now() - 138) };
    await stop(3, [taken]);
    expect(badge('a')).toBe(badgeText);
    expect(text(tile('a').querySelector('.message'))).toBe(sentence);
    const cause = announced.slice(announced.indexOf('. ') + 2);
    expect(tile('a').getAttribute('aria-label')).toContain(cause);
    await stop(5, [taken]);
    expect(text(document.querySelector('[role="status"][aria-live]'))).toBe(announced);
  });

  test('says FROZEN while the detector repeats a picture, with its own shape, and since when', async () => {
    await openPage([stream('a')]);
    const frozenSinceMs = new Date(2026, 10, 20, 22, 3, 7).getTime();
    await play(3, [stream('a', { frozenSinceMs })]);
    expect(badge('a')).toBe('FROZEN');
    expect(tile('a').querySelector('[data-shape="frozen"]')).not.toBeNull();
    expect(text(tile('a').querySelector('.message'))).toBe(
      'The detector has repeated the same picture since 22:03:07.',
    );
    expect(text(tile('a'))).toContain('10.0 fps 38 ms');
    await play(1, [stream('a')]);
    expect(badge('a')).toBe('LIVE');
    expect(tile('a').querySelector('.message')).toBeNull();
  });

  test('says that it was paused while the window was hidden, until the next picture, and never calls that stale', async () => {
    await openPage([stream('a')]);
    FakePeer.newest.turn('connected');
    await play(3, [stream('a')]);
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    document.dispatchEvent(new Event('visibilitychange'));
    const said = new Set<string>();
    for (let second = 0; second < 6; second++) {
      await stop(1, [stream('a')]);
      said.add(badge('a'));
    }
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(500);
    said.add(badge('a'));
    expect([...said]).toEqual(['PAUSED']);
    expect(text(tile('a').querySelector('.message'))).toBe('Paused while this window was hidden.');
    await play(1);
    expect(badge('a')).toBe('LIVE');
  });
});
