import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page, TestInfo } from '@playwright/test';
import type { ClockAnswer } from '../../src/shared/commands.ts';
import { expect, expectLive, expectPictures, test, tile } from './fixtures.ts';
import { openRemoteBrowser, whyNoRemoteBrowser } from '../support/remote-browser.ts';
import { startStationHere } from '../support/station-here.ts';
import { LossyRelay } from '../support/lossy-relay.ts';
import { childrenOf, type StationProcess } from '../support/station-process.ts';

const python = process.platform === 'win32' ? 'python' : 'python3';
const freezingDetector = fileURLToPath(new URL('../support/freezing-detector.py', import.meta.url));
const onLinux = process.platform === 'linux';
const needsProc = 'needs /proc to find the Capture processes';

test('a detector that falls silent is told apart from a lost link, in words, before the station has given it up', async ({
  page,
  startStation,
}) => {
  test.skip(!onLinux, needsProc);
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(station.url);
  await expectLive(page, 'clock');
  await expectPictures(page, 'clock', 60);
  const said = await watchTile(page);
  const [pid] = await childrenOf(station.pid);
  if (pid === undefined) throw new Error('The station has no Capture.');
  process.kill(pid, 'SIGSTOP');
  await expect(tile(page, 'clock')).toContainText('The detector has sent no new picture for');
  await expect(tile(page, 'clock')).toHaveAttribute('aria-label', /The detector sends no new picture/);
  await expect(tile(page, 'clock')).toHaveAttribute('data-state', 'offline');
  // Before the station has spoken after the last picture, nobody knows.
  const told = (await said()).filter((state) => state !== 'stale no_new_picture');
  expect(told).toEqual(['stale detector_silent', 'offline silent']);
});

test('a link that is cut is told apart from a silent detector, although the station is heard on another way', async ({
  page,
  startStation,
}) => {
  const relay = new LossyRelay({ delayMs: 1 });
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await relay.join(page);
  await page.goto(station.url);
  await expectLive(page, 'clock');
  await expectPictures(page, 'clock', 60);
  const said = await watchTile(page);
  relay.lossShare = 1;
  await expect(tile(page, 'clock')).toContainText('Connection interrupted: nothing arrives from the station.');
  const told = (await said()).filter((state) => state !== 'stale no_new_picture');
  expect(told).toEqual(['stale interrupted']);
  relay.lossShare = 0;
  await expectLive(page, 'clock');
  await expectPictures(page, 'clock', 30);
  relay.close();
});

test('a detector that repeats its last picture is FROZEN until it gives another one', async ({
  page,
  startStation,
}, testInfo) => {
  const { station, freeze, thaw } = await startFreezingDetector(startStation, testInfo);
  await page.goto(station.url);
  await expectLive(page, 'noise');
  await expectPictures(page, 'noise', 60);
  await freeze();
  await expect(tile(page, 'noise')).toHaveAttribute('data-state', 'frozen');
  await expect(tile(page, 'noise')).toContainText('FROZEN');
  await expect(tile(page, 'noise')).toContainText(/The detector has repeated the same picture since \d\d:\d\d:\d\d\./);
  // Pictures come all the same.
  await expectPictures(page, 'noise', 20);
  await expect(tile(page, 'noise')).toHaveAttribute('data-state', 'frozen');
  await thaw();
  await expectLive(page, 'noise');
});

test('a page that was stopped by its browser calls nothing stale, and goes on', async ({ page, startStation }) => {
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(station.url);
  await expectLive(page, 'clock');
  await expectPictures(page, 'clock', 60);
  const said = await watchTile(page);
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Page.setWebLifecycleState', { state: 'frozen' });
  const seen = await numberOf(station);
  await expect.poll(() => numberOf(station)).toBeGreaterThan(seen + 100);
  await devTools.send('Page.setWebLifecycleState', { state: 'active' });
  await expectPictures(page, 'clock', 30);
  await expectLive(page, 'clock');
  expect((await said()).filter((state) => !['live', 'paused paused'].includes(state))).toEqual([]);
});

