import type { FullConfig, Reporter, Suite, TestError } from '@playwright/test/reporter';
import { emptySummary, errorText, leaveSummary, summaryFileVariable } from './summary.ts';

/** Tells `npm test` what Playwright found, in the same form as vitest's. */
export default class SummaryReporter implements Reporter {
  #root: Suite | undefined;
  readonly #errors: { test: string; message: string }[] = [];

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#root = suite;
  }

  /** A file that can't be loaded, or an error outside any test. */
  onError(error: TestError): void {
    this.#errors.push({ test: 'outside any test', message: errorText(error) });
  }

  onEnd(): void {
    const summary = emptySummary();
    summary.failures.push(...this.#errors);
    for (const test of this.#root?.allTests() ?? []) {
      const outcome = test.outcome();
      const name = test.titlePath().filter(Boolean).join(' › ');
      if (outcome === 'skipped') {
        const reason = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description;
        summary.skips.push({ test: name, reason: reason ?? 'no reason given' });
      } else if (outcome === 'unexpected') {
        summary.failures.push({ test: name, message: errorText(test.results.at(-1)?.error) });
      } else {
        summary.passed += 1;
        if (outcome === 'flaky') summary.secondTries.push(name);
      }
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
