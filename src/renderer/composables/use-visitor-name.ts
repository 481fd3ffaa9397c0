import type { Visit } from '../../shared/access.ts';
import { useWords } from './use-words.ts';

/** Who came, in words: all guests have one name, a program is none of the people, and who has a ticket none of the own users. */
export function useVisitorName(): (visit: Visit) => string {
  const { word } = useWords();
  return ({ kind, name }) => {
    if (kind === 'guest') return word('role.guest');
    if (kind === 'machine') return `${name} (${word('present.program')})`;
    return kind === 'colleague' || kind === 'borrower' ? `${name} (${word('present.colleague')})` : name;
  };
}
