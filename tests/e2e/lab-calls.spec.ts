import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { pino } from 'pino';
import { openAccessFile } from '../../src/main/access/access-file.ts';
import { networkHosts } from '../../src/main/access/addresses.ts';
import { boot, type BootedStation } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream, type StationConfig } from '../../src/main/config.ts';
import { Tickets } from '../../src/main/directory/tickets.ts';
import { chromiumLaunchOptions } from '../support/chromium.ts';
import { drawLine, expectVoiceAndPicture, lineOn, openScreen, pictureRect, signIn } from './call-screens.ts';
import { expectLive, tile } from './fixtures.ts';

/** An address of this machine on a network; what the tests send to it stays on the machine. */
const [host = ''] = networkHosts();
const password = 'a quiet microscope';
const { args, ...launch } = await chromiumLaunchOptions();

/** A directory and a station that trusts it. */
interface Lab {
  readonly directoryUrl: string;
  /** The station at its own screen. */
  readonly benchUrl: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '::');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function start(dataDir: string, sharePort: number, own: Partial<StationConfig>): Promise<BootedStation> {
  const http = { ...defaultConfig().http, port: 0, announce: false, sharePort };
  const config = { ...defaultConfig(), http, ...own };
  const configFile = join(dataDir, 'station.json');
  const options = { config, notices: [], configFile, dataDir, fixedBy: null, share: { host } };
  return boot(options, pino({ level: 'silent' }));
}

const test = base.extend<{ lab: Lab }>({
  lab: async ({}, use) => {
    const [ofDirectory, ofBench] = await Promise.all([
      mkdtemp(join(tmpdir(), 'eyepiece-')),
      mkdtemp(join(tmpdir(), 'eyepiece-')),
    ]);
    const { publicKey } = await Tickets.open(ofDirectory);
    const file = openAccessFile(ofDirectory);
    await file.users.add({ name: 'Anna', password, role: 'viewer', streams: 'all' });
    file.close();
    const [port, benchPort] = [await freePort(), await freePort()];
    const [directoryUrl, benchDoor] = [`https://${host}:${port}`, `https://${host}:${benchPort}`];
    const directory = await start(ofDirectory, port, {
      name: 'Institute',
      streams: [],
      directory: { timeZone: 'Europe/Berlin' },
    });
    const bench = await start(ofBench, benchPort, {
      name: 'Bench',
      streams: [simulatedStream('brightfield'), simulatedStream('dim')],
      trusts: [{ name: 'Institute', url: directoryUrl, publicKey, station: 'bench' }],
    });
    const admin = { name: 'Bo', user: 'Bo', mayManage: true, role: 'admin', streams: 'all' } as const;
    const station = { name: 'Bench', type: 'microscope', rtsp_url: null, access: 'open' } as const;
    await directory.directory?.of(admin).addStation({ ...station, webrtc_url: benchDoor });
    await use({ directoryUrl, benchUrl: bench.url });
    await Promise.all([directory.close(), bench.close()]);
    await Promise.all([ofDirectory, ofBench].map((folder) => rm(folder, { recursive: true, force: true })));
  },
});

