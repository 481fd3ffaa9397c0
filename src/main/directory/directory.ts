import type { Logger } from 'pino';
import type {
  Connection,
  ConnectWish,
  DirectoryApi,
  DirectoryAsker,
  DirectoryDesk,
  DirectoryInfo,
  FoundStation,
  LabStation,
  LabStationChange,
  NewLabStation,
  PublicKey,
} from '../../shared/directory.ts';
import { StationError } from '../../shared/errors.ts';
import { streamIdFor } from '../settings/stream-id.ts';
import { admit } from './admission.ts';
import type { DirectoryFile } from './directory-file.ts';
import { ownBookings } from './own-bookings.ts';
import { checkedAddress } from './station-address.ts';
import type { Tickets } from './tickets.ts';

export interface DirectoryParts {
  readonly file: DirectoryFile;
  readonly tickets: Tickets;
  readonly timeZone: string;
  /** The names of those who can sign in. */
  readonly userNames: () => readonly string[];
  /** Whether this is an address of the directory's own doors. */
  readonly isSelf: (url: URL) => boolean;
  readonly findStations: () => Promise<readonly Omit<FoundStation, 'isListed'>[]>;
  /** The stations have changed. */
  readonly stationsChanged: () => void;
  readonly log: Logger;
}

/** The lab's directory: which stations there are, who may connect to them when, and what lets them in there. */
export class Directory implements DirectoryDesk {
  readonly #parts: DirectoryParts;

  constructor(parts: DirectoryParts) {
    this.#parts = parts;
  }

  get publicKey(): PublicKey {
    return this.#parts.tickets.publicKey;
  }

  of(asker: DirectoryAsker): DirectoryApi {
    const { file, tickets, timeZone, findStations } = this.#parts;
    const info: DirectoryInfo = { id: tickets.directoryId, timeZone };
    const managed = () => {
      if (!asker.mayManage) throw StationError.notAllowed();
    };
    return {
      info: () => info,
      stations: () => file.stations.list().map((station) => (asker.mayManage ? station : withoutPassword(station))),
      addStation: async (station) => {
        managed();
        return this.#add(station);
      },
      changeStation: async (id, change) => {
        managed();
        return this.#change(id, change);
      },
      removeStation: (id) => {
        managed();
        return this.#remove(id);
      },
      found: async () => {
        managed();
        const listed = new Set(file.stations.list().map(({ webrtc_url }) => webrtc_url));
        return (await findStations()).map((found) => ({ ...found, isListed: listed.has(found.webrtc_url) }));
      },
      connect: (wish) => this.#connect(asker, wish),
      ...ownBookings(asker, this.#parts),
    };
  }

  async #add({ id, ...station }: NewLabStation): Promise<LabStation> {
    const { file, isSelf, stationsChanged, log } = this.#parts;
    const webrtc_url = station.webrtc_url && (await checkedAddress(station.webrtc_url, isSelf));
    const taken = new Set(file.stations.list().map((each) => each.id));
    const added = file.stations.add({ id: id ?? streamIdFor(station.name, taken), ...station, webrtc_url });
    log.info({ station: added.id }, 'A station was added to the directory.');
    stationsChanged();
    return added;
  }

  async #change(id: string, change: LabStationChange): Promise<LabStation | null> {
    const { file, isSelf, stationsChanged, log } = this.#parts;
    const { webrtc_url } = change;
    const address = typeof webrtc_url === 'string' && { webrtc_url: await checkedAddress(webrtc_url, isSelf) };
    const changed = file.stations.change(id, { ...change, ...address });
    if (changed) log.info({ station: id, what: Object.keys(change) }, 'A station of the directory was changed.');
    stationsChanged();
    return changed;
  }

  #remove(id: string): boolean {
    const isRemoved = this.#parts.file.stations.remove(id);
    if (isRemoved) this.#parts.log.info({ station: id }, 'A station was removed from the directory.');
    return isRemoved;
  }

  async #connect(asker: DirectoryAsker, wish: ConnectWish): Promise<Connection> {
    const { tickets, log } = this.#parts;
    const { station, webrtcUrl, bookingUntilMs } = this.#firstThatLetsIn(asker, this.#meant(wish));
    const { name, role, streams } = asker;
    const { token, expiresInMs } = await tickets.issue({
      station: station.id,
      user: name,
      role,
      streams,
      bookingUntilMs,
    });
    log.info({ station: station.id, who: name }, 'Somebody was sent to a station.');
    return {
      robot_id: station.id,
      webrtc_url: webrtcUrl,
      message: 'Send your offer to the station itself, at webrtc_url, with the ticket as bearer token.',
      ticket: token,
      ticket_expires_in_ms: expiresInMs,
      booking_until_ms: bookingUntilMs,
    };
  }

  /** The stations that a wish can mean, the best first. */
  #meant({ robot_id, robot_type }: ConnectWish): readonly LabStation[] {
    const found = this.#parts.file.stations
      .list()
      .filter(({ id, type }) => (robot_id ?? id) === id && (robot_type ?? type) === type);
    return found.sort((a, b) => Number(b.status === 'online') - Number(a.status === 'online'));
  }

  #firstThatLetsIn(asker: DirectoryAsker, stations: readonly LabStation[]) {
    let refusal: StationError | null = null;
    for (const station of stations) {
      try {
        return { station, bookingUntilMs: this.#admit(asker, station), webrtcUrl: addressOf(station) };
      } catch (error) {
        if (!(error instanceof StationError)) throw error;
        refusal ??= error;
      }
    }
    throw refusal ?? StationError.unknownStation();
  }

  #admit(asker: DirectoryAsker, station: LabStation): number | null {
    const { bookings } = this.#parts.file;
    const [first = null] = bookings.upcoming(station.id, 1);
    const current = first && first.fromMs <= Date.now() ? first : null;
    const own = asker.user === null ? null : bookings.nextOf(asker.user, station.id);
    return admit(station, asker, { current, own }, this.#parts.timeZone);
  }
}

function addressOf({ webrtc_url, rtsp_url }: LabStation): string {
  if (webrtc_url !== null) return webrtc_url;
  throw StationError.noStationAddress(
    rtsp_url === null
      ? 'This station has no address yet. An admin sets its webrtc_url, such as https://192.168.4.20:8081, in the directory.'
      : 'This station has an RTSP address only, which browsers cannot open. An admin adds that as a stream of a station, or sets the webrtc_url here.',
  );
}

function withoutPassword(station: LabStation): LabStation {
  if (station.rtsp_url === null) return station;
  return { ...station, rtsp_url: station.rtsp_url.replace(/^(rtsps?:\/\/)[^/?#]*@/i, '$1') };
}
