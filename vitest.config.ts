import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/e2e/**', 'tests/bench/**'],
    // Tests start real processes and real peers: a busy two-core machine may need longer than vitest's five seconds.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
