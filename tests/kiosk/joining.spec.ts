import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { pino } from 'pino';
import { networkHosts } from '../../src/main/access/addresses.ts';
import { boot, type BootedStation } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream } from '../../src/main/config.ts';
import { askStation } from '../../src/main/directory/ask-station.ts';
import type { DirectoryApi } from '../../src/shared/directory.ts';
import type { Sharing } from '../../src/shared/settings.ts';
import { expect, sharedKiosk, test } from './fixtures.ts';
import { fits } from './looks.ts';

/** An address of this machine on a network; what the tests send to it stays on the machine. */
const [host = ''] = networkHosts();
const sharePort = await freePort();
const stationJson = `// The bench by the window.
{
  "name": "Bench",
  // No word of the tests to the network that they run on.
  "http": { "announce": false, "sharePort": ${sharePort} },
  "streams": [{ "id": "dim", "name": "Dim detector", "source": { "kind": "simulated", "detector": "dim" } }]
}
`;

test.skip(host === '', 'this machine has no address on a network');
// The operator goes from one thing to the next.
test.describe.configure({ mode: 'serial' });
const kiosk = sharedKiosk({ config: stationJson });

let lab: BootedStation;
let folder: string;
/** What the addresses of the directory's pages begin with. */
let labUrl: string;
let benchUrl: string;

/** One that stays free while the station is not shared. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const originIn = (sharing: Sharing): string => {
  const links = sharing.kind === 'on' ? sharing.links : [];
  return new URL(links.find((link) => new URL(link).hostname === host) ?? '').origin;
};

const desk = (): DirectoryApi => {
  const asker = { name: 'Anna', user: null, mayManage: true, role: 'admin', streams: 'all' } as const;
  if (!lab.directory) throw new Error('The lab has no directory.');
  return lab.directory.of(asker);
};

/** Asks the station's network door, as somebody with a new ticket of the directory does. */
async function withTicket(path: string): Promise<IncomingMessage> {
  const { ticket } = await desk().connect({ robot_id: 'bench' });
  return ask('GET', path, { authorization: `Bearer ${ticket}` });
}

/** Whether browsers let pages of the directory call the station. */
async function letsPagesCall(): Promise<boolean> {
  const headers = { origin: labUrl, 'access-control-request-method': 'GET' };
  const answer = await ask('OPTIONS', '/api/state', headers);
  return answer.headers['access-control-allow-origin'] === labUrl;
}

const ask = (method: string, path: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> =>
  askStation({
    place: { url: benchUrl, certificate: null, remember: () => true },
    method,
    path,
    headers,
    signal: AbortSignal.timeout(30_000),
  });

async function fill(page: Page, mark: string, value: string): Promise<void> {
  await page.getByTestId(mark).getByRole('textbox').fill(value);
}

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eyepiece-'));
  const http = { ...defaultConfig().http, port: 0, sharePort: await freePort(), announce: false };
  const directory = { timeZone: 'Europe/Berlin' };
  const config = { ...defaultConfig(), http, directory, name: 'Lab', streams: [simulatedStream('clock')] };
  const configFile = join(folder, 'station.json');
  lab = await boot({ config, notices: [], configFile, dataDir: folder, fixedBy: null }, pino({ level: 'silent' }));
  labUrl = originIn((await lab.settings.share()).sharing);
  const shared = await kiosk().page.evaluate(() => window.eyepiece?.settings.share());
  benchUrl = shared && 'ok' in shared ? originIn(shared.ok.sharing) : '';
  await desk().addStation({ name: 'Bench', type: 'microscope', webrtc_url: benchUrl, rtsp_url: null, access: 'open' });
});
test.afterAll(async () => {
  await lab.close();
  await rm(folder, { recursive: true, force: true });
});

test('a station joins a lab on its own screen, after the key was compared, and tickets open it at once', async () => {
  const { page } = kiosk();
  expect([(await withTicket('/api/me')).statusCode, await letsPagesCall()]).toEqual([401, false]);
  await page.getByTestId('settings').click();
  await fill(page, 'lab-url', labUrl.replace('https://', ''));
  await fill(page, 'lab-station-id', 'bench');
  await page.getByTestId('ask-lab').click();
  const thumbprint = page.getByTestId('thumbprint');
  await expect(thumbprint).toHaveText(
    (
      desk()
        .info()
        .id.match(/.{1,4}/g) ?? []
    ).join(' '),
  );
  await fits(page, 'join-lab');
  for (const button of await page.getByTestId('join-lab').getByRole('button').all()) {
    const { height } = (await button.boundingBox()) ?? { height: 0 };
    expect(height, (await button.textContent()) ?? '').toBeGreaterThanOrEqual(44);
  }
  expect(kiosk().file('station.json')).toBe(stationJson);
  expect((await withTicket('/api/me')).statusCode).toBe(401);

  await page.getByTestId('confirm-lab').click();
  await expect(page.getByTestId('trusted-lab')).toContainText(labUrl);
  for (const kept of ['// The bench by the window.', '// No word of the tests', desk().info().publicKey.x]) {
    expect(kiosk().file('station.json')).toContain(kept);
  }
  expect([(await withTicket('/api/me')).statusCode, await letsPagesCall()]).toEqual([200, true]);
  await fits(page, 'joined-lab');
});

test('leaving the lab ends at once what its tickets had opened', async () => {
  const { page } = kiosk();
  const opened = [await withTicket('/api/events'), await withTicket('/mjpeg/dim')];
  // They are cut, which some would call an error.
  const ended = opened.map(
    (answer) => new Promise((resolve) => answer.resume().on('error', resolve).on('close', resolve)),
  );
  await page.getByTestId('leave-lab').click();
  await page.getByTestId('leave-lab').click();
  await expect(page.getByTestId('no-lab')).toBeVisible();
  await Promise.all(ended);
  expect([(await withTicket('/api/me')).statusCode, await letsPagesCall()]).toEqual([401, false]);
  expect(kiosk().file('station.json')).not.toContain(desk().info().publicKey.x);
});
