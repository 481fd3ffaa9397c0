import type { Page } from '@playwright/test';
import { findFfmpegProgram } from '../../src/main/capture/worker/ffmpeg/find-program.ts';
import type { ViewerState } from '../../src/shared/state.ts';
import { LossyRelay } from '../support/lossy-relay.ts';
import { watchPictures } from '../support/picture-flow.ts';
import type { StationProcess } from '../support/station-process.ts';
import { expect, expectLive, expectPictures, test, tile } from './fixtures.ts';

const clock = { streams: [{ id: 'clock', name: 'Clock', source: { kind: 'simulated', detector: 'clock' } }] };

const hasFfmpeg = (await findFfmpegProgram()) !== null;

for (const engine of ['native', 'ffmpeg'] as const) {
  test(`a program that shows the picture small is sent it small, and large again, without a jump (${engine})`, async ({
    page,
    startStation,
  }) => {
    test.skip(engine === 'ffmpeg' && !hasFfmpeg, 'there is no ffmpeg program');
    const station = await startStation({ config: { ...clock, engine } });
    await page.goto(new URL('/healthz', station.url).href);
    await watch(page, 'clock');
    const shown = () => page.evaluate(() => (globalThis as unknown as Shown).shown);
    const newest = async () => (await shown()).at(-1)?.widthPx;
    await expect.poll(newest).toBe(1280);

    for (const [shownPx, widthPx] of [
      [{ widthPx: 640, heightPx: 360 }, 640],
      [{ widthPx: 200, heightPx: 112 }, 320],
      [{ widthPx: 1920, heightPx: 1080 }, 1280],
    ] as const) {
      await page.evaluate((size) => (globalThis as unknown as Shown).show(size), shownPx);
      await expect.poll(newest).toBe(widthPx);
      const { streams, viewers } = await station.state();
      const scale = 1280 / widthPx;
      expect(viewers).toMatchObject([{ scale }]);
      expect(streams[0]?.detector?.engine).toBe(engine);
      expect(streams[0]?.renditions).toMatchObject([{ codec: 'h264', scale, viewers: 1 }]);
    }

    const all = await shown();
    const widths = all.map(({ widthPx }) => widthPx);
    expect(widths.filter((width, index) => width !== widths[index - 1])).toEqual([1280, 640, 320, 1280]);
    const ticks = all.map(({ rtpTicks }, index) => (rtpTicks - (all[index - 1]?.rtpTicks ?? rtpTicks)) | 0);
    expect(Math.min(...ticks)).toBeGreaterThanOrEqual(0);
  });
}

test('a browser on a weak link gets a smaller picture until the link is good again, and nobody else does', async ({
  page,
  context,
  startStation,
}) => {
  test.setTimeout(300_000);
  const station = await startStation({ config: clock });
  const relay = new LossyRelay({ delayMs: 20 });
  try {
    await page.goto(station.url);
    await expectPictures(page, 'clock', 10);
    const weakPage = await context.newPage();
    await relay.join(weakPage);
    await weakPage.goto(station.url);
    await expectPictures(weakPage, 'clock', 60);
    expect(await widthOf(weakPage)).toBe(1280);

    relay.kbitPerS = 800;
    await expect.poll(() => widthOf(weakPage), { timeout: 40_000 }).toBeLessThanOrEqual(640);
    expect((await scales(station)).toSorted()).not.toEqual([1, 1]);
    await expectLive(weakPage, 'clock');
    await page.bringToFront();
    const { taken, decoded } = await watchPictures(page, station, 'clock', 3_000);
    expect(decoded).toBeGreaterThan(taken * 0.9);
    expect(await widthOf(page)).toBe(1280);

    relay.kbitPerS = Infinity;
    await weakPage.bringToFront();
    await expect.poll(() => widthOf(weakPage), { timeout: 150_000 }).toBe(1280);
    expect(await scales(station)).toEqual([1, 1]);
  } finally {
    relay.close();
  }
});

async function scales(station: StationProcess): Promise<ViewerState['scale'][]> {
  return (await station.state()).viewers.map(({ scale }) => scale);
}

function widthOf(page: Page): Promise<number> {
  return tile(page, 'clock')
    .locator('video')
    .evaluate((video: HTMLVideoElement) => video.videoWidth);
}

/** What `watch` leaves on the page. */
interface Shown {
  /** Each picture that was shown, in order. */
  readonly shown: { readonly widthPx: number; readonly rtpTicks: number }[];
  /** Tells the station how large the picture is shown. */
  readonly show: (size: { readonly widthPx: number; readonly heightPx: number }) => void;
}

/** Watches a Stream with nothing of Eyepiece's page. */
async function watch(page: Page, streamId: string): Promise<void> {
  await page.evaluate(async (streamId) => {
    const peer = new RTCPeerConnection();
    peer.addTransceiver('video', { direction: 'recvonly' });
    const commands = peer.createDataChannel('commands');
    commands.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (data === '\0PING') commands.send('\0PONG');
    });
    const video = document.createElement('video');
    video.muted = true;
    const shown: { widthPx: number; rtpTicks: number }[] = [];
    const next: VideoFrameRequestCallback = (_now, { width, rtpTimestamp }) => {
      shown.push({ widthPx: width, rtpTicks: rtpTimestamp ?? 0 });
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
    peer.addEventListener('track', ({ streams: [stream] }) => {
      video.srcObject = stream ?? null;
      void video.play();
    });
    document.body.append(video);
    Object.assign(globalThis, {
      shown,
      show: (size: object) => commands.send(JSON.stringify({ type: 'show', ...size })),
    });
    await peer.setLocalDescription();
    const response = await fetch(`/whep/${streamId}`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: peer.localDescription?.sdp ?? '',
    });
    await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    await new Promise((resolve) => commands.addEventListener('open', resolve));
  }, streamId);
}
