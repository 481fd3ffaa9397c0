import type { Booking } from '../../shared/directory.ts';
import { useDirectory } from '../stores/directory.ts';
import { useLabTime } from './use-lab-time.ts';
import { useWords } from './use-words.ts';

/** What a calendar says of a booking, and whether it is his to change who looks. */
export function useEntryWords() {
  const directory = useDirectory();
  const { word } = useWords();
  const { span } = useLabTime();

  const who = ({ isOwn, user }: Booking): string => (isOwn ? word('calendar.yours') : (user ?? word('calendar.busy')));
  return {
    who,
    label: (booking: Booking): string => {
      const entry = word('calendar.entry', { who: who(booking), span: span(booking) });
      return booking.purpose ? `${entry}: ${booking.purpose}` : entry;
    },
    mayChange: ({ isOwn, untilMs }: Booking): boolean => (isOwn || directory.mayManage) && untilMs > Date.now(),
  };
}
