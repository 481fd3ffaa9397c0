import { expect, expectLive, test } from './fixtures.ts';
import { LossyRelay } from '../support/lossy-relay.ts';
import { watchPictures } from '../support/picture-flow.ts';

test('a link that loses every twentieth packet still brings the pictures', async ({ page, startStation }) => {
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  const relay = new LossyRelay({ delayMs: 40 });
  try {
    await relay.join(page);
    await page.goto(station.url);
    await expectLive(page, 'clock');
    relay.lossShare = 0.05;
    const { taken, decoded } = await watchPictures(page, station, 'clock', 10_000);
    expect(decoded).toBeGreaterThan(taken * 0.9);
  } finally {
    relay.close();
  }
});
