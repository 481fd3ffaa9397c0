import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { Colleagues } from '../../src/main/access/colleagues.ts';
import { checkConfig, loadConfig, type StationConfig } from '../../src/main/config.ts';
import { askKey } from '../../src/main/directory/ask-key.ts';
import type { NetworkSharing } from '../../src/main/settings/ports.ts';
import { StationFile } from '../../src/main/settings/station-file.ts';
import { StationSettings } from '../../src/main/settings/station-settings.ts';
import { StationError } from '../../src/shared/errors.ts';
import type { NewStream } from '../../src/shared/settings.ts';
import { openStation, type World } from '../station/fakes.ts';

/** A station on fake detectors with real settings in a folder of its own. */
export interface Lab extends World {
  readonly settings: StationSettings;
  readonly colleagues: Colleagues;
  readonly folder: string;
  /** station.json. */
  readonly path: string;
  readonly text: () => Promise<string>;
  /** What station.json says now; throws where it is broken. */
  readonly saved: () => Promise<StationConfig>;
  readonly close: () => Promise<void>;
}

export interface LabOptions {
  /** The content of station.json; none is there without it. */
  readonly text?: string;
  readonly fixedBy?: 'command_line';
  readonly sharing?: NetworkSharing;
}

/** Starts it as `launch` and `boot` do. */
export async function openLab({ text, fixedBy, sharing }: LabOptions = {}): Promise<Lab> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'eyepiece-settings-')));
  const path = join(folder, 'station.json');
  if (text !== undefined) await writeFile(path, text);
  const { config, notices } = await loadConfig(path);
  const world = openStation({ name: config.name, streams: config.streams, notices });
  const log = pino({ enabled: false });
  const colleagues = new Colleagues(config.trusts, log);
  const settings = new StationSettings({
    station: world.station,
    file: new StationFile(path, notices.length > 0),
    config,
    fixedBy: fixedBy ?? null,
    ...(sharing && { sharing }),
    colleagues,
    askKey: (address) => askKey(address, () => true),
    log,
  });
  return {
    ...world,
    settings,
    colleagues,
    folder,
    path,
    text: () => readFile(path, 'utf8'),
    async saved() {
      const checked = checkConfig(path, await readFile(path, 'utf8'));
      if ('problems' in checked) throw new Error(checked.problems.join('; '));
      return checked.config;
    },
    async close() {
      await world.station.close();
      await chmod(folder, 0o700);
      await rm(folder, { recursive: true });
    },
  };
}

/** A station.json with these streams, which are simulated unless told. */
export function configText(...streams: readonly ({ readonly id: string } & Record<string, unknown>)[]): string {
  const source = { kind: 'simulated', detector: 'dim' };
  return JSON.stringify({ name: 'Lab', streams: streams.map((stream) => ({ name: stream.id, source, ...stream })) });
}

export const clock: NewStream = { name: 'Clock', source: { kind: 'simulated', detector: 'clock' } };

/** The ids of streams, as one line. */
export function ids({ streams }: { readonly streams: readonly { readonly id: string }[] }): string {
  return streams.map(({ id }) => id).join(' ');
}

/** Why a change is refused. */
export async function refusal(change: Promise<unknown>): Promise<Pick<StationError, 'reason' | 'message'>> {
  const error: unknown = await change.then(
    () => new Error('It was not refused.'),
    (reason: unknown) => reason,
  );
  if (error instanceof StationError) return error;
  throw error;
}
