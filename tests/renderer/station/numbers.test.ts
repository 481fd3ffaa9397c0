import { describe, expect, test } from 'vitest';
import { numbersOf } from '../../../src/renderer/station/numbers.ts';
import { facts, sampleAt, samples } from '../telemetry-samples.ts';

describe('The numbers of a session', () => {
  test('are rates over what came meanwhile', () => {
    const numbers = numbersOf(samples(20), facts);
    expect(numbers).toMatchObject({ sentFps: 30, decodedFps: 30, kbitPerS: 800, verdictFps: 30, lossShare: 0 });
    expect(numbers.latency).toMatchObject({ networkMs: 2, bufferMs: 10, decodeMs: 2, totalMs: 40, restMs: 26 });
  });

  test('are unknown and not zero with one sample, without one, and where the browser does not tell', () => {
    const unknown = {
      sentFps: null,
      decodedFps: null,
      kbitPerS: null,
      lossShare: null,
      dropShare: null,
      freezes: null,
    };
    expect(numbersOf([], facts)).toMatchObject({ ...unknown, newest: null });
    expect(numbersOf([sampleAt(5)], facts)).toMatchObject(unknown);
    const silent = samples(10, () => ({ packetsLost: null, framesDropped: null, bytesReceived: null }));
    expect(numbersOf(silent, facts)).toMatchObject({ lossShare: null, dropShare: null, kbitPerS: null, sentFps: 30 });
  });

  test('are known soon although the browser counted nothing before the first packet', () => {
    const late = samples(3, (second) =>
      second === 0 ? { packetsReceived: null, packetsLost: null, framesReceived: null } : {},
    );
    expect(numbersOf(late, facts)).toMatchObject({ lossShare: 0, sentFps: 30 });
  });

  test('tell of the loss of the last ten seconds and no longer', () => {
    const lossy = samples(30, (second) => ({ packetsLost: Math.min(second, 5) * 10 }));
    expect(numbersOf(lossy.slice(0, 6), facts).lossShare).toBeCloseTo(50 / 550);
    expect(numbersOf(lossy, facts).lossShare).toBe(0);
  });

  test('take packets that come late after all for no loss below zero', () => {
    const late = samples(10, (second) => ({ packetsLost: 10 - second }));
    expect(numbersOf(late, facts).lossShare).toBe(0);
  });

  test('fall at once when pictures stop, while the verdict looks back further', () => {
    const stopped = samples(12, (second) => ({
      framesReceived: Math.min(second, 9) * 30,
      framesDecoded: Math.min(second, 9) * 30,
    }));
    const numbers = numbersOf(stopped, facts);
    expect(numbers.sentFps).toBe(0);
    expect(numbers.verdictFps).toBeGreaterThan(15);
  });

  test('blame nobody for the one picture that a slow detector owes in ten seconds', () => {
    const slow = samples(10, (second) => ({
      framesDecoded: Math.floor((second * 0.5 * 9) / 10),
      cameraFps: 0.5,
    }));
    expect(numbersOf(slow, { ...facts, cameraFps: 0.5, intervalMs: 2_000 }).verdictFps).toBe(0.5);
  });

  test('compare with what the detector gave in the same ten seconds, and not with what it gives now', () => {
    const faster = samples(10, (second) => ({ cameraFps: second < 5 ? 10 : 30 }));
    expect(numbersOf(faster, facts)).toMatchObject({ cameraFps: 30, verdictCameraFps: (5 * 10 + 6 * 30) / 11 });
  });

  test('make no rate of less than three seconds a verdict', () => {
    expect(numbersOf(samples(2), facts).verdictFps).toBeNull();
    expect(numbersOf(samples(3), facts).verdictFps).toBe(30);
  });

  test('say how long the link has been interrupted, and how long nothing can be decoded', () => {
    const broken = samples(10, (second) => (second > 6 ? { connection: 'disconnected' } : {}));
    expect(numbersOf(broken, facts).disconnectedMs).toBe(3_000);
    const undecodable = samples(6, (second) => ({ framesDecoded: 0, framesReceived: second < 2 ? 0 : second * 30 }));
    expect(numbersOf(undecodable, facts).undecodedMs).toBe(4_000);
  });

  test('tell how unevenly pictures follow each other, and how many the station left out', () => {
    expect(numbersOf(samples(10), facts).spreadMs).toBeCloseTo(3);
    const behind = samples(20, (second) => ({ skippedFrames: second < 15 ? 4 : 9 }));
    expect(numbersOf(behind, facts).skippedFrames).toBe(5);
    expect(
      numbersOf(
        samples(10, () => ({ interFrameMs2: null })),
        facts,
      ).spreadMs,
    ).toBeNull();
  });

  test('leave the rest of a latency open where the stages add up to more', () => {
    const slow = samples(10, () => ({ roundTripMs: 90 }));
    expect(numbersOf(slow, facts).latency).toMatchObject({ totalMs: 40, networkMs: 45, restMs: null });
  });

  test('estimate a latency that nobody measured from its stages, and only while pictures come and all are known', () => {
    const unmeasured = { ...facts, latencyMs: null };
    expect(numbersOf(samples(10), unmeasured).latency).toMatchObject({ totalMs: 14, isMeasured: false, restMs: null });
    expect(numbersOf(samples(10), { ...unmeasured, isShowing: false }).latency.totalMs).toBeNull();
    const partly = samples(10, () => ({ roundTripMs: null }));
    expect(numbersOf(partly, unmeasured).latency.totalMs).toBeNull();
    expect(numbersOf(samples(10), { ...facts, isClockEstimated: true }).latency.isMeasured).toBe(false);
  });
});
