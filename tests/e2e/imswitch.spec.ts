import type { Page } from '@playwright/test';
import { startWebServer } from '../support/mjpeg-server.ts';
import { expect, test as base } from './fixtures.ts';

/** A page of another program's server, as ImSwitch's frontend is. */
const html = '<!doctype html><title>Live view</title><video muted autoplay playsinline></video><img alt="">';

const test = base.extend<{ elsewhere: string }>({
  elsewhere: async ({}, use) => {
    const server = await startWebServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(html);
    });
    await use(server.url);
    await server.close();
  },
});

const streams = [
  { id: 'clock', name: 'Clock', source: { kind: 'simulated', detector: 'clock' } },
  { id: 'attic', name: 'Attic', source: { kind: 'simulated', detector: 'brightfield' } },
];

/** One call of ImSwitch's API, as its client makes it. */
async function ask(page: Page, url: string, body?: object | null): Promise<unknown> {
  return page.evaluate(
    async ({ url, body }) => {
      const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
      const response = await fetch(url, body === undefined ? {} : post);
      if (!response.ok) throw new Error(`HTTP error! status: ${response.status}`);
      return response.json() as Promise<unknown>;
    },
    { url, body },
  );
}

/** Has the page show an image, and hide where it is itself. @returns The event that tells what came of it. */
async function outcomeOf(page: Page, url: string): Promise<string> {
  return page.locator('img').evaluate(
    (element: HTMLImageElement, url) =>
      new Promise<string>((resolve) => {
        for (const type of ['load', 'error']) element.addEventListener(type, () => resolve(type));
        element.referrerPolicy = 'no-referrer';
        element.src = url;
      }),
    url,
  );
}

/** What the protocol's notes say of its viewer: waits for the candidates, sends the whole offer, shows the track's first stream. */
async function negotiate(page: Page, api: string): Promise<{ readonly codec: string; readonly pictures: number }> {
  return page.evaluate(async (api) => {
    const peer = new RTCPeerConnection({ iceServers: [], iceCandidatePoolSize: 0 });
    const video = document.querySelector('video');
    if (!video) throw new Error('The page has no video.');
    peer.addEventListener('track', ({ streams }) => {
      if (streams[0]) video.srcObject = streams[0];
    });
    const transceiver = peer.addTransceiver('video', { direction: 'recvonly', streams: [] });
    const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
    const isVp8 = ({ mimeType }: { mimeType: string }) => mimeType.includes('VP8');
    transceiver.setCodecPreferences([...codecs.filter(isVp8), ...codecs.filter((codec) => !isVp8(codec))]);
    await peer.setLocalDescription(await peer.createOffer({ offerToReceiveVideo: true, offerToReceiveAudio: false }));
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 500);
      peer.addEventListener('icegatheringstatechange', () => {
        if (peer.iceGatheringState === 'complete') resolve();
      });
    });
    const { sdp, type } = peer.localDescription ?? {};
    const params = { throttle_ms: 33, subsampling_factor: 1, max_width: 1280 };
    const response = await fetch(`${api}/webrtc_offer`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ sdp, sdp_type: type, detectorName: undefined, params }),
    });
    const answer = (await response.json()) as { status: string; message?: string; sdp: string; type: RTCSdpType };
    if (answer.status === 'error') throw new Error(answer.message);
    await peer.setRemoteDescription(new RTCSessionDescription({ sdp: answer.sdp, type: answer.type }));
    await new Promise<void>((resolve) => {
      let left = 10;
      const onPicture = (): void => {
        left -= 1;
        if (left === 0) resolve();
        else video.requestVideoFrameCallback(onPicture);
      };
      video.requestVideoFrameCallback(onPicture);
    });
    const stats = [...(await peer.getStats()).values()] as {
      id: string;
      type: string;
      codecId?: string;
      mimeType?: string;
      framesDecoded?: number;
    }[];
    const inbound = stats.find(({ type }) => type === 'inbound-rtp');
    const codec = stats.find(({ id }) => id === inbound?.codecId)?.mimeType ?? '';
    return { codec, pictures: inbound?.framesDecoded ?? 0 };
  }, api);
}

