import { describe, expect, test } from 'vitest';
import { sparklinePath } from '../../../src/renderer/composables/sparkline-path.ts';

const scale = { endMs: 10_000, widthMs: 10_000, top: 50, gapMs: 2_500 };
const points = (...values: readonly (readonly [second: number, value: number | null])[]) =>
  values.map(([second, value]) => ({ atMs: second * 1_000, value }));

describe('A sparkline', () => {
  test('goes straight from value to value, the newest at the right, zero at the bottom', () => {
    expect(sparklinePath(points([8, 0], [9, 25], [10, 50]), scale)).toBe('M80 100h0.5L90 50L100 0');
  });

  test('has a gap where a value is unknown', () => {
    expect(sparklinePath(points([6, 25], [7, null], [8, 25]), scale)).toBe('M60 50h0.5M80 50h0.5');
  });

  test('has a gap where nobody looked', () => {
    expect(sparklinePath(points([1, 25], [2, 25], [9, 25]), scale)).toBe('M10 50h0.5L20 50M90 50h0.5');
  });

  test('is empty where nothing is known', () => {
    expect(sparklinePath(points([1, null], [2, null]), scale)).toBe('');
  });
});
