import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PageKeeper, type KeptPage } from '../../src/main/desktop/page-keeper.ts';
import { pageUrl } from '../../src/main/desktop/page.ts';
import { safePageUrl } from '../../src/main/desktop/safe-page.ts';

/** A page that hangs or fails when it is told to. */
class FakePage implements KeptPage {
  readonly loaded: string[] = [];
  isHanging = false;
  kills = 0;

  load(url: string): void {
    this.loaded.push(url);
  }

  answers(): Promise<unknown> {
    return this.isHanging ? new Promise(() => undefined) : Promise.resolve(0);
  }

  callStack(): Promise<string> {
    return Promise.resolve('at forever (wall.js:1)');
  }

  kill(): void {
    this.kills++;
    keeper.failed('its process is gone (killed)');
  }

  /** What was loaded since this was asked last. */
  take(): string[] {
    return this.loaded.splice(0);
  }
}

let page: FakePage;
let keeper: PageKeeper;
let logged: string;

beforeEach(() => {
  vi.useFakeTimers();
  logged = '';
  page = new FakePage();
  keeper = new PageKeeper(page, pino({ level: 'debug' }, { write: (line) => (logged += line) }));
  keeper.showWall();
  keeper.arrived(pageUrl);
  page.take();
});
afterEach(() => {
  keeper.close();
  vi.useRealTimers();
});

const wait = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const crash = (): void => keeper.failed('its process is gone (crashed)');

/** Three failures in a row, which are one too many. */
async function crashTooOften(): Promise<void> {
  crash();
  await wait(0);
  crash();
  await wait(1_000);
  crash();
}

describe('A wall that fails', () => {
  test('is loaded again at once, then after a second', async () => {
    crash();
    await wait(0);
    expect(page.take()).toEqual([pageUrl]);
    crash();
    await wait(999);
    expect(page.take()).toEqual([]);
    await wait(1);
    expect(page.take()).toEqual([pageUrl]);
    expect(logged).toContain('its process is gone (crashed)');
  });

  test('makes room for the safe page at the third time within a minute, and is tried again after another', async () => {
    await crashTooOften();
    expect(page.take()).toEqual([pageUrl, pageUrl, safePageUrl]);
    expect(keeper.trouble).toEqual({
      what: 'page_failed',
      detail: 'its process is gone (crashed)',
      retryAfterS: 60,
    });
    await wait(59_999);
    expect(page.take()).toEqual([]);
    await wait(1);
    expect(page.take()).toEqual([pageUrl]);
  });

  test('does not, where it fails now and then', async () => {
    for (let times = 0; times < 20; times++) {
      crash();
      await wait(31_000);
    }
    expect(new Set(page.take())).toEqual(new Set([pageUrl]));
  });
});

describe('The safe page', () => {
  test('is not loaded again and again where even it fails, but the wall still comes back', async () => {
    await crashTooOften();
    page.take();
    for (let times = 0; times < 5; times++) crash();
    await wait(10_000);
    expect(page.take()).toEqual([]);
    await wait(50_000);
    expect(page.take()).toEqual([pageUrl]);
  });

  test('whose link was touched is forgotten: the wall that came is left alone', async () => {
    await crashTooOften();
    page.take();
    await wait(20_000);
    keeper.arrived(pageUrl);
    await wait(3_600_000);
    expect(page.take()).toEqual([]);
  });

  test('comes back after that, if the wall fails once more within the minute', async () => {
    await crashTooOften();
    page.take();
    await wait(5_000);
    keeper.arrived(pageUrl);
    crash();
    expect(page.take()).toEqual([safePageUrl]);
  });

  test('says why the station cannot start, until it has started', async () => {
    const trouble = { what: 'start_failed', detail: 'port 8080 is taken', retryAfterS: 10 } as const;
    keeper.showTrouble(trouble);
    expect(keeper.trouble).toEqual(trouble);
    crash();
    await wait(3_600_000);
    expect(page.take()).toEqual([safePageUrl, safePageUrl]);
    keeper.showWall();
    expect(page.take()).toEqual([pageUrl]);
  });
});

describe('A page that hangs', () => {
  test('is ended within twenty seconds, with its call stack in the log, and loaded again', async () => {
    page.isHanging = true;
    await wait(20_000);
    expect(page.kills).toBe(1);
    await wait(1);
    expect(logged).toContain('at forever (wall.js:1)');
    expect(page.take()).toEqual([pageUrl]);
  });

  test('for a moment only is left alone', async () => {
    for (let times = 0; times < 10; times++) {
      page.isHanging = true;
      await wait(10_000);
      page.isHanging = false;
      await wait(10_000);
    }
    expect(page.kills).toBe(0);
  });
});

test('After the end nothing is loaded any more', async () => {
  crash();
  keeper.close();
  page.isHanging = true;
  await wait(3_600_000);
  expect(page.take()).toEqual([]);
  expect(page.kills).toBe(0);
});
