import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Page } from '@playwright/test';
import { startStationHere } from '../../support/station-here.ts';
import type { Figure, Row } from '../figure.ts';
import { liveTile } from '../stations.ts';

const connectsInAll = 600;
const atATime = 4;
const steps = 6;

/** What is left over of sessions that have come and gone. Linux, where a process can list its open files. */
export const connects: Figure = async ({ browser }) => {
  const station = await startStationHere();
  const page = await browser.newPage();
  await page.goto(station.url);
  await liveTile(page, 'clock');
  // What is loaded and grown with the first sessions is none of what the others leave.
  await comeAndGo(page, 40);
  const before = await leftOver();
  const heaps = [before.heapBytes];
  let after = before;
  for (let step = 0; step < steps; step++) {
    await comeAndGo(page, connectsInAll / steps);
    after = await leftOver();
    heaps.push(after.heapBytes);
  }
  await page.close();
  await station.close();
  const slope = (heaps.at(-1)! - heaps[0]!) / connectsInAll / 1_024;
  const heapNote = `heap ${heaps.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(', ')} MB: ${slope.toFixed(2)} kB a session`;
  const row = (what: string, growth: number, note: string): Row => ({
    figure: `${connectsInAll} connects and closes, four at a time: more ${what} than before`,
    value: growth,
    unit: '',
    bound: { atMost: 0 },
    note,
  });
  return [
    row('open files', after.files - before.files, `${before.files} before, ${after.files} after; ${heapNote}`),
    row('sockets', after.resources - before.resources, `${before.resources} before, ${after.resources} after`),
    row('listeners of the process', after.listeners - before.listeners, `${before.listeners} before and after`),
  ];
};

/** Sessions of a browser by WHEP, each up to its first picture. */
async function comeAndGo(page: Page, count: number): Promise<void> {
  await page.evaluate(
    async ({ count, atATime }) => {
      /** Asks again as soon as the station lets this machine: it bounds how many sessions a second one may ask for. */
      async function offer(sdp: string): Promise<Response> {
        const headers = { 'content-type': 'application/sdp' };
        const response = await fetch('/whep/clock', { method: 'POST', headers, body: sdp });
        if (response.status !== 429) return response;
        const waitMs = 1_000 * Number(response.headers.get('retry-after') ?? 1);
        await new Promise((resolve) => window.setTimeout(resolve, waitMs));
        return offer(sdp);
      }

      async function once(): Promise<void> {
        const peer = new RTCPeerConnection();
        peer.addTransceiver('video', { direction: 'recvonly' });
        peer.createDataChannel('commands');
        const arrived = new Promise<MediaStreamTrack>((resolve) => {
          peer.addEventListener('track', ({ track }) => resolve(track));
        });
        await peer.setLocalDescription();
        const response = await offer(peer.localDescription?.sdp ?? '');
        await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
        const track = await arrived;
        if (track.muted) await new Promise((resolve) => track.addEventListener('unmute', resolve, { once: true }));
        await fetch(response.headers.get('location') ?? '', { method: 'DELETE' });
        peer.close();
      }
      let left = count;
      const worker = async (): Promise<void> => {
        while (left-- > 0) await once();
      };
      await Promise.all(Array.from({ length: atATime }, worker));
    },
    { count, atATime },
  );
}

interface LeftOver {
  readonly files: number;
  readonly resources: number;
  readonly listeners: number;
  readonly heapBytes: number;
}

/** What this process holds once everything that was on its way out has gone. */
async function leftOver(): Promise<LeftOver> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Handshake timers of werift and connections that the browser keeps open end within some seconds.
  await setTimeout(8_000);
  collect();
  // Timers come and go; that sessions leave none is a test of its own.
  const resources = process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap' || name === 'TCPServerWrap');
  return {
    files: readdirSync('/proc/self/fd').length,
    resources: resources.length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    heapBytes: process.memoryUsage().heapUsed,
  };
}
