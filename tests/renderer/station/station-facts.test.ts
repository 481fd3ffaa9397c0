import { describe, expect, test } from 'vitest';
import type { PictureScale } from '../../../src/shared/state.ts';
import { sizeReason, stationFacts as factsOf } from '../../../src/renderer/station/station-facts.ts';
import { sampleState, sampleStream } from '../fake-page.ts';
import { stationFacts, viewerState } from '../telemetry-samples.ts';

describe('What the station says of a session', () => {
  const viewers = [
    { ...viewerState, id: 'ffffffff' },
    { ...viewerState, id: 'abcdef01', scale: 2 as const },
  ];
  const rendition = { codec: 'h264', scale: 2, viewers: 1, kbitPerS: 300, maxKbitPerS: 900 } as const;
  const stream = { ...sampleStream, renditions: [stationFacts.rendition ?? rendition, rendition] };
  const state = { ...sampleState([stream]), viewers };

  test('is found by the beginning of its id, with the encoding that it gets', () => {
    const facts = factsOf(state, stream, 'abcdef01-2345-6789');
    expect(facts.viewer).toBe(viewers[1]);
    expect(facts.rendition).toBe(rendition);
  });

  test('is nothing as long as there is no session, or another one', () => {
    expect(factsOf(state, stream, null)).toMatchObject({ viewer: null, rendition: null });
    expect(factsOf(state, stream, 'abcdef99-2345').viewer).toBeNull();
  });

  test('expects no more pictures of a detector than its exposure leaves time for', () => {
    const exposing = { ...stream, reading: { exposureMs: 500 } as NonNullable<typeof stream.reading> };
    expect(factsOf(state, stream, null).nominalFps).toBe(30);
    expect(factsOf(state, exposing, null).nominalFps).toBe(2);
  });
});

describe('The size of the pictures', () => {
  const reasonOf = (scale: PictureScale, shownWidthPx: number | null) =>
    sizeReason(
      { ...stationFacts, viewer: { ...viewerState, scale } },
      shownWidthPx === null ? null : { widthPx: shownWidthPx, heightPx: (shownWidthPx * 9) / 16 },
    );

  test.each<[PictureScale, number | null, ReturnType<typeof reasonOf>]>([
    [1, 1920, 'whole'],
    [2, 640, 'tile'],
    [2, 672, 'tile'],
    [2, 673, 'link'],
    [4, 320, 'tile'],
    [4, 640, 'link'],
    [2, null, 'link'],
  ])('divided by %s and shown %s pixels wide is because of: %s', (scale, shownWidthPx, reason) => {
    expect(reasonOf(scale, shownWidthPx)).toBe(reason);
  });

  test('has no known reason where the station does not say what it sends', () => {
    expect(sizeReason({ ...stationFacts, viewer: null }, null)).toBeNull();
  });
});
