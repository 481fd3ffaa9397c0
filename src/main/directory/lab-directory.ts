import type { StreamConfig } from '../../shared/source.ts';
import { Directory, type DirectoryParts } from './directory.ts';
import { openDirectoryFile } from './directory-file.ts';
import { Lending } from './lending.ts';
import { StationForwarder } from './station-forwarder.ts';
import { StatusWatch } from './status-watch.ts';
import { Tickets } from './tickets.ts';

export interface LabDirectoryOptions extends Omit<DirectoryParts, 'file' | 'tickets' | 'lending' | 'stationsChanged'> {
  readonly dataDir: string;
  /** Makes these the Streams that are lent, and ends what is watched of others. */
  readonly showLent: (streams: readonly StreamConfig[]) => void;
}

/** A directory at work. */
export interface LabDirectory {
  readonly desk: Directory;
  /** Whether a Stream is lent at this moment to whoever has a ticket of that time. */
  readonly isLent: (streamId: string, issuedAtMs: number) => boolean;
  /** For this station's own screen. */
  readonly forwarder: StationForwarder;
  close(): void;
}

/**
 * Opens the lab's directory with its file and its key, which are made where there are none.
 * @throws The error that says what is wrong with one of them; both are left as they are.
 */
export async function openLabDirectory({ dataDir, showLent, ...options }: LabDirectoryOptions): Promise<LabDirectory> {
  const tickets = await Tickets.open(dataDir);
  const file = openDirectoryFile(dataDir);
  const watch = new StatusWatch({ file, tickets, timeZone: options.timeZone, log: options.log });
  const lending = new Lending(showLent);
  const desk = new Directory({ ...options, file, tickets, lending, stationsChanged: () => watch.askAll() });
  const forwarder = new StationForwarder({
    stations: file.stations,
    ownDoor: options.networkDoor,
    log: options.log,
  });
  return {
    desk,
    isLent: (streamId, issuedAtMs) => lending.has(streamId, issuedAtMs),
    forwarder,
    close: () => {
      lending.close();
      forwarder.endAll();
      watch.close();
      file.close();
    },
  };
}
