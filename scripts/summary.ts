import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** What one runner found. */
export interface Summary {
  passed: number;
  readonly failures: { readonly test: string; readonly message: string }[];
  /** Tests that failed first and passed when they were tried again, by name. */
  readonly secondTries: string[];
  readonly skips: { readonly test: string; readonly reason: string }[];
}

/** Names the file that a runner's reporter leaves its Summary in. */
export const summaryFileVariable = 'EYEPIECE_TEST_SUMMARY';

export function emptySummary(): Summary {
  return { passed: 0, failures: [], secondTries: [], skips: [] };
}

/** The beginning of what an error says, without colours: enough to know it again. */
export function errorText(error: unknown): string {
  const text = error instanceof Error || isMessage(error) ? error.message : String(error);
  return stripVTControlCharacters(text).split('\n').slice(0, 12).join('\n');
}

function isMessage(error: unknown): error is { message: string } {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

/** Called by the reporters at the end of a run; does nothing where a runner is used by itself. */
export function leaveSummary(summary: Summary): void {
  const file = process.env[summaryFileVariable];
  if (file) writeFileSync(file, JSON.stringify(summary));
}