test('a page that was made for ImSwitch is shown its live view over WebRTC, and another one beside it', async ({
  page,
  context,
  elsewhere,
  startStation,
}) => {
  const station = await startStation({ config: { streams, http: { allowedOrigins: [elsewhere] } } });
  const api = `${station.url}imswitch/api/LiveViewController`;
  await page.goto(elsewhere);
  expect(await ask(page, `${api}/getLiveViewActive`)).toBe(false);
  const started = { status: 'success', detector: 'clock', protocol: 'webrtc' };
  expect(await ask(page, `${api}/startLiveView?protocol=webrtc`, null)).toMatchObject(started);
  expect(await ask(page, `${api}/getLiveViewActive`)).toBe(true);
  const shown = await negotiate(page, api);
  // It would rather have VP8, and takes the one that the station makes at less cost.
  expect(shown.codec).toBe('video/H264');
  expect(shown.pictures).toBeGreaterThan(5);

  // ImSwitch itself closes the first one's connection for the second.
  const second = await context.newPage();
  await second.goto(elsewhere);
  expect((await negotiate(second, api)).pictures).toBeGreaterThan(5);
  const [stream] = (await station.state()).streams;
  expect(stream?.renditions).toMatchObject([{ codec: 'h264', viewers: 2 }]);
  expect(await ask(page, `${api}/getActiveStreams`)).toEqual({
    status: 'success',
    active_streams: [{ detector: 'clock', protocol: 'webrtc' }],
  });

  expect(await ask(page, `${api}/stopLiveView`)).toMatchObject({ status: 'success', protocol: 'webrtc' });
  expect(await ask(page, `${api}/getLiveViewActive`)).toBe(false);
  await expect.poll(async () => (await station.state()).streams[0]?.viewers).toBe(0);
});

test('a page that was made for ImSwitch is shown pictures in an <img>, as small as it wants them, and no other page is', async ({
  page,
  elsewhere,
  startStation,
}) => {
  const station = await startStation({ config: { streams, http: { allowedOrigins: [elsewhere] } } });
  const api = `${station.url}LiveViewController`;
  await page.goto(elsewhere);
  const image = page.locator('img');
  const widthPx = () => image.evaluate((element: HTMLImageElement) => element.naturalWidth);
  const show = (url: string) => image.evaluate((element: HTMLImageElement, url) => (element.src = url), url);

  const parameters = { subsampling_factor: 4, throttle_ms: 50, jpeg_quality: 80 };
  expect(await ask(page, `${api}/setStreamParameters?protocol=mjpeg`, parameters)).toMatchObject({ status: 'success' });
  await show(`${api}/mjpeg_stream?startStream=true&detectorName=clock&t=1`);
  await expect.poll(widthPx).toBe(320);
  expect(await ask(page, `${api}/getStreamStatus`)).toMatchObject({
    total_detectors: 2,
    active_streams: 1,
    detectors: { clock: { is_streaming: true, protocol: 'mjpeg' }, attic: { is_streaming: false } },
  });
  await ask(page, `${api}/setStreamParameters?protocol=mjpeg`, { subsampling_factor: 2 });
  await expect.poll(widthPx).toBe(640);
  await show('data:,');
  await expect.poll(async () => (await station.state()).streams[0]?.viewers).toBe(0);

  // The same page under another name, which is not in the list, and which would hide where it is.
  const stranger = elsewhere.replace('127.0.0.1', 'localhost');
  await page.goto(stranger);
  expect(await outcomeOf(page, `${api}/mjpeg_stream?detectorName=attic`)).toBe('error');
  expect((await station.state()).streams[1]?.status.kind).toBe('idle');
});

test('a page of somebody else can’t stop a live view, neither with an <img> nor by leading the browser there', async ({
  page,
  elsewhere,
  startStation,
}) => {
  const station = await startStation({ config: { streams } });
  const api = `${station.url}LiveViewController`;
  const pictures = await fetch(`${api}/mjpeg_stream?detectorName=clock`);
  await page.goto(elsewhere);
  expect(await outcomeOf(page, `${api}/stopLiveView`)).toBe('error');
  await page.evaluate((url) => location.assign(url), `${api}/stopLiveView?again`);
  await expect(page.locator('body')).toContainText('origin_denied');
  expect(await (await fetch(`${api}/getLiveViewActive`)).json()).toBe(true);

  // Whoever types it is not led there by a page.
  await page.goto(`${api}/stopLiveView`);
  await expect(page.locator('body')).toContainText('success');
  expect((await pictures.blob()).size).toBeGreaterThan(0);
});
