import type { Reporter, TestModule } from 'vitest/node';
import { emptySummary, leaveSummary } from './summary.ts';

/** Tells `npm test` what vitest found; vitest's own JSON report leaves out why a test was skipped. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const summary = emptySummary();
    // A file that can't be loaded and an error outside any test count as one failed test each.
    summary.failed += unhandledErrors.length + modules.filter((module) => module.errors().length > 0).length;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') summary.passed += 1;
        else if (result.state === 'failed') summary.failed += 1;
        else {
          const reason = result.state === 'skipped' ? result.note : undefined;
          summary.skips.push({ test: test.fullName, reason: reason ?? 'no reason given' });
        }
      }
    }
    leaveSummary(summary);
  }
}
