import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

const clock = {
  streams: [{ id: 'clock', name: 'Clock', source: { kind: 'simulated', detector: 'clock' } }],
  lingerMs: 0,
};

interface Shown {
  readonly codec: string;
  readonly widthPx: number;
  /** How long after the capture the picture was shown, on the clock that the offer names. */
  readonly ageMs: number;
}

for (const codec of ['video/H264', 'video/VP8'] as const) {
  test(`a page that answers the station's offer is shown ${codec}, and the detector rests when it has gone`, async ({
    page,
    startStation,
  }) => {
    const station = await startStation({ config: clock });
    await page.goto(new URL('/healthz', station.url).href);
    const shown = await watch(page, 'clock', codec);
    expect(shown).toMatchObject({ codec, widthPx: 1280 });
    // A wrong offset would be wrong by hours; how long it takes is another test's affair.
    expect(shown.ageMs).toBeGreaterThanOrEqual(0);
    expect(shown.ageMs).toBeLessThan(60_000);
    await expect
      .poll(async () => (await station.state()).streams[0])
      .toMatchObject({ viewers: 0, status: { kind: 'idle' } });
  });
}

/** Watches a stream with nothing but the calls of a session that the station offers, candidates one by one. */
async function watch(page: Page, streamId: string, codec: string): Promise<Shown> {
  return page.evaluate(
    async ({ streamId, codec }) => {
      const call = async (method: string, path: string, body: object): Promise<Response> => {
        const response = await fetch(path, {
          method,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        if (!response.ok) throw new Error(await response.text());
        return response;
      };
      const opened = await call('POST', `/api/streams/${streamId}/viewers`, {});
      const session = opened.headers.get('location') ?? '';
      const offer = (await opened.json()) as RTCSessionDescriptionInit;

      const peer = new RTCPeerConnection();
      const arrived = new Promise<MediaStream | undefined>((resolve) => {
        peer.addEventListener('track', ({ streams }) => resolve(streams[0]));
      });
      const sent: Promise<Response>[] = [];
      peer.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate) sent.push(call('POST', `${session}/candidates`, candidate.toJSON()));
      });
      // Nothing that is told later may be in the text, so that the later candidates have to do.
      const bare = (sdp = '') => sdp.replace(/a=(candidate:.*|end-of-candidates)\r\n/g, '');
      await peer.setRemoteDescription({ type: 'offer', sdp: bare(offer.sdp) });
      for (const transceiver of peer.getTransceivers()) {
        const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
        transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => [codec, 'video/rtx'].includes(mimeType)));
      }
      await new Promise<void>((resolve) => {
        const events = new EventSource(`${session}/candidates`);
        events.addEventListener('candidate', ({ data }: MessageEvent<string>) => {
          void peer.addIceCandidate(JSON.parse(data) as RTCIceCandidateInit);
        });
        events.addEventListener('end', () => {
          events.close();
          resolve();
        });
      });
      await peer.setLocalDescription();
      const { type, sdp } = peer.localDescription ?? { type: '', sdp: '' };
      await call('PUT', `${session}/answer`, { type, sdp: bare(sdp) });

      const video = document.createElement('video');
      video.muted = true;
      video.srcObject = (await arrived) ?? null;
      document.body.append(video);
      await video.play();
      const { rtpTimestamp = 0 } = await new Promise<VideoFrameCallbackMetadata>((resolve) => {
        video.requestVideoFrameCallback((_nowMs, metadata) => resolve(metadata));
      });
      // RFC 7273: the timestamp is the capture time on a 90 kHz clock plus the offset that the offer names.
      const offset = Number(/a=mediaclk:direct=(\d+)/.exec(offer.sdp ?? '')?.[1]);
      const wrap = 2 ** 32;
      const ageMs = ((((Date.now() * 90 - rtpTimestamp + offset) % wrap) + wrap) % wrap) / 90;

      const stats = [...(await peer.getStats()).values()] as {
        id: string;
        type: string;
        codecId?: string;
        mimeType?: string;
      }[];
      const used = stats.find((each) => each.type === 'inbound-rtp')?.codecId;
      const { mimeType = '' } = stats.find(({ id }) => id === used) ?? {};
      const widthPx = video.videoWidth;
      await Promise.all(sent);
      await fetch(session, { method: 'DELETE' });
      peer.close();
      return { codec: mimeType, widthPx, ageMs };
    },
    { streamId, codec },
  );
}