test.use({
  launchOptions: {
    ...launch,
    args: [...args, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  },
});
test.skip(host === '', 'this machine has no address on a network');

/** Waits until the page shows later pictures of a Stream than it does now, whatever way they come. */
async function expectToPlayOn(page: Page, streamId: string): Promise<void> {
  const number = async (): Promise<number> => Number(await tile(page, streamId).getAttribute('data-picture'));
  const before = await number();
  await expect.poll(number).toBeGreaterThan(before + 2);
}

/** Where the other end’s point is seen on a picture, in hundredths of it. */
async function pointOn(page: Page, streamId: string): Promise<readonly number[]> {
  const { left, top, width, height } = await pictureRect(page, streamId);
  const point = tile(page, streamId).locator('[data-testid="mark-point"][data-from="peer"]');
  const [x = 0, y = 0] = await point.evaluate((element) => {
    const box = element.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  });
  return [Math.round((100 * (x - left)) / width), Math.round((100 * (y - top)) / height)];
}

const hundredths = async (page: Page, streamId: string, from: 'me' | 'peer'): Promise<readonly number[]> =>
  (await lineOn(page, streamId, from)).map((share) => Math.round(share * 100));

test('a colleague finds a station in the lab’s directory, is let in, watches it directly, and talks with the person standing there', async ({
  browser,
  lab,
}) => {
  const operator = await openScreen(browser, lab.benchUrl, { width: 1024, height: 768 });
  const anna = await openScreen(browser, lab.directoryUrl, { width: 1600, height: 900 });
  const both = [operator, anna];
  const stillWatching = () => Promise.all(both.map((page) => expectToPlayOn(page, 'brightfield')));

  await test.step('she finds it, and watches what the operator sees', async () => {
    await signIn(anna, 'Anna', password);
    await anna.getByTestId('lab').click();
    await anna.getByTestId('lab-station').getByTestId('connect').click();
    for (const page of both) await expectLive(page, 'brightfield');
    await tile(anna, 'brightfield').click();
    await expect(anna.getByTestId('tile')).toHaveCount(1);
  });

  await test.step('she calls; it rings at the station, with her name and where she comes from', async () => {
    await anna.getByTestId('lab-calls').click();
    await expect(anna.getByTestId('call-person')).toContainText('Bench');
    await anna.getByTestId('call-key').click();
    await expect(anna.getByTestId('call-ringing')).toContainText('Calling Bench');
    const ring = operator.getByRole('alert').filter({ hasText: 'Anna calls' });
    await expect(ring).toContainText('from the directory “Institute”');
    await operator.getByTestId('call-accept').click();
  });

  await test.step('both hear and see each other, and the pictures go on', async () => {
    for (const page of both) await expect(page.getByTestId('call-phase')).toContainText('Connected');
    for (const page of both) await expectVoiceAndPicture(page);
    await stillWatching();
  });

  await test.step('the operator mutes and covers the camera, and she reads it', async () => {
    await operator.getByTestId('call-mute').click();
    await expect(anna.getByTestId('call-peer-words')).toContainText('muted');
    await operator.getByTestId('call-camera').click();
    await expect(anna.getByTestId('call-peer-words')).toContainText('no picture');
    await expect(anna.getByTestId('call-remote')).toBeHidden();
  });

  await test.step('she shares her screen', async () => {
    await anna.getByTestId('call-screen').click();
    await expect(operator.getByTestId('call-peer-words')).toContainText('shares a screen');
    await anna.getByTestId('call-screen').click();
    await expect(operator.getByTestId('call-peer-words')).toHaveText('');
  });

  await test.step('they write to each other', async () => {
    await anna.getByTestId('chat-text').fill('Is this the edge?');
    await anna.keyboard.press('Enter');
    await expect(operator.getByTestId('chat-lines')).toContainText('Is this the edge?');
    await operator.getByTestId('chat-text').fill('Show me.');
    await operator.keyboard.press('Enter');
    await expect(anna.getByTestId('chat-lines').locator('[data-from="peer"]')).toContainText('Show me.');
  });

  await test.step('what she draws is at the same place of the picture, large or small', async () => {
    await anna.getByTestId('call-draw').click();
    await drawLine(anna, 'brightfield', [
      [0.2, 0.3],
      [0.3, 0.5],
      [0.6, 0.7],
    ]);
    await expect(operator.getByTestId('call-phase')).toContainText(/Anna points at .+/);
    const places = [20, 30, 60, 70];
    await expect.poll(() => hundredths(anna, 'brightfield', 'me')).toEqual(places);
    await expect.poll(() => hundredths(operator, 'brightfield', 'peer')).toEqual(places);
    await tile(operator, 'brightfield').click({ position: { x: 5, y: 100 } });
    await expect(operator.getByTestId('tile')).toHaveCount(1);
    await expect.poll(() => hundredths(operator, 'brightfield', 'peer')).toEqual(places);
    await anna.keyboard.press('Delete');
    await expect(operator.getByTestId('mark-line')).toHaveCount(0);
  });

  await test.step('what she points at with keys is, too', async () => {
    // From where the line has ended; a mouse that lies on the picture would point as well.
    await anna.mouse.move(0, 0);
    await anna.getByTestId('picture-marks').focus();
    await anna.keyboard.press('Shift+ArrowRight');
    await anna.keyboard.press('Shift+ArrowUp');
    await anna.keyboard.press('ArrowUp');
    await expect(anna.getByTestId('mark-by-keys')).toBeVisible();
    await anna.keyboard.press('Enter');
    await expect.poll(() => pointOn(operator, 'brightfield')).toEqual([70, 59]);
    await anna.keyboard.press('Escape');
    await expect(anna.getByTestId('call-draw')).toHaveAttribute('aria-pressed', 'false');
    await stillWatching();
  });

  await test.step('the operator hangs up, and she watches on', async () => {
    await operator.getByTestId('call-hang-up').click();
    await expect(anna.getByTestId('call-ended')).toHaveText('Bench hung up.');
    await expect(operator.getByTestId('call-ended')).toHaveText('You hung up the call with Anna.');
    await stillWatching();
  });

  await test.step('the operator calls back, she answers, and leaves once she was asked whether she means it', async () => {
    await operator.getByTestId('call-key').click();
    await anna.getByTestId('call-accept').click();
    for (const page of both) await expect(page.getByTestId('call-phase')).toContainText('Connected');
    const back = anna.getByTestId('to-stations');
    await back.click();
    await expect(back).toHaveText('Hang up and go back?');
    await expect(anna.getByTestId('call-phase')).toContainText('Connected');
    await back.click();
    await expect(anna.getByTestId('lab-station')).toHaveCount(1);
    await expect(operator.getByTestId('call-ended')).toHaveText('Anna hung up.');
  });
});
