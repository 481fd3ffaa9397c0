import { describe, expect, test } from 'vitest';
import { captureTimeMs } from '../../../src/renderer/station/capture-time.ts';
import { ShownFrames } from '../../../src/renderer/station/shown-frames.ts';
import { RtpClock } from '../../../src/main/webrtc/rtp-clock.ts';

const startMs = 1_763_700_000_000.123;
/** A camera whose clock has nothing to do with whole milliseconds. */
const takenAtMs = (number: number): number => startMs + number * 33.366_7;

describe('The numbers of shown pictures', () => {
  test('are found although their capture times were rounded to the ticks of RTP on their way', () => {
    const frames = new ShownFrames();
    const clock = new RtpClock();
    for (let number = 1; number <= 300; number++) {
      const timeMs = takenAtMs(number);
      const rtpTimestamp = clock.next({ number, captureTimeMs: timeMs }, number * 33);
      frames.told([[number, timeMs]]);
      frames.shown(captureTimeMs(rtpTimestamp, clock.offset, timeMs + 38));
      expect(frames.newestNumber).toBe(number);
      expect(Math.abs((frames.newestCaptureTimeMs ?? 0) - timeMs)).toBeLessThan(0.1);
    }
  });

  test('come later than the pictures: until then the last known one counts', () => {
    const frames = new ShownFrames();
    expect(frames.newestNumber).toBeNull();
    for (const number of [1, 2, 3]) frames.shown(takenAtMs(number));
    expect(frames.newestNumber).toBeNull();
    frames.told([1, 2].map((number) => [number, takenAtMs(number)]));
    expect(frames.newestNumber).toBe(2);
    expect(frames.newestNumber).toBe(2);
    frames.told([3, 4].map((number) => [number, takenAtMs(number)]));
    expect(frames.newestNumber).toBe(3);
  });

  test('are none of a picture that the station has not told of', () => {
    const frames = new ShownFrames();
    frames.told([1, 3].map((number) => [number, takenAtMs(number)]));
    frames.shown(takenAtMs(2));
    expect(frames.newestNumber).toBeNull();
  });

  test('are forgotten after a while, so that a page can stay open for months', () => {
    const frames = new ShownFrames();
    for (let number = 1; number <= 10_000; number++) frames.told([[number, takenAtMs(number)]]);
    frames.shown(takenAtMs(1));
    expect(frames.newestNumber).toBeNull();
    frames.shown(takenAtMs(9_999));
    expect(frames.newestNumber).toBe(9_999);
  });

  test('tell the rhythm of the station, whatever comes to the screen, and whatever is sent again', () => {
    const frames = new ShownFrames();
    frames.told([[1, takenAtMs(1)]]);
    expect(frames.sentIntervalMs).toBeNull();
    frames.told([2, 3].map((number) => [number, takenAtMs(number)]));
    frames.told([2, 3].map((number) => [number, takenAtMs(number)]));
    expect(frames.sentIntervalMs).toBeCloseTo(33.37, 1);
  });
});
