import { expect, expectLive, expectPictures, test, tile } from './fixtures.ts';

test('a tile of another station is live, names that station, and says so when it is gone', async ({
  page,
  startStation,
}) => {
  const clock = { id: 'clock', name: 'Clock', source: { kind: 'simulated', detector: 'clock' } };
  const bench = await startStation({ config: { name: 'Bench in room 2', streams: [clock] } });
  const { origin } = new URL(bench.url);
  const streams = [
    { id: 'next-door', name: 'Clock next door', source: { kind: 'station', url: origin } },
    { id: 'nowhere', name: 'Nowhere', source: { kind: 'station', url: origin, stream: 'nowhere' } },
  ];
  const wall = await startStation({ config: { name: 'Wall', streams } });
  await page.goto(wall.url);
  await expectLive(page, 'next-door');
  await expectPictures(page, 'next-door', 10);
  await expect(tile(page, 'next-door')).toContainText('Bench in room 2');
  await expect(tile(page, 'next-door')).toHaveAccessibleName(/Bench in room 2/);
  await expect(tile(page, 'next-door').locator('.latency')).toHaveText(/^\d/);
  await expect(tile(page, 'nowhere')).toContainText('The other station has no such stream.');
  await bench.kill();
  await expect(tile(page, 'next-door')).toContainText('The other station does not answer.', { timeout: 15_000 });
  await expect(tile(page, 'next-door')).toContainText('Bench in room 2');
});
