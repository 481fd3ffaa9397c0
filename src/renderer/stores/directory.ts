import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { TimeSpan } from '../../shared/access.ts';
import type {
  Booking,
  BookingChange,
  DirectoryInfo,
  FoundStation,
  LabStation,
  LabStationChange,
  NewBooking,
  NewLabStation,
  StationAgenda,
} from '../../shared/directory.ts';
import { debug } from '../station/debug.ts';
import type { DirectoryClient } from '../station/directory-client.ts';
import { useAttempts } from './attempts.ts';
import { useConnection } from './connection.ts';
import { useMe } from './me.ts';

/** The lab's directory, where this station is it: what is known of it while somebody looks. */
export const useDirectory = defineStore('directory', () => {
  const { directory: client } = useConnection();
  const standing = useStanding(client);
  const stations = shallowRef<readonly LabStation[] | null>(null);
  const bookings = shallowRef<readonly Booking[] | null>(null);
  /** By station, for operators, whom bookings do not tell by name. */
  const agendas = shallowRef<ReadonlyMap<string, StationAgenda>>(new Map());
  const found = shallowRef<readonly FoundStation[] | null>(null);
  const { refusal, attempt } = useAttempts(client);
  let newestSpan: TimeSpan | null = null;

  const readStations = () => attempt(async (asked) => void (stations.value = await asked.stations()));
  const readFound = () => attempt(async (asked) => void (found.value = await asked.found()));

  /** Of the stations that somebody has booked. */
  async function readAgendas(): Promise<void> {
    if (!standing.seesAgendas.value) return;
    await attempt(async (asked) => {
      const ids = [...new Set(bookings.value?.map(({ station }) => station))];
      const told = await Promise.all(ids.map(async (id) => [id, await asked.agenda(id)] as const));
      agendas.value = new Map(told.flatMap(([id, agenda]) => (agenda ? [[id, agenda]] : [])));
    });
  }

  async function readBookings(span: TimeSpan): Promise<void> {
    newestSpan = span;
    await attempt(async (asked) => {
      const read = await asked.bookings(span);
      // Somebody has turned the page meanwhile.
      if (newestSpan === span) bookings.value = read;
    });
  }

  /** Makes a change and reads what holds then. @returns What the change came to, or undefined where it did not happen. */
  async function change<T>(ask: (client: DirectoryClient) => Promise<T>): Promise<T | undefined> {
    refusal.value = null;
    const result = await attempt(ask);
    if (result === undefined) return undefined;
    await Promise.all([readStations(), newestSpan && readBookings(newestSpan)]);
    return result;
  }

  function forget(): void {
    stations.value = bookings.value = found.value = newestSpan = null;
    agendas.value = new Map();
    refusal.value = null;
  }

  return {
    ...standing,
    stations,
    bookings,
    agendas,
    found,
    refusal,
    keepsFiles: (client?.calendarFile ?? null) !== null,
    readStations,
    readFound,
    readBookings,
    readAgendas,
    addStation: (station: NewLabStation) => change((asked) => asked.addStation(station)),
    changeStation: (id: string, what: LabStationChange) => change((asked) => asked.changeStation(id, what)),
    removeStation: (id: string) => change((asked) => asked.removeStation(id)),
    book: (booking: NewBooking) => change((asked) => asked.book(booking)),
    changeBooking: (id: number, what: BookingChange) => change((asked) => asked.changeBooking(id, what)),
    cancelBooking: (id: number) => change((asked) => asked.cancelBooking(id)),
    calendarFile: () => attempt(async (asked) => asked.calendarFile?.()),
    forget,
  };
});

/** What the directory is, and what whoever is here may do there. */
function useStanding(client: DirectoryClient | null) {
  const { place } = useConnection();
  const me = useMe();
  const info = shallowRef<DirectoryInfo | null>(null);
  const isAsked = shallowRef(false);
  const isKiosk = place.kiosk !== null;
  // The door on the station's own machine has no directory, because it does not know whose bookings are whose.
  const mayManage = computed(() => isKiosk || (me.me?.rights.includes('manage_directory') ?? false));
  const mayUse = computed(() => isKiosk || (me.me?.rights.includes('use_directory') ?? false));

  async function readInfo(): Promise<void> {
    const told = await client?.info().catch((error: unknown) => debug('No directory told itself.', error));
    // One that is silent for a moment is the directory all the same.
    if (told !== undefined) info.value = told;
    isAsked.value = true;
  }
  watch(mayUse, (may) => may && void readInfo(), { immediate: true });

  return {
    info,
    readInfo,
    /** Whether this station is a directory that whoever is here may use. */
    isOffered: computed(() => mayUse.value && info.value !== null),
    /** Whether that is certain by now. */
    isKnown: computed(() => isKiosk || (me.isKnown && (!mayUse.value || isAsked.value))),
    mayManage,
    /** To admins bookings say it all. */
    seesAgendas: computed(() => !mayManage.value && (me.me?.rights.includes('see_present') ?? false)),
    /** Whether whoever is here has bookings of his own. */
    hasOwnBookings: computed(() => me.me?.kind === 'user'),
  };
}
