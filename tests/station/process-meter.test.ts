import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ProcessMeter } from '../../src/main/station/process-meter.ts';

test('The load tells how long the station was kept from its work, and how much memory it has', async () => {
  const meter = new ProcessMeter();
  onTestFinished(() => meter.close());
  const busyMs = 50;
  for (let round = 0; round < 8; round++) {
    const endMs = performance.now() + busyMs;
    while (performance.now() < endMs);
    await setImmediate();
  }
  const { memoryBytes, eventLoopLagMs } = meter.load();
  expect(eventLoopLagMs).toBeGreaterThan(busyMs / 2);
  expect(memoryBytes).toBeGreaterThan(process.memoryUsage().heapUsed);
});
