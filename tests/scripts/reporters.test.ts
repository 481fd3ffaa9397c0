import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { summaryFileVariable } from '../../scripts/summary.ts';

let folder: string;
beforeEach(async () => {
  // Inside the project, where the runners' packages are found.
  await mkdir('test-results', { recursive: true });
  folder = await mkdtemp('test-results/reporters-');
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs a test runner by itself on one file, and reads what its reporter leaves for `npm test`. */
async function summaryOf(program: string, args: readonly string[], name: string, lines: readonly string[]) {
  await writeFile(join(folder, name), lines.join('\n'));
  const file = join(folder, 'summary.json');
  const env = { ...process.env, [summaryFileVariable]: file };
  // The runner ends with an error code, because one of the tests fails.
  await expect(promisify(execFile)(process.execPath, [program, ...args], { env })).rejects.toThrow();
  return JSON.parse(await readFile(file, 'utf8')) as unknown;
}

test('What vitest found is counted, each skip with its reason, each failure with what it said, and an error outside the tests is a failure', async () => {
  const summary = await summaryOf(
    'node_modules/vitest/vitest.mjs',
    ['run', '--retry', '1', '--root', folder, '--reporter', join(process.cwd(), 'scripts/vitest-reporter.ts')],
    'some.test.ts',
    [
      "import { expect, test } from 'vitest';",
      "test('good', () => expect(1).toBe(1));",
      "test('bad', () => expect(1).toBe(2));",
      "let tries = 0; test('shaky', () => expect(tries++).toBe(1));",
      "test('later', ({ skip }) => skip('there is no camera'));",
      'void Promise.reject(new Error("stray"));',
    ],
  );
  expect(summary).toEqual({
    passed: 2,
    failures: [
      { test: 'outside any test', message: 'stray' },
      { test: 'bad', message: expect.stringContaining('expected 1 to be 2') as unknown },
    ],
    secondTries: ['shaky'],
    skips: [{ test: 'later', reason: 'there is no camera' }],
  });
});

test('What Playwright found is counted, each skip with its reason, each failure with what it said', async () => {
  const config = { testDir: '.', outputDir: 'output', reporter: join(process.cwd(), 'scripts/playwright-reporter.ts') };
  await writeFile(join(folder, 'playwright.config.ts'), `export default ${JSON.stringify(config)};`);
  const summary = await summaryOf(
    'node_modules/@playwright/test/cli.js',
    ['test', '--retries', '1', '--config', join(folder, 'playwright.config.ts')],
    'some.spec.ts',
    [
      "import { expect, test } from '@playwright/test';",
      "test('good', () => expect(1).toBe(1));",
      "test('bad', () => expect(1).toBe(2));",
      "test('shaky', ({}, { retry }) => expect(retry).toBe(1));",
      "test('later', () => test.skip(true, 'there is no camera'));",
    ],
  );
  expect(summary).toEqual({
    passed: 2,
    failures: [{ test: 'some.spec.ts › bad', message: expect.stringContaining('Expected: 2') as unknown }],
    secondTries: ['some.spec.ts › shaky'],
    skips: [{ test: 'some.spec.ts › later', reason: 'there is no camera' }],
  });
});
