import { pino } from 'pino';
import { Calls } from '../../src/main/calls/calls.ts';

/** Real calls of a station that nobody calls unless the test does. */
export function idleCalls(): Calls {
  return new Calls({ stationName: () => 'Room 2', log: pino({ level: 'silent' }) });
}
