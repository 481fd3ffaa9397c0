import type { MediaPath, StatsSample } from '../station/stats-sample.ts';
import { useWords } from './use-words.ts';

/** How a session's packets travel, in plain words. */
export function usePathWords() {
  const { word } = useWords();

  function connectionWord(sample: StatsSample | null): string {
    return word(sample ? `telemetry.connection.${sample.connection}` : 'telemetry.connection.none');
  }

  /** Such as “direct · UDP · IPv4”. Empty where nothing is known. */
  function pathWords(path: MediaPath | null): string {
    if (!path) return '';
    const protocol = path.protocol && word('telemetry.over', { protocol: path.protocol.toUpperCase() });
    return [word(`telemetry.way.${path.way}`), protocol, path.addresses].filter(Boolean).join(' · ');
  }

  return { connectionWord, pathWords };
}
