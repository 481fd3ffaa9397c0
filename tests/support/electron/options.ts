/** Names the variable that hands the stand-in what Electron's program brings along or is told on its command line. */
export const optionsVariable = 'EYEPIECE_STAND_IN';

export interface StandInOptions {
  /** The folder that Electron calls `userData`: programs that share it are instances of the same one. */
  readonly userDataDir: string;
  /** Chromium's program and what it needs on this machine. */
  readonly chromium: readonly [program: string, ...flags: string[]];
}

export function standInOptions(): StandInOptions {
  const text = process.env[optionsVariable];
  if (!text) throw new Error(`The stand-in for Electron is started by the tests only; it needs ${optionsVariable}.`);
  return JSON.parse(text) as StandInOptions;
}
