import type { Booking, StationAgenda } from '../../shared/directory.ts';
import { useLabTime } from './use-lab-time.ts';
import { useWords } from './use-words.ts';

/** Says who has a station now, and who has it next. What is somebody else's business is only said to be booked. */
export function useAgendaWords() {
  const { word } = useWords();
  const { moment, span } = useLabTime();

  function saidOf(booking: Booking, when: 'now' | 'next'): string {
    const words = when === 'now' ? wordsNow : wordsNext;
    const values = { span: span(booking), name: booking.user ?? '' };
    if (booking.isOwn) return word(words.own, values);
    return word(booking.user === null ? words.others : words.named, values);
  }

  return {
    now({ current, next }: StationAgenda): string {
      if (current) return saidOf(current, 'now');
      return next ? word('lab.freeUntil', { time: moment(next.fromMs) }) : word('lab.free');
    },
    /** Null where nobody is next. */
    next: ({ next }: StationAgenda): string | null => next && saidOf(next, 'next'),
  };
}

const wordsNow = { own: 'lab.takenByYou', named: 'lab.takenBy', others: 'lab.taken' } as const;
const wordsNext = { own: 'lab.nextYou', named: 'lab.nextBy', others: 'lab.next' } as const;
