import { describe, expect, test } from 'vitest';
import { RtpClock } from '../../src/main/webrtc/rtp-clock.ts';

const startMs = 1_800_000_000_000;

/** The steps in ms between the timestamps of pictures that are sent every 50 ms. */
function stepsMs(captureTimesMs: readonly number[], clock = new RtpClock()): number[] {
  const timestamps = captureTimesMs.map((captureTimeMs, index) =>
    clock.next({ number: index + 1, captureTimeMs }, 1_000 + index * 50),
  );
  return timestamps.slice(1).map((timestamp, index) => modulo(timestamp - timestamps[index]!) / 90);
}

/** RTP timestamps have 32 bits; half of them count as later, the other half as earlier. */
function modulo(ticks: number): number {
  return ((ticks % 2 ** 32) + 2 ** 32) % 2 ** 32;
}

describe('The clock of a Viewer', () => {
  test('gives pictures the distance of their capture times', () => {
    expect(stepsMs([0, 40, 100, 5_100].map((ms) => startMs + ms))).toEqual([40, 60, 5_000]);
  });

  test('runs on evenly when the clock of the detector is set back by an hour', () => {
    const hourMs = 3_600_000;
    const times = [0, 50, 100 - hourMs, 150 - hourMs, 200 - hourMs].map((ms) => startMs + ms);
    expect(stepsMs(times)).toEqual([50, 50, 50, 50]);
  });

  test('runs on evenly while the detector says the same time again and again', () => {
    expect(stepsMs([startMs, startMs, startMs, startMs])).toEqual([50, 50, 50]);
  });

  test('follows a restarted Capture that counts from one again', () => {
    const clock = new RtpClock();
    const before = clock.next({ number: 500, captureTimeMs: startMs }, 1_000);
    const after = clock.next({ number: 1, captureTimeMs: startMs + 2_000 }, 3_000);
    expect(modulo(after - before)).toBe(2_000 * 90);
  });

  test('puts pictures that are sent again right behind the last one, so that the next live one is in its place', () => {
    const clock = new RtpClock();
    const pictures = [1, 2, 3].map((number) => ({ number, captureTimeMs: startMs + number * 50 }));
    const live = pictures.map((picture, index) => clock.next(picture, 1_000 + index * 50));
    const again = pictures.map((picture) => clock.next(picture, 1_140));
    expect(again.map((timestamp) => modulo(timestamp - live.at(-1)!))).toEqual([1, 2, 3]);
    const next = clock.next({ number: 4, captureTimeMs: startMs + 200 }, 1_150);
    expect(modulo(next - live.at(-1)!)).toBe(50 * 90);
  });

  test('tells in its reports where a picture of now would be, even after a clock was set back', () => {
    const clock = new RtpClock();
    clock.next({ number: 1, captureTimeMs: startMs }, 1_000);
    const next = clock.next({ number: 2, captureTimeMs: startMs - 60_000 }, 1_050);
    expect(clock.at(startMs - 60_000)).toBe(next);
  });
});
