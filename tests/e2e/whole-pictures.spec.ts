import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { PictureHeader } from '../../src/shared/commands.ts';
import type { PictureChannelTelemetry } from '../../src/shared/state.ts';
import { rendererPids } from '../support/chromium.ts';
import type { StationProcess } from '../support/station-process.ts';
import { expect, test } from './fixtures.ts';

const brightfield = {
  streams: [{ id: 'brightfield', name: 'Brightfield', source: { kind: 'simulated', detector: 'brightfield' } }],
};

/** A detector whose pictures are all noise, which no encoder makes small. */
const noiseProgram = `
  const line = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
  line({ eyepiece: 1, widthPx: 512, heightPx: 512, pixelType: 'uint8' });
  let frame = 0;
  setInterval(() => {
    line({ frame: ++frame, bytes: 512 * 512 });
    process.stdout.write(require('node:crypto').randomBytes(512 * 512));
  }, 200);
`;
const noise = {
  streams: [
    { id: 'noise', name: 'Noise', source: { kind: 'program', command: [process.execPath, '-e', noiseProgram] } },
  ],
};

/** A picture as a page has put it together and decoded it. */
interface Received extends PictureHeader {
  /** In messages. */
  readonly lengths: readonly number[];
  readonly decodedWidthPx: number;
  readonly decodedHeightPx: number;
}

/** What a page keeps of a session with nothing of Eyepiece's own page. */
interface Watching {
  readonly received: Received[];
  readonly heard: string[];
  readonly commands: RTCDataChannel;
}

declare global {
  interface Window {
    watching: Watching;
  }
}

test('the script in the documentation shows whole pictures', async ({ page, startStation }) => {
  const station = await startStation({ config: brightfield });
  await page.goto(new URL('/healthz', station.url).href);
  const document = await readFile(new URL('../../docs/protocols.md', import.meta.url), 'utf8');
  const script = /```js\n(async function showPictures[^]*?)```/.exec(document)?.[1] ?? '';
  const { origin } = new URL(station.url);
  await page.evaluate(`(async () => { ${script.replace('http://127.0.0.1:8080', origin)} })()`);
  const canvas = page.locator('canvas');
  await expect.poll(() => canvas.evaluate(({ width }: HTMLCanvasElement) => width)).toBe(1280);
  const draw = (): Promise<string> => canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL());
  const first = await draw();
  await expect.poll(draw).not.toBe(first);
  await expect.poll(async () => (await picturesOf(station))?.sentPictures).toBeGreaterThan(5);
});

test('a browser gets as many whole pictures as it asks for, in the size that it asks for, and none after that', async ({
  page,
  startStation,
}) => {
  const station = await startStation({ config: brightfield });
  await page.goto(new URL('/healthz', station.url).href);
  await open(page, 'brightfield');
  await ask(page, { fps: 5, scale: 2 });
  const few = await receive(page, 10);
  expect(few.every(({ decodedWidthPx, decodedHeightPx }) => decodedWidthPx === 640 && decodedHeightPx === 360)).toBe(
    true,
  );
  expect(meanIntervalMs(few)).toBeGreaterThan(180);
  await ask(page, { fps: 60, scale: 1 });
  const many = (await receive(page, 40)).filter(({ widthPx }) => widthPx === 1280);
  expect(many.every(({ decodedWidthPx, decodedHeightPx }) => decodedWidthPx === 1280 && decodedHeightPx === 720)).toBe(
    true,
  );
  expect(meanIntervalMs(many)).toBeLessThan(meanIntervalMs(few));
  await ask(page, { fps: 0 });
  await expect.poll(async () => (await picturesOf(station))?.maxFps).toBe(0);
  await expect.poll(async () => (await picturesOf(station))?.bufferedBytes).toBe(0);
  const sent = (await picturesOf(station))?.sentPictures ?? NaN;
  await page.waitForTimeout(1_000);
  expect((await picturesOf(station))?.sentPictures).toBe(sent);
  await expect.poll(() => page.evaluate(() => window.watching.received.length)).toBe(sent);
});

test('a picture that is longer than a message comes in parts that make a whole', async ({ page, startStation }) => {
  const station = await startStation({ config: noise });
  await page.goto(new URL('/healthz', station.url).href);
  await open(page, 'noise');
  await ask(page, { fps: 10, scale: 1 });
  const pictures = await receive(page, 10);
  expect(Math.max(...pictures.map(({ parts = 1 }) => parts))).toBeGreaterThan(1);
  for (const { parts = 1, lengths, decodedWidthPx, widthPx } of pictures) {
    expect(lengths).toHaveLength(parts);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(65_536);
    expect(decodedWidthPx).toBe(widthPx);
  }
});

