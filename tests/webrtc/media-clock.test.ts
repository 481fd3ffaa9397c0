import { expect, test } from 'vitest';
import { MediaClock } from '../../src/main/webrtc/media-clock.ts';
import { RtpClock } from '../../src/main/webrtc/rtp-clock.ts';

const startMs = 1_800_000_000_000;

test('The pictures of another station get the times of their capture on our clock, over the wrap of their timestamps', () => {
  const theirs = new RtpClock();
  let aheadMs = -7_250;
  const clock = new MediaClock(theirs.offset, () => aheadMs);
  // Their timestamps repeat every 13 hours and a quarter.
  for (const hours of [0, 7, 14, 30]) {
    const captureTimeMs = startMs + hours * 3_600_000;
    const timestamp = theirs.next({ number: hours, captureTimeMs: captureTimeMs + aheadMs }, hours * 3_600_000);
    expect(clock.captureTimeMs(timestamp, captureTimeMs + 40)).toBeCloseTo(captureTimeMs, 1);
  }
  // Somebody has set their clock.
  aheadMs = 100;
  const later = startMs + 31 * 3_600_000;
  const timestamp = theirs.next({ number: 31, captureTimeMs: later + aheadMs }, 31 * 3_600_000);
  expect(clock.captureTimeMs(timestamp, later + 40)).toBeCloseTo(later, 1);
});

test('No picture was taken after it has come, however far the clocks are apart', () => {
  const theirs = new RtpClock();
  const clock = new MediaClock(theirs.offset, () => 0);
  const timestamp = theirs.next({ number: 1, captureTimeMs: startMs + 500 }, 0);
  expect(clock.captureTimeMs(timestamp, startMs)).toBe(startMs);
});
