import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { networkHosts } from '../../src/main/access/addresses.ts';
import { boot, type BootedStation } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream } from '../../src/main/config.ts';
import { expect, expectLive, expectPictures, test as base } from './fixtures.ts';

/** An address of this machine on a network; what the tests send to it stays on the machine. */
const [host = ''] = networkHosts();

interface Shared {
  readonly booted: BootedStation;
  /** Everything that was logged so far, at the level that logs most. */
  readonly logged: () => string;
  /** Shares the station. @returns The link at the machine's own address. */
  readonly share: () => Promise<string>;
  readonly viewers: () => number;
}

/** A station in this very process: only its own screen may share it, and no browser can. */
const test = base.extend<{ station: Shared }>({
  station: async ({}, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'eyepiece-'));
    let logged = '';
    const log = pino({ level: 'trace' }, { write: (line: string) => (logged += line) });
    const http = { ...defaultConfig().http, port: 0, announce: false, sharePort: await freePort() };
    const streams = [simulatedStream('brightfield'), simulatedStream('fluorescence')];
    const config = { ...defaultConfig(), http, streams };
    const booted = await boot(
      { config, notices: [], configFile: join(dataDir, 'station.json'), dataDir, fixedBy: null },
      log,
    );
    await use({
      booted,
      logged: () => logged,
      async share() {
        const { sharing } = await booted.settings.share();
        const links = sharing.kind === 'on' ? sharing.links : [];
        return links.find((link) => new URL(link).host.startsWith(`${host}:`)) ?? '';
      },
      viewers: () => booted.station.state().streams.reduce((sum, stream) => sum + stream.viewers, 0),
    });
    await booted.close();
    await rm(dataDir, { recursive: true, force: true });
  },
});

/** A port that nobody listens on, for doors that open at the same one twice. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '::');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

/** The station vouches for its certificate itself; a colleague compares the fingerprint and goes on. */
const trusting = { ignoreHTTPSErrors: true } as const;

test.skip(host === '', 'this machine has no address on a network');

test('a colleague on the network watches with the link, until sharing ends; the station’s own screen does not notice', async ({
  page: ownPage,
  station,
  browser,
}) => {
  await ownPage.goto(station.booted.url);
  await expectLive(ownPage, 'brightfield');
  await expectLive(ownPage, 'fluorescence');
  await expect.poll(station.viewers).toBe(2);
  const ownSessions: string[] = [];
  ownPage.on('request', (request) => {
    if (request.method() !== 'GET') ownSessions.push(`${request.method()} ${request.url()}`);
  });

  const link = await station.share();
  expect(station.booted.station.state().station.isShared).toBe(true);
  const key = new URL(link).hash.slice('#guest='.length);
  const guest = await (await browser.newContext(trusting)).newPage();
  const requests: string[] = [];
  const tokens = new Set<string>();
  const answers: string[] = [];
  guest.on('request', (request) => {
    requests.push(request.url());
    const token = request.headers()['authorization']?.slice('Bearer '.length);
    if (token !== undefined) tokens.add(token);
  });
  guest.on('response', (response) => {
    if (response.status() === 201) void response.text().then((text) => answers.push(text));
  });

  await guest.goto(link);
  await expectLive(guest, 'brightfield');
  await expectPictures(guest, 'brightfield', 10);
  expect(guest.url()).toBe(`https://${new URL(link).host}/`);
  await expect.poll(station.viewers).toBe(4);
  await expect.poll(() => answers.length).toBeGreaterThan(0);
  for (const sdp of answers) expect(sdp).toContain(` ${host} `);

  await guest.reload();
  await expectLive(guest, 'brightfield');
  expect(guest.url()).toBe(`https://${new URL(link).host}/`);

  await station.booted.settings.stopSharing();
  await expect(guest.getByRole('heading', { level: 1 })).toHaveText('This link has ended.');
  await expect(guest.getByTestId('sign-in')).toContainText('Ask at the station for a new one.');
  expect(station.viewers()).toBe(2);
  expect(station.booted.station.state().station.isShared).toBe(false);
  await expectPictures(ownPage, 'brightfield', 5);
  // Nothing was opened anew and nothing was left.
  expect(ownSessions).toEqual([]);

  expect(tokens.size).toBeGreaterThan(0);
  expect(station.logged()).toContain('"reason":"no_longer_shared"');
  for (const secret of [key, ...tokens]) {
    expect(station.logged()).not.toContain(secret);
    for (const url of requests) expect(url).not.toContain(secret);
  }
});

test('a page says that its link has ended when there is a newer one, and takes the newer one where it is pasted', async ({
  browser,
  station,
}) => {
  const page = await (await browser.newContext(trusting)).newPage();
  const first = await station.share();
  await page.goto(first);
  await expectLive(page, 'brightfield');
  const second = await station.share();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link has ended.');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link has ended.');
  // Only the fragment differs, so that the browser loads nothing by itself.
  await page.goto(second);
  await expectLive(page, 'brightfield');
});

test('whoever comes without a link is told what to do, in their language', async ({ browser, station }) => {
  const { origin } = new URL(await station.share());
  for (const [locale, words] of [
    ['en-GB', 'Open the guest link or scan the code that the station shows'],
    ['fr-FR', 'Ouvrez le lien d’invité ou scannez le code affiché par la station'],
    ['de-DE', 'Öffnen Sie den Gast-Link, scannen Sie den Code, den die Station zeigt'],
  ]) {
    const context = await browser.newContext({ ...trusting, ...(locale !== undefined && { locale }) });
    const page = await context.newPage();
    await page.goto(origin);
    await expect(page.getByTestId('sign-in')).toContainText(words ?? '');
    await context.close();
  }
  expect(station.viewers()).toBe(0);
});
