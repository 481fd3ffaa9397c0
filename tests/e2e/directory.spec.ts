import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { pino } from 'pino';
import { openAccessFile } from '../../src/main/access/access-file.ts';
import { networkHosts } from '../../src/main/access/addresses.ts';
import { boot, type BootedStation } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream, type StationConfig } from '../../src/main/config.ts';
import { openDirectoryFile } from '../../src/main/directory/directory-file.ts';
import { Tickets } from '../../src/main/directory/tickets.ts';
import { chromiumLaunchOptions } from '../support/chromium.ts';
import { expect, expectLive, expectPictures, test as base } from './fixtures.ts';

/** An address of this machine on a network; what the tests send to it stays on the machine. */
const [host = ''] = networkHosts();
const password = 'a quiet microscope';

/** A name that the browser takes for this machine, and for none of a private network. */
const name = hostname();

/** A zone other than this machine's, most likely, where it is morning now: a booking of today ends today. */
const timeZone = zoneOfMorning(new Date().getUTCHours());

function zoneOfMorning(utcHours: number): string {
  const morning = utcHours === 9 ? 10 : 9;
  const aheadHours = ((morning - utcHours + 36) % 24) - 12;
  // Their names count hours behind Greenwich, not ahead of it.
  return `Etc/GMT${aheadHours > 0 ? '-' : '+'}${Math.abs(aheadHours)}`;
}

interface Lab {
  /** Of the directory's page. */
  readonly origin: string;
  /** Of the door of the station that it sends to. */
  readonly benchOrigin: string;
  readonly bench: BootedStation;
  /** Books that station for Anna, as an admin. */
  readonly book: (fromMs: number, untilMs: number) => void;
}

interface Labs {
  /** A directory with a user and a station that trusts it, both in this very process and shared. */
  readonly lab: Lab;
  /** The same, encrypted with certificates that no browser knows; and in the directory another station `attic`, which is not encrypted. */
  readonly encryptedLab: Lab;
}

/** Below those that the system gives away by itself, so that nobody is given it meanwhile. */
async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '0.0.0.0', () => resolve(true));
  });
  if (!isFree) return freePort();
  server.close();
  await once(server, 'close');
  return port;
}

type Tls = 'off' | 'self-signed';

async function start(
  dataDir: string,
  sharePort: number,
  shareTls: Tls,
  own: Partial<StationConfig>,
): Promise<BootedStation> {
  const http = { ...defaultConfig().http, port: 0, announce: false, sharePort, shareTls } as const;
  const config = { ...defaultConfig(), http, ...own };
  const configFile = join(dataDir, 'station.json');
  const booted = await boot({ config, notices: [], configFile, dataDir, fixedBy: null }, pino({ level: 'silent' }));
  await booted.settings.share();
  return booted;
}

/** Runs a lab while it is used. */
async function withLab(tls: Tls, use: (lab: Lab) => Promise<void>): Promise<void> {
  const [ofDirectory, ofBench] = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'eyepiece-'))));
  if (ofDirectory === undefined || ofBench === undefined) throw new Error('There is no place for the stations.');
  const { publicKey } = await Tickets.open(ofDirectory);
  const file = openAccessFile(ofDirectory);
  await file.users.add({ name: 'Anna', password, role: 'viewer', streams: 'all' });
  await file.users.add({ name: 'Bo', password, role: 'admin', streams: 'all' });
  file.close();
  const [port, benchPort, atticPort] = [await freePort(), await freePort(), await freePort()];
  const scheme = tls === 'off' ? 'http' : 'https';
  const [origin, benchOrigin] = [port, benchPort].map((each) => `${scheme}://${host}:${each}`) as [string, string];
  const stations = openDirectoryFile(ofDirectory);
  const station = { type: 'microscope', rtsp_url: null, access: 'booking' } as const;
  stations.stations.add({ ...station, id: 'bench', name: 'Bench', webrtc_url: benchOrigin });
  stations.stations.add({
    ...station,
    id: 'attic',
    name: 'Attic',
    webrtc_url: `http://${name}:${atticPort}`,
    access: 'open',
  });
  stations.close();
  // First, so that the directory finds it online.
  const trusts = [{ name: 'Lab', url: origin, publicKey, station: 'bench' }];
  const streams = [simulatedStream('brightfield')];
  const bench = await start(ofBench, benchPort, tls, { name: 'Bench', streams, trusts });
  const directory = await start(ofDirectory, port, tls, { name: 'Lab', streams: [], directory: { timeZone } });
  const admin = { name: 'Bo', user: 'Bo', mayManage: true, role: 'admin', streams: 'all' } as const;
  const book = (fromMs: number, untilMs: number): void =>
    void directory.directory?.of(admin).book({ station: 'bench', user: 'Anna', purpose: '', fromMs, untilMs });
  await use({ origin, benchOrigin, bench, book });
  await Promise.all([directory.close(), bench.close()]);
  await Promise.all([ofDirectory, ofBench].map((folder) => rm(folder, { recursive: true, force: true })));
}

