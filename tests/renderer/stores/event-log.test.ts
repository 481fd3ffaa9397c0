import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { beforeEach, describe, expect, test } from 'vitest';
import type { StreamEvent } from '../../../src/shared/stream-event.ts';
import { mergedLog, useEventLog, type ViewEvent } from '../../../src/renderer/stores/event-log.ts';

let log: ReturnType<typeof useEventLog>;
beforeEach(() => {
  log = createApp({})
    .use(createPinia())
    .runWithContext(() => useEventLog());
});

const live = (atMs: number): ViewEvent => ({ kind: 'state', atMs, state: 'live', cause: null, detail: null });

describe('The log of a view together with the station’s', () => {
  const started = (timeMs: number): StreamEvent => ({ kind: 'started', timeMs });

  test('has both in the order of time, the newest first, and says who has seen what', () => {
    const merged = mergedLog([live(30), live(10)], [started(20), started(40)], 0);
    expect(merged.map(({ seenBy, atMs }) => [seenBy, atMs])).toEqual([
      ['station', 40],
      ['page', 30],
      ['station', 20],
      ['page', 10],
    ]);
  });

  test('tells the station’s times by this page’s clock', () => {
    const merged = mergedLog([live(5_000)], [started(64_000)], 60_000);
    expect(merged.map(({ seenBy, atMs }) => [seenBy, atMs])).toEqual([
      ['page', 5_000],
      ['station', 4_000],
    ]);
  });

  test('keeps the newest two hundred of both', () => {
    const own = Array.from({ length: 200 }, (_, at) => live(1_000 - 2 * at));
    const station = Array.from({ length: 200 }, (_, at) => started(601 + 2 * at));
    const merged = mergedLog(own, station, 0);
    expect(merged).toHaveLength(200);
    expect(new Set(merged.map(({ seenBy }) => seenBy))).toEqual(new Set(['page', 'station']));
    expect(merged.at(-1)?.atMs).toBe(801);
  });
});

describe('The log of a view', () => {
  test('keeps the newest two hundred events, the newest first', () => {
    for (let atMs = 1; atMs <= 250; atMs++) log.note('a', live(atMs));
    expect(log.of('a')).toHaveLength(200);
    expect([log.of('a').at(0)?.atMs, log.of('a').at(-1)?.atMs]).toEqual([250, 51]);
  });

  test('is that of one Stream', () => {
    log.note('a', live(1));
    expect(log.of('b')).toEqual([]);
    log.note('b', live(2));
    expect(log.of('a')).toEqual([live(1)]);
  });
});
