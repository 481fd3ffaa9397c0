import { Directory, type DirectoryParts } from './directory.ts';
import { openDirectoryFile } from './directory-file.ts';
import { StatusWatch } from './status-watch.ts';
import { Tickets } from './tickets.ts';

export interface LabDirectoryOptions extends Omit<DirectoryParts, 'file' | 'tickets' | 'stationsChanged'> {
  readonly dataDir: string;
}

/** A directory at work. */
export interface LabDirectory {
  readonly desk: Directory;
  close(): void;
}

/**
 * Opens the lab's directory with its file and its key, which are made where there are none.
 * @throws The error that says what is wrong with one of them; both are left as they are.
 */
export async function openLabDirectory({ dataDir, ...options }: LabDirectoryOptions): Promise<LabDirectory> {
  const tickets = await Tickets.open(dataDir);
  const file = openDirectoryFile(dataDir);
  const watch = new StatusWatch({ file, tickets, log: options.log });
  const desk = new Directory({ ...options, file, tickets, stationsChanged: () => watch.askAll() });
  return {
    desk,
    close: () => {
      watch.close();
      file.close();
    },
  };
}
