import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareTests } from './prepare-tests.ts';
import { runTool, type tools } from './run.ts';
import { emptySummary, summaryFileVariable, type Summary } from './summary.ts';
import { typechecks } from './typecheck.ts';

/** `npm test`: every check there is, with one line at the end that counts them all. */
const total = emptySummary();

// Two at a time: each of them uses one core.
await Promise.all([checkText(), checkTypes()]);

const missing = await prepareTests();
const isBuilt = await check('build', 'build', ['build', '--logLevel', 'warn']);
const reporters = ['--reporter=default', '--reporter=./scripts/vitest-reporter.ts'];
await runner('vitest', ['run', '--retry', '1', ...reporters]);
if (isBuilt) await runner('vitest', ['run', '--config', 'tests/package/vitest.config.ts', ...reporters]);
else fail('The package was not tested, because that needs a build.');
if (isBuilt && missing.length === 0) {
  await runner('playwright', ['test', '--retries', '1']);
  await runner('playwright', ['test', '--retries', '1', '--config', 'playwright.kiosk.config.ts']);
} else fail(`The end-to-end and kiosk tests did not run, because they need ${missing[0] ?? 'a build'}.`);

for (const { test, reason } of total.skips) process.stdout.write(`skipped: ${test}: ${reason}\n`);
// A test with real processes may lose a race on a busy machine; one that does so twice is broken.
for (const test of total.secondTries) process.stdout.write(`passed only at the second try: ${test}\n`);
for (const { test, message } of total.failures) process.stdout.write(`failed: ${test}: ${message}\n`);
const { passed, failures, skips } = total;
process.stdout.write(`tests: ${passed} passed, ${failures.length} failed, ${skips.length} skipped\n`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;

async function checkText(): Promise<void> {
  await check('lint', 'eslint', ['.']);
  await check('format', 'prettier', ['--check', '--log-level', 'warn', '.']);
}

async function checkTypes(): Promise<void> {
  for (const { tool, project } of typechecks) await check(`types of ${project}`, tool, ['-p', project]);
}

/** A tool that only says yes or no: counts as one test. */
async function check(name: string, tool: keyof typeof tools, args: readonly string[]): Promise<boolean> {
  process.stdout.write(`\n— ${name}\n`);
  const hasPassed = (await runTool(tool, args)) === 0;
  if (hasPassed) total.passed += 1;
  else fail(`${name} failed.`);
  return hasPassed;
}

/** A test runner, whose reporter leaves its counts in a file. */
async function runner(tool: 'vitest' | 'playwright', args: readonly string[]): Promise<void> {
  process.stdout.write(`\n— ${tool}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'eyepiece-tests-'));
  const file = join(folder, 'summary.json');
  const code = await runTool(tool, args, { env: { [summaryFileVariable]: file } });
  const summary = readSummary(file);
  rmSync(folder, { recursive: true });
  total.passed += summary?.passed ?? 0;
  total.failures.push(...(summary?.failures ?? []));
  total.secondTries.push(...(summary?.secondTries ?? []));
  total.skips.push(...(summary?.skips ?? []));
  // A runner that fails without a failed test, or that tests nothing, is a failure all the same.
  if (!summary || (code !== 0 && summary.failures.length === 0)) fail(`${tool} ended with code ${code}.`);
}

function readSummary(file: string): Summary | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Summary;
  } catch {
    // The runner died before its end; the caller counts that.
    return null;
  }
}

function fail(sentence: string): void {
  total.failures.push({ test: 'npm test', message: sentence });
  process.stdout.write(`${sentence}\n`);
}
