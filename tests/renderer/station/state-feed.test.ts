import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openStateFeed } from '../../../src/renderer/station/state-feed.ts';
import { sampleState } from '../../contract/fake-station.ts';

/** Stands in for the browser's: Node has none, and no server can be ordered to die silently. */
class FakeEventSource extends EventTarget {
  static opened: FakeEventSource[] = [];
  isClosed = false;

  constructor() {
    super();
    FakeEventSource.opened.push(this);
  }

  close(): void {
    this.isClosed = true;
  }

  tell(): void {
    this.dispatchEvent(new MessageEvent('state', { data: JSON.stringify(sampleState()) }));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeEventSource);
  FakeEventSource.opened = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const newest = (): FakeEventSource | undefined => FakeEventSource.opened.at(-1);
const openOnes = (): number => FakeEventSource.opened.filter((source) => !source.isClosed).length;

describe('The feed of states', () => {
  test('hands on every state', () => {
    const listener = vi.fn();
    onTestEnd(openStateFeed(new URL('http://station/api/events'), listener));
    newest()?.tell();
    expect(listener).toHaveBeenCalledWith(sampleState());
  });

  test('comes back after a refusal, which a browser takes as final', async () => {
    onTestEnd(openStateFeed(new URL('http://station/api/events'), () => undefined));
    newest()?.dispatchEvent(new Event('error'));
    expect(openOnes()).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeEventSource.opened).toHaveLength(2);
    expect(openOnes()).toBe(1);
  });

  test('finds a station that was away for long within a few seconds', async () => {
    onTestEnd(openStateFeed(new URL('http://station/api/events'), () => undefined));
    for (let second = 0; second < 60; second++) {
      newest()?.dispatchEvent(new Event('error'));
      await vi.advanceTimersByTimeAsync(1_000);
    }
    const before = FakeEventSource.opened.length;
    await vi.advanceTimersByTimeAsync(2_500);
    expect(FakeEventSource.opened.length).toBeGreaterThan(before);
  });

  test('comes back after five seconds without a word, and not while the station speaks', async () => {
    onTestEnd(openStateFeed(new URL('http://station/api/events'), () => undefined));
    for (let second = 0; second < 10; second++) {
      newest()?.tell();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(FakeEventSource.opened).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(FakeEventSource.opened).toHaveLength(2);
  });

  test('is silent for ever once it is closed', async () => {
    const close = openStateFeed(new URL('http://station/api/events'), () => undefined);
    newest()?.dispatchEvent(new Event('error'));
    close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeEventSource.opened).toHaveLength(1);
  });
});

let closeFeed: (() => void) | undefined;
function onTestEnd(close: () => void): void {
  closeFeed = close;
}
afterEach(() => closeFeed?.());