test('a browser that stands still misses pictures that nobody keeps for it, and others go on', async ({
  page,
  playwright,
  launchOptions,
  startStation,
}) => {
  const station = await startStation({ config: brightfield });
  const stalling = await playwright.chromium.launch(launchOptions);
  const stalled = await stalling.newPage();
  for (const each of [stalled, page]) {
    await each.goto(new URL('/healthz', station.url).href);
    await open(each, 'brightfield');
    await ask(each, { fps: 60, scale: 1 });
    await receive(each, 5);
  }
  const pids = await rendererPids(stalling);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  // Not for long: a viewer that says nothing for ten seconds is taken for dead.
  await expect.poll(() => mostSkipped(station)).toBeGreaterThan(3);
  const { viewers } = await station.state();
  for (const { pictures } of viewers) expect(pictures?.bufferedBytes).toBeLessThan(4 * 1024 * 1024);
  await receive(page, 5);
  for (const pid of pids) process.kill(pid, 'SIGCONT');
  await receive(stalled, 10);
  await expect.poll(() => stalled.evaluate(() => window.watching.heard.includes('\0PING'))).toBe(true);
  await stalling.close();
});

/** Joins with both channels, and keeps what comes. */
async function open(page: Page, streamId: string): Promise<void> {
  await page.evaluate(async (streamId) => {
    const peer = new RTCPeerConnection();
    peer.addTransceiver('video', { direction: 'recvonly' });
    const commands = peer.createDataChannel('commands');
    const pictures = peer.createDataChannel('video', { ordered: false, maxRetransmits: 0 });
    pictures.binaryType = 'arraybuffer';
    const watching: Watching = { received: [], heard: [], commands };
    window.watching = watching;
    commands.addEventListener('message', ({ data }: MessageEvent<string>) => {
      watching.heard.push(data);
      if (data === '\0PING') commands.send('\0PONG');
    });
    const begun = new Map<number, { header: PictureHeader; bytes: ArrayBuffer; length: number }[]>();
    pictures.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      const end = new Uint8Array(data).indexOf(10);
      const header = JSON.parse(new TextDecoder().decode(data.slice(0, end))) as PictureHeader;
      const parts = [
        ...(begun.get(header.frame) ?? []),
        { header, bytes: data.slice(end + 1), length: data.byteLength },
      ];
      begun.set(header.frame, parts);
      if (parts.length < (header.parts ?? 1)) return;
      begun.delete(header.frame);
      parts.sort((a, b) => (a.header.part ?? 0) - (b.header.part ?? 0));
      const file = new Blob(
        parts.map(({ bytes }) => bytes),
        { type: 'image/jpeg' },
      );
      void createImageBitmap(file).then(({ width, height }) => {
        const lengths = parts.map(({ length }) => length);
        watching.received.push({ ...header, lengths, decodedWidthPx: width, decodedHeightPx: height });
      });
    });
    const areOpen = Promise.all(
      [commands, pictures].map((channel) => new Promise((resolve) => channel.addEventListener('open', resolve))),
    );
    await peer.setLocalDescription();
    const response = await fetch(`/whep/${streamId}`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: peer.localDescription?.sdp ?? '',
    });
    await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    await areOpen;
  }, streamId);
}

function ask(page: Page, wish: { readonly fps: number; readonly scale?: number }): Promise<void> {
  return page.evaluate((text) => window.watching.commands.send(text), JSON.stringify({ type: 'pictures', ...wish }));
}

/** Waits for so many more pictures. */
async function receive(page: Page, count: number): Promise<Received[]> {
  const before = await page.evaluate(() => window.watching.received.length);
  await expect
    .poll(() => page.evaluate(() => window.watching.received.length), { timeout: 20_000 })
    .toBeGreaterThanOrEqual(before + count);
  return page.evaluate((from) => window.watching.received.slice(from), before);
}

async function picturesOf(station: StationProcess): Promise<PictureChannelTelemetry | null | undefined> {
  return (await station.state()).viewers[0]?.pictures;
}

async function mostSkipped(station: StationProcess): Promise<number> {
  const { viewers } = await station.state();
  return Math.max(...viewers.map(({ pictures }) => pictures?.skippedPictures ?? 0));
}

function meanIntervalMs(pictures: readonly Received[]): number {
  const timesMs = pictures.map(({ captureTimeMs }) => captureTimeMs);
  return (Math.max(...timesMs) - Math.min(...timesMs)) / (pictures.length - 1);
}
