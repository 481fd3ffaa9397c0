import type { Page } from '@playwright/test';
import { expect, expectLive, expectPictures, test, tile } from './fixtures.ts';
import { changeNetwork, newSessions, watchSessions } from './sessions.ts';

const clock = { args: ['--source', 'simulated:clock'] };
const onPosix = process.platform !== 'win32';

/** How long a page may take to find a station that is there again: its waits are shorter, by far. */
const comesBackWithinMs = 15_000;

async function watch(page: Page, url: string): Promise<string> {
  await page.goto(url);
  await expect(page.getByTestId('tile')).toHaveAttribute('data-state', 'live');
  const id = (await page.getByTestId('tile').getAttribute('data-stream-id')) ?? '';
  await expectPictures(page, id, 5);
  await watchSessions(page);
  return id;
}

test('a network change moves the connection to another path at once, and the picture goes on in the same session', async ({
  page,
  startStation,
}) => {
  const station = await startStation(clock);
  const id = await watch(page, station.url);
  const pictures = expectPictures(page, id, 30);
  await changeNetwork(page, () => station.log(), 1);
  await pictures;
  // The next one begins with what this one left.
  await changeNetwork(page, () => station.log(), 2);
  await expectPictures(page, id, 30);
  await expectLive(page, id);
  expect(await newSessions(page)).toBe(0);
  expect((await station.state()).streams).toMatchObject([{ viewers: 1 }]);
});

test('a station that stands still for four seconds is watched on in the same session', async ({
  page,
  startStation,
}) => {
  test.skip(!onPosix, 'needs signals that stop a process');
  const station = await startStation(clock);
  const id = await watch(page, station.url);
  process.kill(station.pid, 'SIGSTOP');
  await expect(tile(page, id)).toHaveAttribute('data-state', 'stale');
  await page.waitForTimeout(4_000);
  process.kill(station.pid, 'SIGCONT');
  await expect(tile(page, id)).toHaveAttribute('data-state', 'live', { timeout: comesBackWithinMs });
  await expectPictures(page, id, 30);
  expect(await newSessions(page)).toBe(0);
  expect((await station.state()).streams).toMatchObject([{ viewers: 1 }]);
});

test('a station that is killed and started again is watched again without a hand', async ({ page, startStation }) => {
  const first = await startStation(clock);
  const id = await watch(page, first.url);
  await first.kill();
  await expect(tile(page, id)).toHaveText(/Repairing the connection…|Reconnecting, try 1 of 5/);
  const second = await startStation({ ...clock, port: Number(new URL(first.url).port) });
  await expect(tile(page, id)).toHaveAttribute('data-state', 'live', { timeout: comesBackWithinMs });
  await expectPictures(page, id, 30);
  expect((await second.state()).streams).toMatchObject([{ viewers: 1 }]);
});
