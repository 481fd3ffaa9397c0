import type { Words } from '../locales/en.ts';
import type { RefusalReason } from '../station/client.ts';
import type { WordKey } from './use-words.ts';

type Told = keyof Words['refusal'];

/** The refusals that an operator can do something about. Everything else is a mistake of the page, and one to them. */
const told: Readonly<Partial<Record<RefusalReason, Told>>> = {
  bad_setting: 'bad_setting',
  settings_fixed: 'settings_fixed',
  not_saved: 'not_saved',
  cannot_share: 'cannot_share',
  unknown_station: 'unknown_station',
  no_station_address: 'no_station_address',
  no_directory_there: 'no_directory_there',
  untrusted_station: 'untrusted_station',
  not_booked: 'not_booked',
  booked_already: 'booked_already',
  unknown_stream: 'unknown_stream',
  closing: 'closing',
  locked: 'locked',
  pin_wrong: 'pin_wrong',
  pin_wait: 'pin_wait',
  pin_refused: 'pin_refused',
  no_pin: 'no_pin',
  not_allowed: 'not_allowed',
  unreachable: 'unreachable',
};

/** The sentence that tells why something did not happen. */
export function refusalKey(reason: RefusalReason): WordKey {
  return `refusal.${told[reason] ?? 'internal'}`;
}

/** The refusals whose cause only the station can tell, in English. */
const reasonsWithDetail: readonly RefusalReason[] = [
  'bad_setting',
  'not_saved',
  'cannot_share',
  'no_station_address',
  'no_directory_there',
  'not_booked',
];

/** What the station found, where it says more than the sentence does. */
export function refusalDetail(reason: RefusalReason, message: string): string | null {
  return reasonsWithDetail.includes(reason) ? message : null;
}
