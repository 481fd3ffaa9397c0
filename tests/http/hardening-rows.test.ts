import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { badInputs, type Answered, type NamedTest } from './hardening/bad-inputs.ts';
import { threats } from './hardening/threats.ts';

const tests = join(import.meta.dirname, '..');

/** Whether a text stands there between quotes, as the name of a test or of a row of its table. */
function isThere([file, name]: NamedTest): boolean {
  const path = join(tests, file);
  if (!existsSync(path)) return false;
  const source = readFileSync(path, 'utf8').replaceAll("\\'", "'");
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`));
}

const span = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe.each<[string, readonly Answered[], readonly string[]]>([
  ['Whatever can come in', badInputs, span(1, 60).map(String)],
  ['Whatever can be wanted', threats, [...span(1, 19), ...span(23, 27)].map((number) => `T${number}`)],
])('%s', (_what, rows, ids) => {
  it('is answered', () => {
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(rows.filter((row) => row.tests.length === 0)).toEqual([]);
  });

  it.each(rows)('has the test that shows it: $id, $what', (row) => {
    expect(row.tests.filter((test) => !isThere(test))).toEqual([]);
  });
});
