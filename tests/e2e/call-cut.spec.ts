import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test as base, expect, type Page } from '@playwright/test';
import { pino } from 'pino';
import { boot } from '../../src/main/boot.ts';
import { defaultConfig } from '../../src/main/config.ts';
import { openSwitchedNetwork, whyNoSwitchedNetwork, type SwitchedNetwork } from '../support/switched-network.ts';
import { expectVoiceAndPicture, openScreen, signIn } from './call-screens.ts';

const reason = whyNoSwitchedNetwork();
base.skip(reason !== null, reason ?? '');
// Two browsers on a busy machine; what is waited for has its own time.
base.describe.configure({ timeout: 180_000 });

const names = ['Anna', 'Berta'] as const;
const password = 'a quiet microscope';

interface Fixtures {
  /** Of Anna and of Berta, signed in at a station between them. */
  pages: readonly [Page, Page];
}

const test = base.extend<Fixtures, { network: SwitchedNetwork }>({
  network: [
    async ({}, use) => {
      const network = await openSwitchedNetwork();
      await use(network);
      await network.close();
    },
    { scope: 'worker' },
  ],
  pages: async ({ network }, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'eyepiece-'));
    const http = { ...defaultConfig().http, port: 0, announce: false, sharePort: 0 };
    const config = { ...defaultConfig(), http, streams: [] };
    const files = { configFile: join(dataDir, 'station.json'), dataDir };
    const share = { host: network.stationHost };
    const booted = await boot({ config, notices: [], ...files, fixedBy: null, share }, pino({ level: 'silent' }));
    const { sharing } = booted.settings.settings();
    const addresses = sharing.kind === 'without_link' ? sharing.addresses : [];
    const address = addresses.find((each) => new URL(each).hostname === network.stationHost) ?? '';
    const open = async (at: 0 | 1): Promise<Page> => {
      await booted.access.addUser({ name: names[at], password, role: 'operator', streams: 'all' });
      const page = await openScreen(network.machines[at].browser, address, { width: 1024, height: 768 });
      await signIn(page, names[at], password);
      await page.getByTestId('calls').click();
      return page;
    };
    const pages = [await open(0), await open(1)] as const;
    await use(pages);
    for (const machine of network.machines) machine.limit(null);
    for (const page of pages) await page.context().close();
    await booted.close();
    await rm(dataDir, { recursive: true, force: true });
  },
});

/** Anna calls Berta, who answers. */
async function talk([anna, berta]: readonly [Page, Page]): Promise<void> {
  await anna.getByRole('button', { name: 'Call Berta' }).click();
  await berta.getByTestId('call-accept').click();
  for (const page of [anna, berta]) await expect(phase(page)).toContainText('Connected');
}

const phase = (page: Page) => page.getByTestId('call-phase');

/** How many sockets of calls the page opens from now on. */
function countSockets(page: Page): () => number {
  let count = 0;
  page.on('websocket', (socket) => {
    if (socket.url().includes('/ws/webrtc/')) count += 1;
  });
  return () => count;
}

test('a weak link makes one picture small, and a cable that is pulled for ten seconds costs nobody a click', async ({
  network,
  pages,
}) => {
  const [anna, berta] = pages;
  const [, cable] = network.machines;
  cable.limit(120);
  await talk(pages);
  await expect.poll(() => pictureWidth(anna)).toBeLessThan(640);
  for (const page of pages) await expectVoiceAndPicture(page);
  // It comes and goes where the picture has become as small as the link wants it.
  await expect.poll(() => limitOf(berta)).toBe('bandwidth');
  cable.limit(null);
  const socketsOfBerta = countSockets(berta);

  cable.pullCable();
  const pulledAtMs = performance.now();
  await expect(phase(anna)).toContainText('The connection to Berta is lost. Looking for another way…');
  await expect(phase(berta)).toContainText('The connection to Anna is lost. Looking for another way…');
  await setTimeout(10_000 - (performance.now() - pulledAtMs));
  cable.plugCable();

  for (const page of pages) await expect(phase(page)).toContainText('Connected');
  for (const page of pages) await expectVoiceAndPicture(page);
  await expect.poll(socketsOfBerta).toBeGreaterThan(0);
  // Over the way that was found, and over the station as before.
  await berta.getByTestId('chat-text').fill('Are you there?');
  await berta.keyboard.press('Enter');
  await expect(anna.getByTestId('chat-lines')).toContainText('Are you there?');
  await anna.getByTestId('call-hang-up').click();
  await expect(berta.getByTestId('call-ended')).toHaveText('Anna hung up.');
});

test('a cable that stays away ends the call in words on both pages; they can call each other again', async ({
  network,
  pages,
}) => {
  const [anna, berta] = pages;
  const [cable] = network.machines;
  for (const page of pages) await page.clock.install();
  await talk(pages);
  for (const page of pages) await expectVoiceAndPicture(page);

  cable.pullCable();
  for (const page of pages) await expect(phase(page)).toContainText('is lost');
  // How long they wait is told here in time that passes for them only.
  for (const page of pages) await page.clock.fastForward(30_000);
  const lost = (name: string) => `The connection to ${name} was lost and could not be repaired.`;
  await expect(anna.getByTestId('call-ended')).toHaveText(lost('Berta'));
  await expect(berta.getByTestId('call-ended')).toHaveText(lost('Anna'));

  cable.plugCable();
  await talk(pages);
  for (const page of pages) await expectVoiceAndPicture(page);
});

/** Of the other end's picture, as it is shown. */
function pictureWidth(page: Page): Promise<number> {
  return page.getByTestId('call-remote').evaluate((video: HTMLVideoElement) => video.videoWidth);
}

/** What keeps the browser from sending a better picture, as it says itself. */
function limitOf(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    const { peers } = window as unknown as { readonly peers: readonly RTCPeerConnection[] };
    const stats = await Promise.all(peers.map(async (peer) => [...(await peer.getStats()).values()] as object[]));
    const sent = stats.flat().find((each) => 'qualityLimitationReason' in each);
    return sent?.qualityLimitationReason;
  });
}
