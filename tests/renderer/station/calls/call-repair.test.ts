import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CallRepair } from '../../../../src/renderer/station/calls/call-repair.ts';

let repair: CallRepair;
let restarts: number[];
let givenUpAtMs: number[];

beforeEach(() => {
  vi.useFakeTimers();
  const startedAtMs = Date.now();
  [restarts, givenUpAtMs] = [[], []];
  repair = new CallRepair({
    restartIce: () => restarts.push(Date.now() - startedAtMs),
    giveUp: () => givenUpAtMs.push(Date.now() - startedAtMs),
  });
});
afterEach(() => void vi.useRealTimers());

it('A call that has lost its media looks for another path after two seconds, again every five, and is given up after 30', () => {
  repair.follow('disconnected');
  vi.advanceTimersByTime(29_999);
  expect(restarts).toEqual([2_000, 7_000, 12_000, 17_000, 22_000, 27_000]);
  expect(givenUpAtMs).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(givenUpAtMs).toEqual([30_000]);
});

it('What the browser says of the tries meanwhile neither stops them nor gives the call more time', () => {
  repair.follow('disconnected');
  for (const state of ['connecting', 'failed', 'disconnected', 'connecting', 'failed'] as const) {
    vi.advanceTimersByTime(4_000);
    repair.follow(state);
  }
  expect(restarts).toEqual([2_000, 7_000, 12_000, 17_000]);
  vi.advanceTimersByTime(10_000);
  expect(givenUpAtMs).toEqual([30_000]);
});

it('Where the browser has given up by itself, another path is looked for at once', () => {
  repair.follow('failed');
  vi.advanceTimersByTime(0);
  expect(restarts).toEqual([0]);
});

it('A call whose media are back is left alone, and has all its time again at the next loss', () => {
  repair.follow('disconnected');
  vi.advanceTimersByTime(29_000);
  repair.follow('connected');
  const before = restarts.length;
  vi.advanceTimersByTime(60_000);
  expect(restarts).toHaveLength(before);
  repair.follow('disconnected');
  vi.advanceTimersByTime(29_999);
  expect(givenUpAtMs).toEqual([]);
});

it('A call whose media never come is given up after 30 seconds', () => {
  repair.begin();
  repair.follow('connecting');
  vi.advanceTimersByTime(30_000);
  expect(givenUpAtMs).toEqual([30_000]);
});
