import { defineConfig } from 'vitest/config';

/** `npm run test:package`, apart from the unit tests because it packages the whole app, twice. Needs a build. */
export default defineConfig({
  test: {
    include: ['tests/package/**/*.test.ts'],
    // electron-builder tells every step; of interest only where something fails.
    silent: 'passed-only',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
