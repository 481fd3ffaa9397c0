import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { boot } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream } from '../../src/main/config.ts';
import { openRemoteBrowser, whyNoRemoteBrowser, type RemoteBrowser } from '../support/remote-browser.ts';
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
    const dataDir = await mkdtemp(join(tmpdir(), 'eyepiece-'));
    const http = { host: '127.0.0.1', port: 0, sharePort: 0, allowedOrigins: [] } as const;
    const config = { ...defaultConfig(), http, streams: [simulatedStream('clock')] };
    const configFile = join(dataDir, 'station.json');
    const booted = await boot({ config, notices: [], configFile, dataDir, fixedBy: null }, pino({ level: 'silent' }));
    const { sharing } = await booted.settings.share();
    const links = sharing.kind === 'on' ? sharing.links : [];
    await use(links.find((link) => new URL(link).hostname === remote.stationHost) ?? '');
    await booted.close();
    await rm(dataDir, { recursive: true, force: true });
  },
});

test('a cable that is pulled for four seconds and then for twelve costs nobody a click, and the short one no session', async ({
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
    if (cutMs === 4_000) expect(await newSessions(page)).toBe(0);
  }
});
