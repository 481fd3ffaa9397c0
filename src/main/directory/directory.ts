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
import { lentAudience, type Holder } from '../access/ticket-claims.ts';
import { streamIdFor } from '../settings/stream-id.ts';
import { admit } from './admission.ts';
import type { DirectoryFile } from './directory-file.ts';
import type { Lending } from './lending.ts';
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
  /** The address of a camera with a number in the place of its name. @throws StationError `bad_setting`. */
  readonly checkedCamera: (rtspUrl: string) => Promise<string>;
  /** What the addresses of the network's door begin with; null while it is closed. */
  readonly networkDoor: () => string | null;
  readonly lending: Lending;
  readonly findStations: () => Promise<readonly Omit<FoundStation, 'isListed'>[]>;
  /** The stations have changed. */
  readonly stationsChanged: () => void;
  readonly log: Logger;
}

/** How somebody gets to a station. */
type WayIn =
  | { readonly kind: 'own_door'; readonly url: string }
  /** Through the directory's, which fetches the camera's pictures. */
  | { readonly kind: 'lent'; readonly url: string; readonly camera: string };

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
    const { file, tickets, timeZone, isSelf, findStations, networkDoor } = this.#parts;
    const { directoryId: id, publicKey } = tickets;
    const managed = () => {
      if (!asker.mayManage) throw StationError.notAllowed();
    };
    return {
      info: (): DirectoryInfo => ({ id, timeZone, publicKey, url: asker.door ?? networkDoor() }),
      stations: () => file.stations.list().map((station) => (asker.mayManage ? station : withoutSecrets(station))),
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
        const others = (await findStations()).filter(({ webrtc_url }) => !isSelf(new URL(webrtc_url)));
        return others.map((found) => ({ ...found, isListed: listed.has(found.webrtc_url) }));
      },
      connect: (wish) => this.#connect(asker, wish),
      ...ownBookings(asker, this.#parts),
    };
  }

  async #add({ id, ...station }: NewLabStation): Promise<LabStation> {
    const { file, isSelf, checkedCamera, stationsChanged, log } = this.#parts;
    const webrtc_url = station.webrtc_url && (await checkedAddress(station.webrtc_url, isSelf));
    if (station.rtsp_url !== null) await checkedCamera(station.rtsp_url);
    const taken = new Set(file.stations.list().map((each) => each.id));
    const added = file.stations.add({ id: id ?? streamIdFor(station.name, taken), ...station, webrtc_url });
    log.info({ station: added.id }, 'A station was added to the directory.');
    stationsChanged();
    return added;
  }

  async #change(id: string, change: LabStationChange): Promise<LabStation | null> {
    const { file, isSelf, checkedCamera, lending, stationsChanged, log } = this.#parts;
    const { webrtc_url, rtsp_url } = change;
    const address = typeof webrtc_url === 'string' && { webrtc_url: await checkedAddress(webrtc_url, isSelf) };
    if (typeof rtsp_url === 'string') await checkedCamera(rtsp_url);
    const before = file.stations.find(id);
    const changed = file.stations.change(id, { ...change, ...address });
    if (!before || !changed || isElsewhere(before, changed)) lending.end(id);
    if (changed) log.info({ station: id, what: Object.keys(change) }, 'A station of the directory was changed.');
    stationsChanged();
    return changed;
  }

  #remove(id: string): boolean {
    const isRemoved = this.#parts.file.stations.remove(id);
    this.#parts.lending.end(id);
    if (isRemoved) this.#parts.log.info({ station: id }, 'A station was removed from the directory.');
    return isRemoved;
  }

  async #connect(asker: DirectoryAsker, wish: ConnectWish): Promise<Connection> {
    const { tickets, log } = this.#parts;
    const { station, way, bookingUntilMs } = await this.#firstThatLetsIn(asker, this.#meant(wish));
    const { name, role, streams } = asker;
    const opened =
      way.kind === 'lent'
        ? ({ station: lentAudience, role: 'viewer', streams: [station.id] } as const)
        : { station: station.id, role, streams };
    const fromMs = Date.now();
    const { token, expiresInMs } = await tickets.issue({
      ...opened,
      user: name,
      holder: holderOf(asker),
      bookingUntilMs,
    });
    if (way.kind === 'lent') this.#lend(station, way.camera, { fromMs, untilMs: Date.now() + expiresInMs });
    log.info({ station: station.id, who: name }, 'Somebody was sent to a station.');
    return {
      robot_id: station.id,
      webrtc_url: way.url,
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

  async #firstThatLetsIn(asker: DirectoryAsker, stations: readonly LabStation[]) {
    let refusal: StationError | null = null;
    for (const station of stations) {
      try {
        return { station, bookingUntilMs: this.#admit(asker, station), way: await this.#wayIn(asker, station) };
      } catch (error) {
        if (!(error instanceof StationError)) throw error;
        refusal ??= error;
      }
    }
    throw refusal ?? StationError.unknownStation();
  }

  async #wayIn({ streams, door }: DirectoryAsker, { id, webrtc_url, rtsp_url }: LabStation): Promise<WayIn> {
    if (webrtc_url !== null) return { kind: 'own_door', url: webrtc_url };
    if (rtsp_url === null) {
      throw StationError.noStationAddress(
        'This station has no address yet. An admin sets its webrtc_url, such as https://192.168.4.20:8081, or its rtsp_url in the directory.',
      );
    }
    // The Stream is called as the station, here as everywhere.
    if (streams !== 'all' && !streams.includes(id)) throw StationError.notAllowed();
    const { checkedCamera, networkDoor } = this.#parts;
    const url = door ?? networkDoor();
    if (url === null) {
      throw StationError.noStationAddress(
        'This station is shown through the network door of the directory, which is closed. Share the directory’s own station first.',
      );
    }
    const camera = await checkedCamera(rtsp_url).catch((error: unknown) => {
      if (!(error instanceof StationError)) throw error;
      throw StationError.noStationAddress(`The rtsp_url of this station cannot be used. ${error.message}`);
    });
    return { kind: 'lent', url, camera };
  }

  /** @throws StationError `unknown_station` where it is gone or elsewhere by now. */
  #lend(station: LabStation, camera: string, during: Readonly<Record<'fromMs' | 'untilMs', number>>): void {
    const { file, lending } = this.#parts;
    const now = file.stations.find(station.id);
    if (!now || isElsewhere(station, now)) throw StationError.unknownStation();
    lending.lend({ id: now.id, name: now.name, url: camera }, during);
  }

  #admit(asker: DirectoryAsker, station: LabStation): number | null {
    const { bookings } = this.#parts.file;
    const [first = null] = bookings.upcoming(station.id, 1);
    const current = first && first.fromMs <= Date.now() ? first : null;
    const own = asker.user === null ? null : bookings.nextOf(asker.user, station.id);
    return admit(station, asker, { current, own }, this.#parts.timeZone);
  }
}

function isElsewhere(before: LabStation, after: LabStation): boolean {
  return before.webrtc_url !== after.webrtc_url || before.rtsp_url !== after.rtsp_url;
}

/** Cameras take passwords and keys in the path and the query too, so that of an address nothing is left but the host. */
function withoutSecrets(station: LabStation): LabStation {
  if (station.rtsp_url === null) return station;
  return { ...station, rtsp_url: station.rtsp_url.replace(/^(rtsps?:\/\/)(?:[^/?#]*@)?([^/?#]*).*$/i, '$1$2') };
}

function holderOf({ user, door }: DirectoryAsker): Holder {
  if (user !== null) return 'user';
  return door === undefined ? 'screen' : 'machine';
}
