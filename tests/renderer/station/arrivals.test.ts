import { expect, test } from 'vitest';
import { Arrivals } from '../../../src/renderer/station/arrivals.ts';
import type { PeerReport } from '../../../src/renderer/station/peer-report.ts';

function counted(packetsReceived: number, framesReceived: number, packetsLost = 0): PeerReport {
  const audio = { type: 'inbound-rtp', kind: 'audio', packetsReceived: 9_999 };
  const video = { type: 'inbound-rtp', kind: 'video', packetsReceived, framesReceived, packetsLost };
  return { session: {}, connection: 'connected', iceConnection: 'connected', entries: [audio, video] };
}

/** Asked twice after the last picture, which was shown at 1 000 ms; in between, so much has come. */
function since(packets: number, pictures: number, lost = 0): string {
  const arrivals = new Arrivals();
  arrivals.add(500, counted(100, 10));
  arrivals.add(1_500, counted(200, 20, 3));
  arrivals.add(2_500, counted(200 + packets, 20 + pictures, 3 + lost));
  return arrivals.since(1_000, 3_500);
}

test.each([
  ['nothing', 0, 0, 0],
  ['pictures', 40, 4, 0],
  ['pieces', 40, 0, 0],
  ['pieces of pictures that rest on lost ones', 40, 4, 2],
])('what has come since the last picture is %s', (what, packets, pictures, lost) => {
  expect(what).toContain(since(packets, pictures, lost));
});

test('is unknown as long as the browser was not asked twice since', () => {
  const arrivals = new Arrivals();
  expect(arrivals.since(0, 3_500)).toBe('unknown');
  arrivals.add(500, counted(100, 10));
  arrivals.add(1_500, counted(200, 20));
  expect(arrivals.since(1_000, 3_500)).toBe('unknown');
  expect(arrivals.since(400, 3_500)).toBe('pictures');
});

test('is unknown where the browser does not count, and in a new session', () => {
  const arrivals = new Arrivals();
  for (const atMs of [1, 2, 3]) arrivals.add(atMs, { ...counted(atMs, atMs), entries: [] });
  expect(arrivals.since(0, 3_500)).toBe('unknown');
  for (const atMs of [4, 5, 6]) arrivals.add(atMs, counted(atMs, atMs));
  expect(arrivals.since(0, 3_500)).toBe('pictures');
  arrivals.reset();
  expect(arrivals.since(0, 3_500)).toBe('unknown');
});

test('says nothing of what came long ago', () => {
  const arrivals = new Arrivals();
  for (const second of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    arrivals.add(second * 1_000, counted(Math.min(second, 4), Math.min(second, 4)));
  }
  expect(arrivals.since(1_000, 3_500)).toBe('nothing');
  expect(arrivals.since(1_000, 25_000)).toBe('pictures');
});
