import type { AllowedStreams } from '../../shared/access.ts';
import { useStation } from '../stores/station.ts';
import { useWords } from './use-words.ts';

/** What the Streams are called that somebody may see. */
export function useStreamNames() {
  const station = useStation();
  const { word, list } = useWords();

  /** The id is all that is left of one that was removed. */
  function nameOf(streamId: string): string {
    return station.streams.find(({ id }) => id === streamId)?.name ?? streamId;
  }

  /** Those that were removed meanwhile are simply not there. */
  function namesOf(allowed: AllowedStreams): string {
    if (allowed === 'all') return word('access.allStreams');
    const names = station.streams.filter(({ id }) => allowed.includes(id)).map(({ name }) => name);
    return names.length > 0 ? list(names) : word('access.noStream');
  }

  return { nameOf, namesOf };
}
