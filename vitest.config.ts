import { availableParallelism } from 'node:os';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/e2e/**', 'tests/bench/**', 'tests/package/**'],
    // Tests start real processes and real peers: a busy two-core machine may need longer than vitest's five seconds.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Most of a test's time is waiting for processes and peers, so twice as many run at a time as there are cores. Vitest takes
    // any percentage above 100 for 100.
    maxWorkers: 2 * availableParallelism(),
  },
});
