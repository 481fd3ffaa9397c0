import { describe, expect, test } from 'vitest';
import { numbersOf, type Numbers } from '../../../src/renderer/station/numbers.ts';
import { qualityOf, SteadyQuality, type Quality } from '../../../src/renderer/station/quality.ts';
import { verdictsOf } from '../../../src/renderer/station/verdicts.ts';
import { facts, sampleAt, samples } from '../telemetry-samples.ts';

const well = numbersOf(samples(10), facts);
function quality(overrides: Partial<Numbers> = {}): Quality | null {
  const numbers = { ...well, ...overrides };
  return qualityOf(verdictsOf(numbers), numbers);
}

describe('The quality', () => {
  test('is good with four bars and needs no explanation', () => {
    expect(quality()).toEqual({ level: 'good', bars: 4, cause: null });
  });

  test('says of a long exposure that the camera takes its time, and calls it no fault', () => {
    const slow = { exposureMs: 2_000, intervalMs: 2_000, cameraFps: 0.5, verdictCameraFps: 0.5, verdictFps: 0.5 };
    expect(quality(slow)).toEqual({ level: 'good', bars: 4, cause: { kind: 'exposing', ms: 2_000 } });
  });

  test('loses a bar for one thing that is fair and two for more', () => {
    expect(quality({ lossShare: 0.02 })).toEqual({ level: 'fair', bars: 3, cause: { kind: 'loss', share: 0.02 } });
    expect(quality({ lossShare: 0.02, dropShare: 0.02 })).toMatchObject({ level: 'fair', bars: 2 });
  });

  test.each<[string, Partial<Numbers>, NonNullable<Quality['cause']>]>([
    ['packet loss', { lossShare: 0.06, verdictFps: 10 }, { kind: 'loss', share: 0.06 }],
    [
      'a slow decoder, which costs pictures',
      { verdictFps: 17, latency: { ...well.latency, decodeMs: 31 } },
      { kind: 'decoder', ms: 31 },
    ],
    ['a station that sends too few', { verdictFps: 10, sentFps: 10 }, { kind: 'sending', sentFps: 10, cameraFps: 30 }],
    ['a device that decodes too few', { verdictFps: 10 }, { kind: 'rate', decodedFps: 10, cameraFps: 30 }],
    ['pictures that are left out', { dropShare: 0.2 }, { kind: 'drops', share: 0.2 }],
    ['freezes', { freezes: 2, freezesMs: 700, verdictFps: 10 }, { kind: 'freezes', count: 2, ms: 700 }],
    ['a late picture', { latency: { ...well.latency, totalMs: 240 } }, { kind: 'latency', ms: 240 }],
  ])('is poor for %s', (_what, overrides, cause) => {
    expect(quality(overrides)).toEqual({ level: 'poor', bars: 1, cause });
  });

  test.each<[string, Partial<Numbers>, NonNullable<Quality['cause']>]>([
    ['the link is', { newest: sampleAt(10, { connection: 'failed' }), lossShare: 0.5 }, { kind: 'connection' }],
    [
      'no picture came for three seconds',
      { newest: sampleAt(10, { silentMs: 3_500 }) },
      { kind: 'silence', ms: 3_500 },
    ],
    ['none can be decoded', { undecodedMs: 3_000 }, { kind: 'undecodable', codec: 'video/H264' }],
  ])('is lost when %s', (_what, overrides, cause) => {
    expect(quality(overrides)).toEqual({ level: 'lost', bars: 0, cause });
  });

  test('is unknown without a session and before two samples', () => {
    expect(quality({ newest: null })).toBeNull();
    const numbers = numbersOf(samples(0), facts);
    expect(qualityOf(verdictsOf(numbers), numbers)).toBeNull();
  });
});

describe('The shown quality', () => {
  const good: Quality = { level: 'good', bars: 4, cause: null };
  const poor: Quality = { level: 'poor', bars: 1, cause: { kind: 'loss', share: 0.06 } };
  const fair: Quality = { level: 'fair', bars: 3, cause: { kind: 'loss', share: 0.02 } };
  const shownOf = (sampled: readonly (Quality | null)[]): (Quality | null)[] => {
    const steady = new SteadyQuality();
    return sampled.map((quality, second) => steady.next(quality, second * 1_000));
  };

  test('worsens with the second bad sample in a row, and not with a single one', () => {
    expect(shownOf([good, poor, good, poor, poor])).toEqual([good, good, good, good, poor]);
  });

  test('improves only after five good seconds', () => {
    const shown = shownOf([poor, good, good, good, good, good, good, good]);
    expect(shown.indexOf(good)).toBe(6);
    const interrupted = shownOf([poor, good, good, good, poor, good, good, good, good, good, good]);
    expect(interrupted.indexOf(good)).toBe(10);
  });

  test('follows the numbers of the same level at once', () => {
    const worse: Quality = { ...poor, cause: { kind: 'loss', share: 0.2 } };
    expect(shownOf([poor, worse]).at(-1)).toBe(worse);
  });

  test('begins anew with a new session', () => {
    expect(shownOf([poor, null, fair])).toEqual([poor, null, fair]);
  });
});
