import { describe, expect, test } from 'vitest';
import { PictureMeter } from '../../../src/renderer/station/picture-meter.ts';

const nothing = { fps: null, latencyMs: null, ageMs: null, silentMs: null, intervalMs: null };

function meterOf(pictures: number, intervalMs: number, latencyMs: number | null = null): PictureMeter {
  const meter = new PictureMeter();
  for (let shown = 0; shown < pictures; shown++) meter.add(shown * intervalMs, shown, latencyMs);
  return meter;
}

describe('The meter of shown pictures', () => {
  test('knows nothing before the first one', () => {
    expect(new PictureMeter().sample(1_000)).toEqual(nothing);
  });

  test('tells no rate from a single one', () => {
    expect(meterOf(1, 100).sample(10).fps).toBeNull();
  });

  test('tells no rate of a burst, in which pictures come that were held up', () => {
    const meter = new PictureMeter();
    for (let shown = 0; shown < 20; shown++) meter.add(shown * 3, shown, null);
    expect(meter.sample(60).fps).toBeNull();
  });

  test('counts those that came between two calls', () => {
    const meter = new PictureMeter();
    meter.add(0, 10, null);
    meter.add(1_000, 40, null);
    expect(meter.sample(1_000).fps).toBe(30);
  });

  test('looks at the last two seconds only', () => {
    const meter = meterOf(60, 100);
    for (let shown = 0; shown < 100; shown++) meter.add(6_000 + shown * 20, 60 + shown, null);
    expect(meter.sample(8_000).fps).toBeCloseTo(50, 0);
  });

  test('has a rate for exposures longer than that', () => {
    expect(meterOf(3, 5_000).sample(10_000).fps).toBeCloseTo(0.2);
  });

  test('takes a single pause for no rhythm, but two long exposures in a row', () => {
    const meter = meterOf(20, 33);
    expect(meter.sample(700).intervalMs).toBe(33);
    meter.add(9_000, 20, null);
    expect(meter.sample(9_000)).toMatchObject({ intervalMs: 33, fps: null });
    meter.add(18_000, 21, null);
    expect(meter.sample(18_000).intervalMs).toBeGreaterThan(8_000);
    expect(meter.sample(18_000).fps).toBeLessThan(1);
  });

  test('tells the median latency, so that one late picture does not count', () => {
    const meter = meterOf(20, 33, 40);
    meter.add(700, 20, 400);
    expect(meter.sample(700).latencyMs).toBe(40);
  });

  test('counts the way to the screen into the age of a picture', () => {
    expect(meterOf(2, 100, 40).sample(600).ageMs).toBe(540);
  });

  test('forgets on reset, because the next session counts anew', () => {
    const meter = meterOf(20, 33);
    meter.reset();
    expect(meter.sample(700)).toEqual(nothing);
  });
});
