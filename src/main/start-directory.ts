import type { Logger } from 'pino';
import type { Sharing } from '../shared/settings.ts';
import { labAddresses, MachineNames } from './access/addresses.ts';
import type { Colleagues } from './access/colleagues.ts';
import { allowedUrl, systemPlaces } from './access/network-source.ts';
import type { NetworkSharing } from './access/sharing.ts';
import type { StationConfig } from './config.ts';
import { stationFinder } from './directory/found-stations.ts';
import { openLabDirectory, type LabDirectory } from './directory/lab-directory.ts';
import type { Station } from './station/station.ts';

/** What the directory is joined to. */
export interface AroundDirectory {
  readonly config: StationConfig;
  readonly dataDir: string;
  readonly sharing: NetworkSharing;
  readonly colleagues: Colleagues;
  readonly station: Station;
  /** Has the Streams that the directory lends. */
  readonly lent: Station | null;
  /** The ports that this station's doors have had. */
  readonly ownPorts: ReadonlySet<number>;
  /** Where the network's door listens; on all addresses without it. */
  readonly host: string | undefined;
}

/** The lab's directory, where the station is to be it. A station whose directory can't be used is a station all the same. */
export async function startDirectory(around: AroundDirectory, stationLog: Logger): Promise<LabDirectory | null> {
  const { config, dataDir, sharing, colleagues, station, lent, ownPorts, host = '::' } = around;
  if (!config.directory) return null;
  const log = stationLog.child({ part: 'directory' });
  const names = new MachineNames();
  try {
    const directory = await openLabDirectory({
      dataDir,
      timeZone: config.directory.timeZone,
      userNames: () => sharing.admin.users().map(({ name }) => name),
      isSelf: (url) => names.has(url.hostname) && ownPorts.has(portOf(url)),
      checkedCamera: (url) => allowedUrl(url, systemPlaces, 'Only cameras of the network can be shown by a directory.'),
      networkDoor: () => doorIn(sharing.state()),
      showLent: (streams) => {
        lent?.setStreams(streams).catch((error: unknown) => log.error({ err: error }, 'What is lent did not change.'));
      },
      findStations: stationFinder(() => labAddresses(host), log),
      log,
    });
    const { publicKey } = directory.desk;
    colleagues.takeBorrowers({ name: config.name, publicKey }, directory.isLent);
    return directory;
  } catch (error) {
    log.error({ err: error }, 'The directory of the lab cannot be used; the station goes on without it.');
    const what = error instanceof Error ? error.message : String(error);
    station.addNotice({
      code: 'no_directory',
      detail: `directory.db and directory-key.json stay as they are: ${what}`,
    });
    return null;
  }
}

/** What the addresses of the network's door begin with, as anybody on the network reaches it. */
function doorIn(sharing: Sharing): string | null {
  if (sharing.kind === 'off') return null;
  const [first] = sharing.kind === 'on' ? sharing.links : sharing.addresses;
  return first === undefined ? null : new URL(first).origin;
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