test('the number of the shown picture is the detector’s own', async ({ page, startStation }) => {
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(station.url);
  await expectLive(page, 'clock');
  await expectPictures(page, 'clock', 30);
  const shown = (): Promise<number> => tile(page, 'clock').getAttribute('data-picture').then(Number);
  const before = await numberOf(station);
  await expect.poll(shown).toBeGreaterThan(before);
  expect(await shown()).toBeLessThanOrEqual((await numberOf(station)) + 30);
  await tile(page, 'clock').click();
  await expect(tile(page, 'clock')).toContainText(/Picture #\d+/);
});

test('on the station’s own machine the latency is measured, and on another one it is called an estimate', async ({
  page,
}) => {
  const reason = whyNoRemoteBrowser();
  test.skip(reason !== null, reason ?? '');
  const remote = await openRemoteBrowser();
  const station = await startStationHere();
  await page.goto(station.url);
  await expect(tile(page, 'clock').locator('.latency')).toHaveText(/^\d/);
  await expect(tile(page, 'clock').locator('.estimated')).toHaveCount(0);
  const guest = await remote.browser.newPage();
  await guest.addInitScript(recordClocks);
  await guest.goto(await station.share(remote.stationHost));
  await expect(tile(guest, 'clock').locator('.latency')).toHaveText(/^\d/);
  await expect(tile(guest, 'clock').locator('.estimated')).toHaveText('est.');
  const answers = (): Promise<ClockAnswer[]> =>
    guest.evaluate(() => Reflect.get(globalThis, 'clockAnswers') as ClockAnswer[]);
  await expect.poll(async () => (await answers()).length).toBeGreaterThanOrEqual(4);
  // Both are on one machine here, whatever the page believes.
  for (const { sentMs, receivedMs, repliedMs } of await answers()) {
    expect(sentMs).toBeLessThanOrEqual(receivedMs + 1);
    expect(receivedMs).toBeLessThanOrEqual(repliedMs);
  }
  await station.close();
  await remote.close();
});

test('the station hears at which size each picture is shown, and when that changes', async ({ page, startStation }) => {
  const streams = ['brightfield', 'dim', 'clock', 'fluorescence'].map((detector) => {
    return { id: detector, name: detector, source: { kind: 'simulated', detector } };
  });
  await page.addInitScript(recordShown);
  const station = await startStation({ config: { streams } });
  await page.goto(station.url);
  for (const { id } of streams) await expectLive(page, id);
  const sizes = (): Promise<{ widthPx: number; heightPx: number }[]> =>
    page.evaluate(() => Reflect.get(globalThis, 'shownSizes') as { widthPx: number; heightPx: number }[]);
  await expect.poll(async () => (await sizes()).length).toBeGreaterThanOrEqual(4);
  const box = await tile(page, 'dim').locator('video').boundingBox();
  for (const { widthPx, heightPx } of await sizes()) {
    expect(widthPx).toBeLessThanOrEqual(Math.ceil(box?.width ?? 0));
    expect(heightPx).toBeLessThanOrEqual(Math.ceil(box?.height ?? 0));
  }
  await tile(page, 'dim').click();
  await expectLive(page, 'dim');
  await expect.poll(async () => (await sizes()).at(-1)?.heightPx).toBeGreaterThan(1.5 * (box?.height ?? Infinity));
});

async function startFreezingDetector(
  startStation: (options: object) => Promise<StationProcess>,
  testInfo: TestInfo,
): Promise<{ station: StationProcess; freeze: () => Promise<void>; thaw: () => Promise<void> }> {
  const mark = testInfo.outputPath('frozen');
  const source = { kind: 'program', command: [python, freezingDetector, mark] };
  const station = await startStation({ config: { streams: [{ id: 'noise', name: 'Noise', source }] } });
  return { station, freeze: () => writeFile(mark, ''), thaw: () => rm(mark) };
}

/** The number of the picture that the station has measured last. */
async function numberOf(station: StationProcess): Promise<number> {
  const [stream] = (await station.state()).streams;
  return stream?.reading?.number ?? 0;
}

/** Writes down from now on what the only tile says. @returns What it has said, each thing once in its order. */
async function watchTile(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const tile = document.querySelector<HTMLElement>('[data-testid="tile"]');
    if (!tile) throw new Error('There is no tile.');
    const said: string[] = [];
    Reflect.set(globalThis, 'said', said);
    new MutationObserver(() => {
      const state = [tile.dataset['state'], tile.dataset['cause']].filter(Boolean).join(' ');
      if (said.at(-1) !== state) said.push(state);
    }).observe(tile, { attributeFilter: ['data-state', 'data-cause'] });
  });
  return () => page.evaluate(() => Reflect.get(globalThis, 'said') as string[]);
}

/** Runs in the page before its own scripts: keeps what the station says of its clock. */
function recordClocks(): void {
  const answers: unknown[] = [];
  Reflect.set(globalThis, 'clockAnswers', answers);
  const create = Reflect.get(RTCPeerConnection.prototype, 'createDataChannel');
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = create.call(this, label, options);
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string' && data.includes('"clock"')) answers.push(JSON.parse(data));
    });
    return channel;
  };
}

/** Runs in the page before its own scripts: keeps the sizes that Players tell the station. */
function recordShown(): void {
  const sizes: unknown[] = [];
  Reflect.set(globalThis, 'shownSizes', sizes);
  const send = Reflect.get(RTCDataChannel.prototype, 'send') as (message: unknown) => void;
  RTCDataChannel.prototype.send = function (message: unknown) {
    if (typeof message === 'string' && message.includes('"show"')) sizes.push(JSON.parse(message));
    send.call(this, message);
  };
}
