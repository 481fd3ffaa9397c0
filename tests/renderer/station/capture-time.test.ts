import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captureTimeMs, mediaClockOffset } from '../../../src/renderer/station/capture-time.ts';

const repeatMs = 2 ** 32 / 90;
const timestampOf = (timeMs: number, offset: number): number => Math.round(timeMs * 90 + offset) % 2 ** 32;

describe('The media clock of an answer', () => {
  test('is read where the answer names it', () => {
    expect(mediaClockOffset('v=0\r\na=ts-refclk:local\r\na=mediaclk:direct=4294967295\r\n')).toBe(4_294_967_295);
    expect(mediaClockOffset('v=0\r\na=mediaclk:direct=12 rate=90000\r\n')).toBe(12);
  });

  test('is unknown where the answer does not name it', () => {
    expect(mediaClockOffset('v=0\r\na=mediaclk:sender\r\n')).toBeNull();
  });
});

describe('The capture time of a picture', () => {
  test('comes out of its RTP timestamp, whatever the offset, before and after the timestamps repeat', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 }),
        fc.integer({ min: -10_000, max: 3_600_000 }),
        (offset, nowMs, ageMs) => {
          const capturedMs = nowMs - ageMs;
          expect(captureTimeMs(timestampOf(capturedMs, offset), offset, nowMs)).toBeCloseTo(capturedMs, 1);
        },
      ),
    );
  });

  test('is right when the timestamps begin anew between capture and now', () => {
    const wrapMs = Math.ceil(1_700_000_000_000 / repeatMs) * repeatMs;
    expect(captureTimeMs(timestampOf(wrapMs - 20, 0), 0, wrapMs + 20)).toBeCloseTo(wrapMs - 20, 1);
  });
});
