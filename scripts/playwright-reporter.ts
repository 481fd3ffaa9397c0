import type { FullConfig, Reporter, Suite } from '@playwright/test/reporter';
import { emptySummary, leaveSummary, summaryFileVariable } from './summary.ts';

/** Tells `npm test` what Playwright found, in the same form as vitest's. */
export default class SummaryReporter implements Reporter {
  #root: Suite | undefined;
  #errors = 0;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#root = suite;
  }

  /** A file that can't be loaded, or an error outside any test. */
  onError(): void {
    this.#errors += 1;
  }

  onEnd(): void {
    const summary = emptySummary();
    summary.failed = this.#errors;
    for (const test of this.#root?.allTests() ?? []) {
      // A test that only passed when it was tried again has passed; that it did is said in Playwright's own output.
      const outcome = test.outcome();
      if (outcome === 'skipped') {
        const reason = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description;
        summary.skips.push({ test: test.titlePath().filter(Boolean).join(' › '), reason: reason ?? 'no reason given' });
      } else if (outcome === 'unexpected') summary.failed += 1;
      else summary.passed += 1;
    }
    leaveSummary(summary);
    // Playwright's own list says that a test was skipped, and not why. In `npm test` all reasons come at the end.
    if (process.env[summaryFileVariable]) return;
    for (const { test, reason } of summary.skips) process.stdout.write(`skipped: ${test}: ${reason}\n`);
  }

  printsToStdio(): boolean {
    return false;
  }
}
