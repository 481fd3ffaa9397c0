import type { Page } from '@playwright/test';
import { expect, expectLive, expectPictures, test, tile } from './fixtures.ts';
import { childrenOf } from '../support/station-process.ts';

test('a picture that stands still is not called live again before the next one has come', async ({
  page,
  startStation,
}) => {
  test.skip(process.platform !== 'linux', 'needs /proc to find the Capture processes');
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.addInitScript(countPictures);
  await page.goto(station.url);
  await expectLive(page, 'clock');
  await expectPictures(page, 'clock', 60);
  const [pid] = await childrenOf(station.pid);
  if (pid === undefined) throw new Error('The station has no Capture.');
  process.kill(pid, 'SIGSTOP');
  const { said, hasNewPicture } = await statesUntilLive(page);
  expect(said.slice(0, 2)).toEqual(['stale', 'offline']);
  expect(hasNewPicture).toBe(true);
});

test('the last picture stays in sight, dimmed, until the next station shows one', async ({ page, startStation }) => {
  const first = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(first.url);
  await expectLive(page, 'clock');
  const still = tile(page, 'clock').locator('canvas');
  await expect(still).toBeHidden();
  await first.stop();
  await expect(tile(page, 'clock')).toHaveAttribute('data-state', 'offline');
  await expect(still).toBeVisible();
  expect(await spread(page)).toBeGreaterThan(10);
  expect(await still.evaluate((canvas) => getComputedStyle(canvas).filter)).toContain('grayscale(1)');
  await startStation({ args: ['--source', 'simulated:clock'], port: Number(new URL(first.url).port) });
  await expectLive(page, 'clock');
  await expect(still).toBeHidden();
});

test('whoever comes while a detector is away sees why, and neither asks in vain nor fills the console', async ({
  page,
  startStation,
}) => {
  const source = { kind: 'file', path: 'not-there.mp4' };
  const station = await startStation({ config: { streams: [{ id: 'bench', name: 'Bench', source }] } });
  const noise: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) noise.push(message.text());
  });
  await page.goto(station.url);
  await expect(tile(page, 'bench')).toContainText('The recording is not there.');
  await page.reload();
  await expect(tile(page, 'bench')).toContainText('Next try in');
  await expect
    .poll(async () => {
      const [stream] = (await station.state()).streams;
      return stream?.status.kind === 'offline' ? stream.status.attempt : 0;
    })
    .toBeGreaterThan(3);
  await expect(tile(page, 'bench')).toHaveAttribute('data-state', 'offline');
  expect(noise).toEqual([]);
});

test('a page has loaded although its detector has not shown anything yet', async ({ page, startStation }) => {
  const source = { kind: 'program', command: ['sleep', '600'] };
  const station = await startStation({ config: { streams: [{ id: 'bench', name: 'Bench', source }] } });
  // A slow network: the page has its session before the last of its files.
  const hasSession = async () => (await station.state()).streams[0]?.viewers === 1;
  await page.route('**/*.woff2', async (route) => {
    await expect.poll(hasSession).toBe(true);
    await route.continue();
  });
  await page.goto(station.url, { waitUntil: 'load' });
  await expect(tile(page, 'bench')).toHaveAttribute('data-state', 'connecting');
});

test('going from the wall to one picture and back leaves no errors in the console', async ({ page, startStation }) => {
  const streams = ['brightfield', 'dim'].map((detector) => {
    return { id: detector, name: detector, source: { kind: 'simulated', detector } };
  });
  const station = await startStation({ config: { streams } });
  const noise: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) noise.push(message.text());
  });
  await page.goto(station.url);
  for (let round = 0; round < 3; round++) {
    await expectLive(page, 'dim');
    await tile(page, 'dim').click();
    await expect(page.getByTestId('tile')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expectLive(page, 'brightfield');
  }
  await expectLive(page, 'dim');
  expect(noise).toEqual([]);
});

/** Runs in the page before its own scripts: counts each picture before anything else there hears of it. */
function countPictures(): void {
  const request = Reflect.get(HTMLVideoElement.prototype, 'requestVideoFrameCallback');
  Reflect.set(globalThis, 'pictures', 0);
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (callback) {
    return request.call(this, (nowMs, metadata) => {
      Reflect.set(globalThis, 'pictures', Number(Reflect.get(globalThis, 'pictures')) + 1);
      callback(nowMs, metadata);
    });
  };
}

/** What the clock's tile says one after the other until it is live again, and whether a picture has come by then. */
async function statesUntilLive(page: Page): Promise<{ said: string[]; hasNewPicture: boolean }> {
  return page.evaluate(async () => {
    const tile = document.querySelector<HTMLElement>('[data-testid="tile"]');
    if (!tile) throw new Error('There is no tile.');
    const pictures = (): number => Number(Reflect.get(globalThis, 'pictures'));
    const said: string[] = [];
    let picturesBefore = 0;
    return new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        const state = tile.dataset['state'] ?? '';
        if (said.at(-1) === state) return;
        // The pictures that were on their way when the Capture was stopped are the last ones.
        if (said.length === 0) picturesBefore = pictures();
        said.push(state);
        if (state !== 'live') return;
        observer.disconnect();
        resolve({ said, hasNewPicture: pictures() > picturesBefore });
      });
      observer.observe(tile, { attributeFilter: ['data-state'] });
    });
  });
}

/** How much the kept picture varies; a black one does not. */
async function spread(page: Page): Promise<number> {
  return tile(page, 'clock')
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [0] };
      const green = Array.from(data).filter((_value, index) => index % 4 === 1);
      const mean = green.reduce((sum, value) => sum + value, 0) / green.length;
      return Math.sqrt(green.reduce((sum, value) => sum + (value - mean) ** 2, 0) / green.length);
    });
}
