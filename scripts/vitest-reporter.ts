import type { Reporter, TestModule } from 'vitest/node';
import { emptySummary, errorText, leaveSummary } from './summary.ts';

/** Tells `npm test` what vitest found; vitest's own JSON report leaves out why a test was skipped. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const summary = emptySummary();
    // A file that can't be loaded and an error outside any test count as one failed test each.
    for (const error of unhandledErrors) summary.failures.push({ test: 'outside any test', message: errorText(error) });
    for (const module of modules) {
      const [error] = module.errors();
      if (error) summary.failures.push({ test: module.relativeModuleId, message: errorText(error) });
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') {
          summary.passed += 1;
          if (test.diagnostic()?.flaky) summary.secondTries.push(test.fullName);
        } else if (result.state === 'failed') {
          summary.failures.push({ test: test.fullName, message: errorText(result.errors[0]) });
        } else {
          const reason = result.state === 'skipped' ? result.note : undefined;
          summary.skips.push({ test: test.fullName, reason: reason ?? 'no reason given' });
        }
      }
    }
    leaveSummary(summary);
  }
}
