// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { listenForHope } from '../../../src/renderer/station/repair-hope.ts';
import type { Hope } from '../../../src/renderer/station/repair.ts';

class FakePath extends EventTarget {
  type: string | undefined;

  turn(type: string | undefined): void {
    this.type = type;
    this.dispatchEvent(new Event('change'));
  }
}

let heard: Hope[];
let stop: () => void;
let path: FakePath;

beforeEach(() => {
  vi.useFakeTimers();
  heard = [];
  path = new FakePath();
  Object.defineProperty(navigator, 'connection', { value: path, configurable: true });
  stop = listenForHope(document, (hope) => heard.push(hope));
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

describe('Hope', () => {
  test('comes with the network', () => {
    window.dispatchEvent(new Event('online'));
    expect(heard).toEqual(['network']);
  });

  test('comes with another way to the network, and not with every new estimate of its speed', () => {
    path.turn(undefined);
    expect(heard).toEqual([]);
    path.turn('wifi');
    path.turn('wifi');
    expect(heard).toEqual(['network']);
  });

  test('comes when the machine wakes from sleep, and not with a beat that is a little late', () => {
    vi.advanceTimersByTime(10_000);
    skipTime(1_500);
    vi.advanceTimersByTime(1_000);
    expect(heard).toEqual([]);
    skipTime(3_600_000);
    vi.advanceTimersByTime(1_000);
    vi.advanceTimersByTime(10_000);
    expect(heard).toEqual(['wake']);
  });

  test('comes when somebody looks at the page again', () => {
    document.dispatchEvent(new Event('visibilitychange'));
    expect(heard).toEqual(['seen']);
  });

  test('is not listened for any more after the end', () => {
    stop();
    window.dispatchEvent(new Event('online'));
    document.dispatchEvent(new Event('visibilitychange'));
    path.turn('cellular');
    skipTime(3_600_000);
    vi.advanceTimersByTime(10_000);
    expect(heard).toEqual([]);
  });
});

/** Time in which nothing runs. */
function skipTime(ms: number): void {
  const beforeMs = performance.now();
  const startedAtMs = Date.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => beforeMs + ms + (Date.now() - startedAtMs));
  onTestFinished(() => clock.mockRestore());
}
