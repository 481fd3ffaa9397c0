import { expect, test } from 'vitest';
import { drawsInSoftware, GraphicsHealth } from '../../src/main/desktop/graphics.ts';

const dayMs = 24 * 3_600_000;

test('Graphics that crash three times within a minute are given up', () => {
  const health = new GraphicsHealth();
  expect([0, 30_000, 59_999].map((nowMs) => health.crashed(nowMs))).toEqual([false, false, true]);
});

test('Graphics that crash now and then are not', () => {
  const health = new GraphicsHealth();
  expect([0, 40_000, 80_000, 120_000].some((nowMs) => health.crashed(nowMs))).toBe(false);
});

test('They are tried again after a day', () => {
  expect(drawsInSoftware({}, dayMs)).toBe(false);
  expect(drawsInSoftware({ graphicsFailedAtMs: 1_000 }, 1_000 + dayMs - 1)).toBe(true);
  expect(drawsInSoftware({ graphicsFailedAtMs: 1_000 }, 1_000 + dayMs)).toBe(false);
});
