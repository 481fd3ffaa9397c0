import { chromium, type Page } from '@playwright/test';
import { FormatContext, Packet } from 'node-av/lib';
import { fileURLToPath } from 'node:url';
import { aiortcMissing } from '../support/aiortc-client.ts';
import { chromiumLaunchOptions } from '../support/chromium.ts';
import { nalUnits } from '../support/h264.ts';
import { WeriftPlayer } from '../support/werift-player.ts';
import { startAiortcPublisher, startFfmpegPublisher, type WhipProgram } from '../support/whip-programs.ts';
import { brightness, expect, expectLive, expectPictures, test, tile } from './fixtures.ts';

const recording = fileURLToPath(new URL('../data/beads-in-water.mp4', import.meta.url));
const waiting = { streams: [{ id: 'bench', name: 'Other bench', source: { kind: 'published' } }] };

test('the camera of another browser is a tile, is passed on unchanged, and is said to be away when it goes', async ({
  page,
  startStation,
}) => {
  const station = await startStation({ config: waiting });
  const options = await chromiumLaunchOptions();
  const fakes = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  const phone = await chromium.launch({ ...options, args: [...options.args, ...fakes] });
  try {
    await page.goto(station.url);
    await expect(tile(page, 'bench')).toContainText('Waiting for its publisher');
    await expect(tile(page, 'bench')).toHaveAttribute('data-state', 'waiting');
    const camera = await phone.newPage();
    await camera.goto(new URL('/healthz', station.url).href);
    await publishCamera(camera, '/whip/bench');
    await expectLive(page, 'bench');
    await expectPictures(page, 'bench', 20);
    expect((await brightness(page, 'bench')).spread).toBeGreaterThan(10);
    // It is measured too, though no encoder works for it.
    await expect.poll(async () => (await station.state()).streams[0]?.reading?.max ?? 0).toBeGreaterThan(100);
    expect((await station.state()).streams[0]?.renditions).toMatchObject([{ scale: 1, viewers: 1, isPassedOn: true }]);
    const jpeg = await fetch(new URL('/frame/bench.jpg', station.url));
    expect(jpeg.headers.get('content-type')).toBe('image/jpeg');
    await camera.close();
    await expect(tile(page, 'bench')).toContainText('Waiting for its publisher');
  } finally {
    await phone.close();
  }
});

test('what FFmpeg publishes arrives with the very bytes of its NAL units', async ({ startStation }) => {
  const station = await startStation();
  const program = startFfmpegPublisher(new URL('/whip/recording', station.url).href);
  const player = new WeriftPlayer();
  try {
    await program.begun;
    await watch(player, new URL('/whep/recording', station.url));
    await expect.poll(() => player.pictures.length).toBeGreaterThan(20);
    const slices = await recordedSlices();
    for (const { data } of player.pictures.slice(0, 20)) {
      const slice = nalUnits(data).at(-1);
      expect(slices.has(Buffer.from(slice ?? []).toString('base64'))).toBe(true);
    }
    const stream = (await station.state()).streams.find(({ id }) => id === 'recording');
    expect(stream).toMatchObject({ name: 'Recording', renditions: [{ codec: 'h264', isPassedOn: true }] });
  } finally {
    await program.kill();
    player.sayGoodbye();
  }
  await player.close();
});

test('what aiortc publishes in VP8 is passed on to who plays VP8, and encoded again for who does not', async ({
  startStation,
}) => {
  const missing = aiortcMissing();
  test.skip(missing !== null, missing ?? '');
  const station = await startStation();
  const program: WhipProgram = startAiortcPublisher(station.url, 'python', 'VP8');
  const players = [new WeriftPlayer({ codecs: ['vp8', 'h264'] }), new WeriftPlayer({ codecs: ['h264'] })];
  try {
    await program.begun;
    for (const player of players) await watch(player, new URL('/whep/python', station.url));
    for (const player of players) await expect.poll(() => player.pictures.length).toBeGreaterThan(5);
    const stream = (await station.state()).streams.find(({ id }) => id === 'python');
    const renditions = stream?.renditions.toSorted((a, b) => b.codec.localeCompare(a.codec));
    expect(renditions).toMatchObject([
      { codec: 'vp8', viewers: 1, isPassedOn: true },
      { codec: 'h264', viewers: 1, maxKbitPerS: 4_000 },
    ]);
  } finally {
    await program.kill();
    for (const player of players) player.sayGoodbye();
  }
  await Promise.all(players.map((player) => player.close()));
});

async function watch(player: WeriftPlayer, url: URL): Promise<void> {
  const headers = { 'content-type': 'application/sdp' };
  const response = await fetch(url, { method: 'POST', headers, body: await player.offer() });
  expect(response.status).toBe(201);
  await player.accept(await response.text());
}

/** As a page that somebody else has written would. */
async function publishCamera(page: Page, path: string): Promise<void> {
  await page.evaluate(async (path) => {
    const media = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    const peer = new RTCPeerConnection();
    for (const track of media.getTracks()) peer.addTransceiver(track, { direction: 'sendonly', streams: [media] });
    await peer.setLocalDescription();
    const headers = { 'Content-Type': 'application/sdp' };
    const response = await fetch(path, { method: 'POST', headers, body: peer.localDescription?.sdp ?? '' });
    if (!response.ok) throw new Error(await response.text());
    await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    // Kept, so that it goes on.
    Object.assign(globalThis, { peer });
  }, path);
}

/** The slices of the recording, which its file keeps with their lengths before them (ISO/IEC 14496-15 §5.3). */
async function recordedSlices(): Promise<ReadonlySet<string>> {
  const context = new FormatContext();
  context.allocContext();
  await context.openInput(recording, null, null);
  const packet = new Packet();
  packet.alloc();
  const slices = new Set<string>();
  while ((await context.readFrame(packet)) >= 0) {
    const data = packet.data ?? Buffer.alloc(0);
    for (let at = 0; at + 4 <= data.length; at += 4 + data.readUInt32BE(at)) {
      slices.add(data.subarray(at + 4, at + 4 + data.readUInt32BE(at)).toString('base64'));
    }
    packet.unref();
  }
  packet.free();
  await context.closeInput();
  return slices;
}
