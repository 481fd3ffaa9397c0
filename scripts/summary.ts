import { writeFileSync } from 'node:fs';

/** What one runner found. */
export interface Summary {
  passed: number;
  failed: number;
  readonly skips: { readonly test: string; readonly reason: string }[];
}

/** Names the file that a runner's reporter leaves its Summary in. */
export const summaryFileVariable = 'EYEPIECE_TEST_SUMMARY';

export function emptySummary(): Summary {
  return { passed: 0, failed: 0, skips: [] };
}

/** Called by the reporters at the end of a run; does nothing where a runner is used by itself. */
export function leaveSummary(summary: Summary): void {
  const file = process.env[summaryFileVariable];
  if (file) writeFileSync(file, JSON.stringify(summary));
}
