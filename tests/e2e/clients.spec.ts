import type { Page } from '@playwright/test';
import { expect, expectPictures, test } from './fixtures.ts';
import { WeriftPlayer } from '../support/werift-player.ts';

const clock = { streams: [{ id: 'clock', name: 'Clock', source: { kind: 'simulated', detector: 'clock' } }] };

test('two other programs and a browser watch one encoding of the same stream', async ({ page, startStation }) => {
  const station = await startStation({ config: clock });
  await page.goto(station.url);
  await expectPictures(page, 'clock', 5);
  const players = [new WeriftPlayer(), new WeriftPlayer()];
  try {
    for (const player of players) {
      const response = await fetch(new URL('/whep/clock', station.url), {
        method: 'POST',
        headers: { 'content-type': 'application/sdp' },
        body: await player.offer(),
      });
      expect(response.status).toBe(201);
      await player.accept(await response.text());
    }
    for (const player of players) {
      await expect.poll(() => player.pictures.length).toBeGreaterThan(30);
      expect(player.pictures[0]?.isKeyframe).toBe(true);
    }
    await expectPictures(page, 'clock', 5);
    const [stream] = (await station.state()).streams;
    expect(stream?.renditions).toMatchObject([{ codec: 'h264', viewers: 3 }]);
  } finally {
    for (const player of players) player.sayGoodbye();
  }
  await expect.poll(async () => (await station.state()).streams[0]?.viewers).toBe(1);
  await Promise.all(players.map((player) => player.close()));
});

test('a browser that cannot play H.264 is shown VP8, made for it alone', async ({ page, startStation }) => {
  const station = await startStation({ config: clock });
  await page.goto(station.url);
  await expectPictures(page, 'clock', 5);
  const shown = await watch(page, '/whep/clock', 'video/VP8');
  expect(shown.widthPx).toBe(1280);
  expect(shown.codec).toBe('video/VP8');
  expect((await station.state()).streams[0]?.renditions.map(({ codec }) => codec)).toContain('h264');
});

for (const codec of ['video/H264', 'video/VP8'] as const) {
  test(`the capture time that ${codec} carries is the one burnt into the picture`, async ({ page, startStation }) => {
    const station = await startStation({ config: clock });
    await page.goto(new URL('/healthz', station.url).href);
    const shown = await watch(page, '/whep/clock', codec);
    // Both are whole milliseconds of the same instant. A busy browser may have put up the next picture when one is read.
    const differencesMs = shown.pictures.map(({ carriedTimeMs, burntInTimeMs }) => carriedTimeMs - burntInTimeMs);
    const median = differencesMs.toSorted((a, b) => a - b)[4];
    expect(Math.abs(median ?? NaN)).toBeLessThanOrEqual(1);
  });
}

interface Shown {
  readonly codec: string;
  readonly widthPx: number;
  /** Nine in a row. */
  readonly pictures: readonly { readonly burntInTimeMs: number; readonly carriedTimeMs: number }[];
}

/** Watches a stream with WHEP and nothing of Eyepiece's page, as a program of somebody else would. */
async function watch(page: Page, path: string, codec: string): Promise<Shown> {
  return page.evaluate(
    async ({ path, codec }) => {
      const peer = new RTCPeerConnection();
      const transceiver = peer.addTransceiver('video', { direction: 'recvonly' });
      const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
      transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === codec));
      const arrived = new Promise<MediaStream | undefined>((resolve) => {
        peer.addEventListener('track', ({ streams }) => resolve(streams[0]));
      });
      await peer.setLocalDescription();
      const response = await fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/sdp' },
        body: peer.localDescription?.sdp ?? '',
      });
      const answer = await response.text();
      await peer.setRemoteDescription({ type: 'answer', sdp: answer });

      const video = document.createElement('video');
      video.muted = true;
      video.srcObject = (await arrived) ?? null;
      document.body.append(video);
      await video.play();
      // The clock detector's squares: 48 of 24 px from (16, 16), least significant bit first.
      const canvas = new OffscreenCanvas(48, 1);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      if (!context) throw new Error('This browser cannot read its video.');
      const readBurntInTimeMs = () => {
        for (let bit = 0; bit < 48; bit++) context.drawImage(video, 16 + bit * 24 + 8, 24, 8, 8, bit, 0, 1, 1);
        const pixels = context.getImageData(0, 0, 48, 1).data;
        let timeMs = 0;
        for (let bit = 47; bit >= 0; bit--) timeMs = timeMs * 2 + ((pixels[bit * 4] ?? 0) > 127 ? 1 : 0);
        return timeMs;
      };
      // RFC 7273: the timestamp is the capture time on a 90 kHz clock plus the offset that the answer names.
      const offset = Number(/a=mediaclk:direct=(\d+)/.exec(answer)?.[1]);
      const readCarriedTimeMs = (rtpTimestamp = NaN) => {
        const wrap = 2 ** 32;
        const ticks = (((rtpTimestamp - offset) % wrap) + wrap) % wrap;
        const periods = Math.round((Date.now() * 90 - ticks) / wrap);
        return Math.round((periods * wrap + ticks) / 90);
      };
      const pictures: Shown['pictures'][number][] = [];
      await new Promise<void>((resolve) => {
        const onPicture: VideoFrameRequestCallback = (_nowMs, { rtpTimestamp }) => {
          pictures.push({ burntInTimeMs: readBurntInTimeMs(), carriedTimeMs: readCarriedTimeMs(rtpTimestamp) });
          if (pictures.length === 9) resolve();
          else video.requestVideoFrameCallback(onPicture);
        };
        video.requestVideoFrameCallback(onPicture);
      });
      const stats = [...(await peer.getStats()).values()] as {
        id: string;
        type: string;
        codecId?: string;
        mimeType?: string;
      }[];
      const used = stats.find(({ type }) => type === 'inbound-rtp')?.codecId;
      const { mimeType = '' } = stats.find(({ id }) => id === used) ?? {};
      const widthPx = video.videoWidth;
      peer.close();
      return { codec: mimeType, widthPx, pictures };
    },
    { path, codec },
  );
}
