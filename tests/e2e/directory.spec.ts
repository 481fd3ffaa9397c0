import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openAccessFile } from '../../src/main/access/access-file.ts';
import { networkHosts } from '../../src/main/access/addresses.ts';
import { boot, type BootedStation } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream, type StationConfig } from '../../src/main/config.ts';
import { Tickets } from '../../src/main/directory/tickets.ts';
import { expect, expectLive, expectPictures, test as base } from './fixtures.ts';

/** An address of this machine on a network; what the tests send to it stays on the machine. */
const [host = ''] = networkHosts();
const password = 'a quiet microscope';

interface Lab {
  /** Of the directory's page. */
  readonly origin: string;
  /** Of the door of the station that it sends to. */
  readonly benchOrigin: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function start(dataDir: string, sharePort: number, own: Partial<StationConfig>): Promise<BootedStation> {
  const http = { ...defaultConfig().http, port: 0, announce: false, sharePort, shareTls: 'off' } as const;
  const config = { ...defaultConfig(), http, ...own };
  const configFile = join(dataDir, 'station.json');
  const booted = await boot({ config, notices: [], configFile, dataDir, fixedBy: null }, pino({ level: 'silent' }));
  await booted.settings.share();
  return booted;
}

/** A directory with a user and a station that trusts it, both in this very process and shared. */
const test = base.extend<{ lab: Lab }>({
  lab: async ({}, use) => {
    const [ofDirectory, ofBench] = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'eyepiece-'))));
    if (ofDirectory === undefined || ofBench === undefined) throw new Error('There is no place for the stations.');
    const { publicKey } = await Tickets.open(ofDirectory);
    const file = openAccessFile(ofDirectory);
    await file.users.add({ name: 'Anna', password, role: 'viewer', streams: 'all' });
    await file.users.add({ name: 'Bo', password, role: 'admin', streams: 'all' });
    file.close();
    const [port, benchPort] = [await freePort(), await freePort()];
    const [origin, benchOrigin] = [port, benchPort].map((each) => `http://${host}:${each}`) as [string, string];
    const directory = await start(ofDirectory, port, {
      name: 'Lab',
      streams: [],
      directory: { timeZone: 'Asia/Tokyo' },
    });
    const trusts = [{ name: 'Lab', url: origin, publicKey, station: 'bench' }];
    const bench = await start(ofBench, benchPort, { name: 'Bench', streams: [simulatedStream('brightfield')], trusts });
    const admin = { name: 'Bo', user: 'Bo', mayManage: true, role: 'admin', streams: 'all' } as const;
    const desk = directory.directory?.of(admin);
    const station = {
      name: 'Bench',
      type: 'microscope',
      rtsp_url: null,
      webrtc_url: benchOrigin,
      access: 'booking',
    } as const;
    await desk?.addStation(station);
    await use({ origin, benchOrigin });
    await Promise.all([directory.close(), bench.close()]);
    await Promise.all([ofDirectory, ofBench].map((folder) => rm(folder, { recursive: true, force: true })));
  },
});

test.skip(host === '', 'this machine has no address on a network');

test('a user finds a station, books it, is refused where it is booked already, and sees its live picture directly', async ({
  page,
  lab,
}) => {
  const asked: { readonly origin: string; readonly path: string }[] = [];
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    asked.push({ origin, path: pathname });
  });
  await page.goto(lab.origin);
  await page.getByLabel('Name').fill('Anna');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByTestId('lab').click();
  const row = page.getByTestId('lab-station');
  await expect(row.getByTestId('station-status')).toHaveText('online', { timeout: 15_000 });
  await expect(row.getByTestId('agenda')).toHaveText('Free now');

  await row.getByTestId('connect').click();
  await expect(page.getByTestId('watching-fault')).toContainText('This station is not yours now.');
  await page.getByTestId('to-stations').click();

  // From now on, as the lab's clock shows it, whatever the clock of the browser.
  const now = await page.evaluate(() => {
    const format = new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Tokyo', dateStyle: 'short', timeStyle: 'short' });
    return format.format(Date.now()).split(' ');
  });
  const [date = '', time = ''] = now;
  const book = async (): Promise<void> => {
    await row.getByTestId('book').click();
    const from = page.getByTestId('booking-from').locator('input');
    await from.first().fill(date);
    await from.last().fill(time);
    await page.getByTestId('save-booking').click();
  };
  await book();
  await expect(row.getByTestId('agenda')).toContainText(`Yours now, ${time}–`);
  await book();
  await expect(page.getByTestId('lab-form')).toContainText('The station is booked for a part of that time already.');
  await page.keyboard.press('Escape');

  await row.getByTestId('connect').click();
  await expectLive(page, 'brightfield');
  await expectPictures(page, 'brightfield', 5);
  await expect(page.getByTestId('yours-until')).toBeVisible();
  const sessions = asked.filter(({ path }) => path.startsWith('/whep/'));
  expect(sessions.map(({ origin }) => origin)).toContain(lab.benchOrigin);
  expect(sessions.filter(({ origin }) => origin === lab.origin)).toEqual([]);

  await page.goBack();
  await expect(row).toBeVisible();
  await page.getByTestId('to-wall').click();
  await expect(page.getByTestId('lab-screen')).toHaveCount(0);
});
