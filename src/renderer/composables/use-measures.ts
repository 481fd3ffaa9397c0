import { unknownNumber, useWords, type Unit } from './use-words.ts';

/** Measured numbers as an instrument shows them: at most three significant digits or so, and a dash where nothing is known. */
export function useMeasures() {
  const { quantity, unknown } = useWords();

  function measure(value: number | null, unit: Unit): string {
    return value === null ? unknown(unit) : quantity(value, unit, Math.abs(value) < 99.95 ? 1 : 0);
  }

  return {
    measure,
    milliseconds: (ms: number | null): string =>
      ms === null || ms < 999.5 ? measure(ms, 'ms') : measure(ms / 1_000, 's'),
    /** @param share Between 0 and 1. */
    share: (share: number | null): string => measure(share === null ? null : share * 100, '%'),
    bitrate: (kbitPerS: number | null): string =>
      kbitPerS === null || kbitPerS >= 1_000
        ? measure(kbitPerS === null ? null : kbitPerS / 1_000, 'Mbit/s')
        : measure(kbitPerS, 'kbit/s'),
    bytes: (bytes: number | null): string =>
      bytes === null || bytes < 999_950
        ? measure(bytes === null ? null : bytes / 1_000, 'kB')
        : measure(bytes / 1_000_000, 'MB'),
    count: (value: number | null): string => (value === null ? unknownNumber : String(value)),
  };
}
