import { defineConfig } from '@playwright/test';
import { chromiumLaunchOptions } from './tests/support/chromium.ts';

/** The kiosk suite: the built program with its window, in Electron or in what stands in for it. */
export default defineConfig({
  testDir: 'tests/kiosk',
  outputDir: 'test-results/kiosk',
  globalSetup: './tests/kiosk/announce.ts',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // Much of it is waiting: for a page that hangs, a port that is taken, wrong PINs.
  workers: 3,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['./scripts/playwright-reporter.ts']],
  // For those who watch from elsewhere.
  use: { browserName: 'chromium', launchOptions: await chromiumLaunchOptions() },
});
