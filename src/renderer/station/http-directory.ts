import type {
  Booking,
  Connection,
  DirectoryInfo,
  FoundStation,
  LabStation,
  StationAgenda,
} from '../../shared/directory.ts';
import type { AccessPass } from './access-pass.ts';
import type { DirectoryClient } from './directory-client.ts';
import { httpAsker, orElse, queryOf, readAnswer as read, removal } from './http-asker.ts';

/** From a browser, whose user needs the right `use_directory` and, to say which stations there are, `manage_directory`. */
export function httpDirectory(baseUrl: URL, pass: Pick<AccessPass, 'fetch'>): DirectoryClient {
  const ask = httpAsker(baseUrl, pass);
  const remove = removal(ask);
  const stationAt = (id: string): string => `api/stations/${encodeURIComponent(id)}`;

  return {
    info: () => orElse(read<DirectoryInfo>(ask('GET', 'api/directory')), null),
    stations: () => read<readonly LabStation[]>(ask('GET', 'api/stations')),
    addStation: (station) => read<LabStation>(ask('POST', 'api/stations', station)),
    changeStation: (id, change) => orElse(read<LabStation>(ask('PATCH', stationAt(id), change)), null),
    removeStation: (id) => remove(stationAt(id)),
    found: () => read<readonly FoundStation[]>(ask('GET', 'api/stations/found')),
    connect: (wish) => read<Connection>(ask('POST', 'webrtc/offer', wish)),
    bookings: (span) => read<readonly Booking[]>(ask('GET', `api/bookings${queryOf(span)}`)),
    book: (booking) => read<Booking>(ask('POST', 'api/bookings', booking)),
    changeBooking: (id, change) => orElse(read<Booking>(ask('PATCH', `api/bookings/${id}`, change)), null),
    cancelBooking: (id) => remove(`api/bookings/${id}`),
    agenda: (stationId) => orElse(read<StationAgenda>(ask('GET', `${stationAt(stationId)}/next`)), null),
    doorOf: ({ webrtc_url }) => ({ url: new URL(`${webrtc_url}/`), hasSockets: true }),
    calendarFile: async () => (await ask('GET', 'api/bookings.ics')).blob(),
  };
}
