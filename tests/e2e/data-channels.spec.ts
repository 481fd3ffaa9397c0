import type { Page } from '@playwright/test';
import type { ClockAnswer, CommandReply } from '../../src/shared/commands.ts';
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

test('a program of somebody else learns number and capture time of each picture that it shows, and what time it is', async ({
  page,
  startStation,
}) => {
  const station = await startStation({ config: clock });
  await page.goto(new URL('/healthz', station.url).href);
  const { told, shown, clocks } = await watchNumbers(page, 'clock');
  const numbers = new Map(told.map(([number, timestamp]) => [timestamp, number]));
  const shownNumbers = shown.map((timestamp) => numbers.get(timestamp));
  expect(shownNumbers.every((number) => number !== undefined)).toBe(true);
  expect(shownNumbers).toEqual(shownNumbers.toSorted((a = 0, b = 0) => a - b));
  const taken = (await station.state()).streams[0]?.reading?.number ?? 0;
  expect(shownNumbers.at(-1)).toBeLessThanOrEqual(taken);
  for (const { sentMs, receivedMs, repliedMs, arrivedMs } of clocks) {
    const roundTripMs = arrivedMs - sentMs;
    expect(repliedMs).toBeGreaterThanOrEqual(receivedMs);
    // On one machine both clocks are the same, but for the fraction of a millisecond that one of them leaves out.
    expect(Math.abs((receivedMs - sentMs + repliedMs - arrivedMs) / 2)).toBeLessThanOrEqual(roundTripMs / 2 + 1);
  }
});

interface Numbers {
  /** The number of each picture, and the RTP timestamp that belongs to its capture time. */
  readonly told: readonly (readonly [number: number, timestamp: number])[];
  /** The RTP timestamps of pictures that were shown. */
  readonly shown: readonly number[];
  readonly clocks: readonly (ClockAnswer & { readonly arrivedMs: number })[];
}

/** Watches thirty pictures with nothing of Eyepiece's page, and lets all that is told of them arrive. */
async function watchNumbers(page: Page, streamId: string): Promise<Numbers> {
  return page.evaluate(async (streamId) => {
    const peer = new RTCPeerConnection();
    peer.addTransceiver('video', { direction: 'recvonly' });
    const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
    document.body.append(video);
    peer.addEventListener('track', ({ track }) => (video.srcObject = new MediaStream([track])));
    const commands = peer.createDataChannel('commands');
    const frames: (readonly [number, number])[] = [];
    const clocks: Numbers['clocks'][number][] = [];
    const unixMs = (): number => performance.timeOrigin + performance.now();
    const askTime = (): void => commands.send(JSON.stringify({ type: 'clock', sentMs: unixMs() }));
    commands.addEventListener('open', () => {
      commands.send('{"type":"hello","frames":true}');
      askTime();
    });
    commands.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (data === '\0PING') return commands.send('\0PONG');
      const reply = JSON.parse(data) as CommandReply;
      if (reply.type === 'frames') frames.push(...reply.frames);
      if (reply.type === 'clock') clocks.push({ ...reply, arrivedMs: unixMs() });
    });
    await peer.setLocalDescription();
    const headers = { 'content-type': 'application/sdp' };
    const body = peer.localDescription?.sdp ?? '';
    const response = await fetch(`/whep/${streamId}`, { method: 'POST', headers, body });
    const sdp = await response.text();
    await peer.setRemoteDescription({ type: 'answer', sdp });
    const offset = Number(/a=mediaclk:direct=(\d+)/.exec(sdp)?.[1]);
    const told = (): Numbers['told'] =>
      frames.map(([number, timeMs]) => [number, (Math.round(timeMs * 90) + offset) % 2 ** 32] as const);
    const isTold = (timestamp: number): boolean => told().some(([, each]) => each === timestamp);
    const shown: number[] = [];
    const show = (_: number, { rtpTimestamp = NaN }: VideoFrameCallbackMetadata): void => {
      // What was sent before the station knew that numbers are wanted is not told of.
      if (shown.length > 0 || isTold(rtpTimestamp)) shown.push(rtpTimestamp);
      video.requestVideoFrameCallback(show);
    };
    video.requestVideoFrameCallback(show);
    while (shown.length < 30) await new Promise((resolve) => setTimeout(resolve, 50));
    const kept = shown.slice();
    while (!isTold(kept.at(-1) ?? NaN)) await new Promise((resolve) => setTimeout(resolve, 50));
    return { told: told(), shown: kept, clocks };
  }, streamId);
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
