import type { Browser } from '@playwright/test';

/** What one figure needs to be measured. */
export interface Bench {
  readonly browser: Browser;
}

/** One measured number and the bound that it should reach. */
export interface Row {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly bound: { readonly atMost: number } | { readonly atLeast: number };
  /** How it was taken, and what else was seen. */
  readonly note: string;
}

/** Measures one or more rows that belong together. */
export type Figure = (bench: Bench) => Promise<readonly Row[]>;

export function reaches(row: Row): boolean {
  return 'atMost' in row.bound ? row.value <= row.bound.atMost : row.value >= row.bound.atLeast;
}
