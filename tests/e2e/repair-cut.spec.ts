import { setTimeout } from 'node:timers/promises';
import { openRemoteBrowser, whyNoRemoteBrowser, type RemoteBrowser } from '../support/remote-browser.ts';
import { startStationHere } from '../support/station-here.ts';
import { expect, expectLive, expectPictures, test as base, tile } from './fixtures.ts';
import { newSessions, watchSessions } from './sessions.ts';

const reason = whyNoRemoteBrowser();
base.skip(reason !== null, reason ?? '');

interface Fixtures {
  readonly remote: RemoteBrowser;
  /** Where a station in this very process is watched from outside; only its own screen may share it. */
  readonly link: string;
}

const test = base.extend<Fixtures>({
  remote: async ({}, use) => {
    const remote = await openRemoteBrowser();
    await use(remote);
    await remote.close();
  },
  link: async ({ remote }, use) => {
    const station = await startStationHere();
    await use(await station.share(remote.stationHost));
    await station.close();
  },
});

test('a cable that is pulled for four seconds and then for twelve costs nobody a click, and no session', async ({
  remote,
  link,
}) => {
  const page = await remote.browser.newPage();
  await page.goto(link);
  await expectLive(page, 'clock');
  await expectPictures(page, 'clock', 30);
  await watchSessions(page);

  for (const cutMs of [4_000, 12_000]) {
    remote.pullCable();
    await setTimeout(cutMs);
    await expect(tile(page, 'clock')).not.toHaveAttribute('data-state', 'live');
    remote.plugCable();
    await expectLive(page, 'clock');
    await expectPictures(page, 'clock', 30);
    expect(await newSessions(page)).toBe(0);
  }
});
