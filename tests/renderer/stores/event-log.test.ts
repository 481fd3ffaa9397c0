import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { beforeEach, describe, expect, test } from 'vitest';
import { useEventLog, type ViewEvent } from '../../../src/renderer/stores/event-log.ts';

let log: ReturnType<typeof useEventLog>;
beforeEach(() => {
  log = createApp({})
    .use(createPinia())
    .runWithContext(() => useEventLog());
});

const live = (atMs: number): ViewEvent => ({ kind: 'state', atMs, state: 'live', cause: null, detail: null });

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
