import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { networkHosts } from '../../src/main/access/addresses.ts';
import { boot, type BootedStation } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream } from '../../src/main/config.ts';
import { Tickets } from '../../src/main/directory/tickets.ts';
import { expectLive } from '../e2e/fixtures.ts';
import { expect, sharedKiosk, test, twoStreams } from './fixtures.ts';
import { overflowingTexts } from './overflow.ts';
import { goodPin } from './pin.ts';

/** An address of this machine on a network; what the tests send to it stays on the machine. */
const [host = ''] = networkHosts();

test.skip(host === '', 'this machine has no address on a network');
// The operator goes from one thing to the next.
test.describe.configure({ mode: 'serial' });
const kiosk = sharedKiosk({ config: { ...twoStreams, name: 'Lab', directory: { timeZone: 'Europe/Berlin' } } });

let bench: BootedStation;
let folder: string;

/** One that stays free while the station is not shared. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eyepiece-'));
  await kiosk().url();
  const { publicKey } = await Tickets.open(join(kiosk().folder, 'data'));
  // As every station comes: encrypted, with a certificate that nobody vouches for.
  const http = { ...defaultConfig().http, port: 0, sharePort: await freePort(), announce: false };
  const trusts = [{ name: 'Lab', url: 'https://lab.example', publicKey, station: 'bench' }];
  const config = { ...defaultConfig(), http, trusts, name: 'Bench', streams: [simulatedStream('brightfield')] };
  const configFile = join(folder, 'station.json');
  bench = await boot({ config, notices: [], configFile, dataDir: folder, fixedBy: null }, pino({ level: 'silent' }));
});
test.afterAll(async () => {
  await bench.close();
  await rm(folder, { recursive: true, force: true });
});

test('the kiosk of the directory shows the live picture of another station, in sizes for gloves', async ({}, testInfo) => {
  const { page } = kiosk();
  const { sharing } = await bench.settings.share();
  const link = sharing.kind === 'on' ? sharing.links.find((each) => new URL(each).hostname === host) : undefined;
  const added = await page.evaluate(
    (webrtc_url) => window.eyepiece?.directory.addStation({ name: 'Bench', type: 'microscope', webrtc_url } as never),
    new URL(link ?? '').origin,
  );
  expect(added).toMatchObject({ ok: { id: 'bench' } });

  await page.getByTestId('lab').click();
  const row = page.getByTestId('lab-station');
  await expect(row.getByTestId('station-status')).toHaveText('online');
  await row.getByTestId('connect').click();
  const pictures = page.getByTestId('lab-pictures');
  await expect(pictures.getByTestId('tile')).toHaveCount(1);
  await expectLive(page, 'brightfield');
  await expect.poll(() => bench.station.state().viewers.length).toBe(1);
  for (const button of await page.getByTestId('lab-screen').getByRole('button').all()) {
    const { height } = (await button.boundingBox()) ?? { height: 0 };
    expect(height, (await button.textContent()) ?? '').toBeGreaterThanOrEqual(44);
  }
  // Sockets do not lead there from here.
  await expect(pictures.getByTestId('lab-calls')).toBeHidden();
  expect(await overflowingTexts(page)).toEqual([]);
  await page.screenshot({ path: testInfo.outputPath('bench.png') });
});

test('a station that is away for a while is said to be, and its picture comes back by itself', async () => {
  const { page } = kiosk();
  await bench.settings.stopSharing();
  await expect(page.getByTestId('lab-pictures').getByTestId('banner')).toContainText('The station does not answer.');
  await bench.settings.share();
  await expect(page.getByTestId('lab-pictures').getByTestId('banner')).toBeHidden();
  await expectLive(page, 'brightfield');
});

test('the kiosk leaves the other station when it is locked', async () => {
  const { page } = kiosk();
  await page.evaluate(async (pin) => {
    await window.eyepiece?.shell.setPin(pin, pin);
    await window.eyepiece?.shell.lock();
  }, goodPin);
  await expect(page.getByTestId('lab-screen')).toBeHidden();
  await expect.poll(() => bench.station.state().viewers.length).toBe(0);
  const refused = await page.evaluate(async () => {
    const answer = await fetch('/stations/bench/api/state', { headers: { authorization: 'Bearer x' } });
    return (await answer.json()) as object;
  });
  expect(refused).toMatchObject({ code: 'locked' });
});
