import type { Page } from '@playwright/test';
import { killRenderers } from '../support/chromium.ts';
import { expect, expectLive, test } from './fixtures.ts';

const clock = { streams: [{ id: 'clock', name: 'Clock', source: { kind: 'simulated', detector: 'clock' } }] };

test('the page and the station keep asking each other whether they are there', async ({ page, startStation }) => {
  const station = await startStation({ config: clock });
  await page.goto(station.url);
  await expectLive(page, 'clock');
  await expect.poll(async () => (await station.state()).viewers[0]?.keepalive?.roundTripMs ?? 0).toBeGreaterThan(0);
});

test('a viewer whose tab is killed is gone before ten seconds of silence are over', async ({
  playwright,
  launchOptions,
  startStation,
}) => {
  const station = await startStation({ config: clock });
  // The browser of the other tests has to stay.
  const browser = await playwright.chromium.launch(launchOptions);
  const page = await browser.newPage();
  await page.goto(station.url);
  await expectLive(page, 'clock');
  await expect.poll(async () => (await station.state()).viewers[0]?.keepalive ?? null).not.toBeNull();
  await killRenderers(browser);
  await expect.poll(async () => (await station.state()).viewers, { timeout: 9_000 }).toEqual([]);
  await browser.close();
});

for (const offerer of ['program', 'station'] as const) {
  test(`a program of somebody else has its commands and nothing but them beside the picture, where the ${offerer} offers`, async ({
    page,
    startStation,
  }) => {
    const station = await startStation({ config: { ...clock, keepaliveMs: 1_000 } });
    await page.goto(new URL('/healthz', station.url).href);
    const heard = await talk(page, 'clock', offerer);
    expect(heard.commands.filter((message) => message === '\0PING').length).toBeGreaterThan(1);
    expect(heard.commands).toContain('\0PONG');
    expect(heard.commands).toContain('{"type":"error","reason":"bad_message"}');
    expect(heard.isChatClosed).toBe(true);
    expect(heard.maxMessageBytes).toBe(16_384);
    expect(heard.pictures).toBeGreaterThan(10);
    await expect.poll(async () => (await station.state()).viewers[0]?.keepalive?.roundTripMs ?? 0).toBeGreaterThan(0);
  });
}

interface Heard {
  readonly commands: readonly string[];
  readonly isChatClosed: boolean;
  readonly maxMessageBytes: number;
  readonly pictures: number;
}

/** Watches for three seconds with nothing of Eyepiece's page, answering pings and saying something senseless. */
async function talk(page: Page, streamId: string, offerer: 'program' | 'station'): Promise<Heard> {
  return page.evaluate(
    async ({ streamId, offerer }) => {
      const peer = new RTCPeerConnection();
      if (offerer === 'program') peer.addTransceiver('video', { direction: 'recvonly' });
      const commands = peer.createDataChannel('commands');
      const chat = peer.createDataChannel('chat');
      const chatClosed = new Promise((resolve) => chat.addEventListener('close', resolve));
      const heard: string[] = [];
      commands.addEventListener('message', ({ data }: MessageEvent<string>) => {
        heard.push(data);
        if (data === '\0PING') commands.send('\0PONG');
      });
      commands.addEventListener('open', () => {
        commands.send('\0PING');
        commands.send('Good evening');
      });
      const send = (method: string, path: string, type: string, body: string): Promise<Response> =>
        fetch(path, { method, headers: { 'content-type': type }, body });
      if (offerer === 'program') {
        await peer.setLocalDescription();
        const response = await send('POST', `/whep/${streamId}`, 'application/sdp', peer.localDescription?.sdp ?? '');
        await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
      } else {
        const opened = await send('POST', `/api/streams/${streamId}/viewers`, 'application/json', '{}');
        await peer.setRemoteDescription((await opened.json()) as RTCSessionDescriptionInit);
        await peer.setLocalDescription();
        const answerPath = `${opened.headers.get('location')}/answer`;
        await send('PUT', answerPath, 'application/json', JSON.stringify(peer.localDescription));
      }
      await chatClosed;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      const reports = [...(await peer.getStats()).values()] as { type: string; framesDecoded?: number }[];
      return {
        commands: heard,
        isChatClosed: chat.readyState === 'closed',
        maxMessageBytes: peer.sctp?.maxMessageSize ?? 0,
        pictures: reports.find(({ type }) => type === 'inbound-rtp')?.framesDecoded ?? 0,
      };
    },
    { streamId, offerer },
  );
}