const test = base.extend<Labs>({
  lab: ({}, use) => withLab('off', use),
  encryptedLab: ({}, use) => withLab('self-signed', use),
});

const launch = await chromiumLaunchOptions();
test.use({ launchOptions: { ...launch, args: [...launch.args, `--host-resolver-rules=MAP ${name} ${host}`] } });

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('Anna');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

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
  await signIn(page);
  await page.getByTestId('lab').click();
  const row = page.getByTestId('lab-station').and(page.locator('[data-station-id="bench"]'));
  await expect(row.getByTestId('station-status')).toHaveText('online', { timeout: 15_000 });
  await expect(row.getByTestId('agenda')).toHaveText('Free now');

  await row.getByTestId('connect').click();
  await expect(page.getByTestId('watching-fault')).toContainText('This station is not yours now.');
  await page.getByTestId('to-stations').click();

  // From now on, as the lab's clock shows it, whatever the clock of the browser.
  const format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const [date = '', time = ''] = format.format(Date.now()).split(' ');
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

test('a station opens by itself when its booking begins, and sends away when it ends, with when it is the user’s again', async ({
  page,
  lab,
}) => {
  await page.goto(lab.origin);
  await signIn(page);
  await page.getByTestId('lab').click();
  const row = page.getByTestId('lab-station').and(page.locator('[data-station-id="bench"]'));
  await expect(row).toBeVisible();
  const fromMs = Date.now() + 3_000;
  lab.book(fromMs, fromMs + 6_000);
  lab.book(fromMs + 3_600_000, fromMs + 7_200_000);
  await row.getByTestId('connect').click();
  await expect(page.getByTestId('watching-fault')).toContainText('Your booking of this station begins on');
  await expect(page.getByTestId('opens-at')).toContainText('opens here by itself then');

  await expectLive(page, 'brightfield');
  expect(Date.now()).toBeGreaterThanOrEqual(fromMs);
  await expect(page.getByTestId('watching-fault')).toContainText('The connection to this station has ended.');
  await expect(page.getByTestId('watching-fault')).toContainText('Your booking of this station begins on');
  await expect(page.getByTestId('opens-at')).toBeVisible();
  await expect.poll(() => lab.bench.station.state().viewers).toEqual([]);
});

/** Goes on where the browser warns of a certificate that it does not know. */
async function acceptCertificate(page: Page): Promise<void> {
  await page.locator('#details-button').click();
  await page.locator('#proceed-link').click();
}

test('what a browser does not let through is said, with what to do about it: unknown certificates and what is not encrypted', async ({
  page,
  context,
  encryptedLab: { origin, benchOrigin, book },
}) => {
  const refused: string[] = [];
  page.on('console', (message) => refused.push(message.text()));
  book(Date.now(), Date.now() + 600_000);
  await expect(page.goto(`${origin}/#lab/watch/bench`)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
  await acceptCertificate(page);
  // The address is that of the station, and survives the warning and the sign-in.
  await signIn(page);
  const fault = page.getByTestId('watching-fault');
  await expect(fault).toContainText('your browser does not trust its certificate yet');
  const [ownPage] = await Promise.all([context.waitForEvent('page'), page.getByTestId('own-page').click()]);
  await acceptCertificate(ownPage);
  await expect(ownPage.getByTestId('sign-in')).toBeVisible();
  expect(new URL(ownPage.url()).origin).toBe(benchOrigin);
  await ownPage.close();
  await page.getByTestId('try-again').click();
  await expectLive(page, 'brightfield');

  await page.goto(`${origin}/#lab/watch/attic`);
  await expect(fault).toContainText('This page is encrypted and the station is not');
  await expect(page.getByTestId('own-page')).toHaveAttribute('href', new RegExp(`^http://${name}:`));
  expect(refused.filter((text) => /^Mixed Content: .* blocked/s.test(text))).not.toEqual([]);
});
