import { reachOf } from '../station/link-doctor.ts';
import type { Numbers } from '../station/numbers.ts';
import { useWords } from './use-words.ts';

/** How a session's packets travel, in plain words. */
export function usePathWords() {
  const { word } = useWords();

  function connectionWord({ newest }: Numbers): string {
    return word(newest ? `telemetry.connection.${newest.connection}` : 'telemetry.connection.none');
  }

  /** Such as “direct on this network · over UDP · IPv4 · cable”. Empty where nothing is known. */
  function pathWords({ newest, isLocal }: Numbers): string {
    const path = newest?.path;
    if (!path) return '';
    const way = path.way === 'relayed' ? 'relayed' : reachOf(path, isLocal);
    return [
      word(`telemetry.way.${way}`),
      path.protocol && word('telemetry.over', { protocol: path.protocol.toUpperCase() }),
      path.addresses,
      path.network && word(`telemetry.network.${path.network}`),
    ]
      .filter(Boolean)
      .join(' · ');
  }

  return { connectionWord, pathWords };
}
