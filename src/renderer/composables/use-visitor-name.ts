import type { Visit } from '../../shared/access.ts';
import { useWords } from './use-words.ts';

/** Who came, in words: all guests have one name, and a program is none of the people. */
export function useVisitorName(): (visit: Visit) => string {
  const { word } = useWords();
  return ({ kind, name }) => {
    if (kind === 'guest') return word('role.guest');
    return kind === 'machine' ? `${name} (${word('present.program')})` : name;
  };
}
