import type { Page } from '@playwright/test';
import { expect, expectPictures, test, tile } from './fixtures.ts';
import { childrenOf } from '../support/station-process.ts';

const onLinux = process.platform === 'linux';
const needsProc = 'needs /proc to find the Capture processes';

test('a killed Capture comes back in the same tile, to the same viewer', async ({ page, startStation }) => {
  test.skip(!onLinux, needsProc);
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(station.url);
  const id = await onlyStream(page);
  await expectPictures(page, id, 5);
  const video = await tile(page, id).locator('video').elementHandle();
  for (const pid of await childrenOf(station.pid)) process.kill(pid, 'SIGKILL');
  await expectPictures(page, id, 30);
  const stillThere = await video?.evaluate((element) => element.isConnected);
  expect(stillThere).toBe(true);
  const [stream] = (await station.state()).streams;
  expect(stream).toMatchObject({ viewers: 1, starts: 2 });
});

test('a stopped Capture is noticed, said on the tile, and replaced', async ({ page, startStation }) => {
  test.skip(!onLinux, needsProc);
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(station.url);
  const id = await onlyStream(page);
  await expectPictures(page, id, 5);
  const [pid] = await childrenOf(station.pid);
  if (pid === undefined) throw new Error('The station has no Capture.');
  process.kill(pid, 'SIGSTOP');
  await expect(tile(page, id)).not.toHaveAttribute('data-state', 'live', { timeout: 10_000 });
  await expect(tile(page, id)).toHaveAttribute('data-state', 'live', { timeout: 15_000 });
  expect(await childrenOf(station.pid)).not.toContain(pid);
});

test('a killed station leaves no process, and the page says that it is gone and finds the next one', async ({
  page,
  startStation,
}) => {
  test.skip(!onLinux, needsProc);
  const first = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(first.url);
  const id = await onlyStream(page);
  await expectPictures(page, id, 5);
  const captures = await childrenOf(first.pid);
  expect(captures).not.toEqual([]);
  await first.kill();
  await expect.poll(() => captures.filter(isRunning)).toEqual([]);
  await expect(tile(page, id)).not.toHaveAttribute('data-state', 'live', { timeout: 10_000 });
  await startStation({ args: ['--source', 'simulated:clock'], port: Number(new URL(first.url).port) });
  await expect(tile(page, id)).toHaveAttribute('data-state', 'live', { timeout: 30_000 });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: there is no such process, which is what is asked.
    return false;
  }
}

async function onlyStream(page: Page): Promise<string> {
  await expect(page.getByTestId('tile')).toHaveAttribute('data-state', 'live');
  return (await page.getByTestId('tile').getAttribute('data-stream-id')) ?? '';
}
