import type { Logger } from 'pino';
import * as v from 'valibot';
import { guestWishSchema, type GuestWish } from '../../shared/access.ts';
import { StationError } from '../../shared/errors.ts';
import { labWishSchema, newTrustSchema, type LabWish, type NewTrust, type ToldKey } from '../../shared/joining.ts';
import {
  newStreamSchema,
  streamChangeSchema,
  type NewStream,
  type Settings,
  type SettingsApi,
  type StreamChange,
  type StreamSettings,
} from '../../shared/settings.ts';
import { maxStreams, streamNameSchema, type StreamConfig } from '../../shared/source.ts';
import { directoryIdOf } from '../access/ticket-claims.ts';
import { defaultStreams, type StationConfig } from '../config.ts';
import { describeIssue, keyOf } from '../config-errors.ts';
import type { ConfigChange, RunningConfig } from './config-text.ts';
import type { AdjustableStation, AskKey, LabColleagues, NetworkSharing } from './ports.ts';
import { sourceText } from './source-text.ts';
import type { StationFile } from './station-file.ts';
import { streamIdFor } from './stream-id.ts';
import { trustedLab, withoutTrust, withTrust } from './trusts.ts';

export interface StationSettingsParts {
  readonly station: AdjustableStation;
  readonly file: StationFile;
  /** What the station was started with. */
  readonly config: RunningConfig;
  readonly fixedBy: Settings['fixedBy'];
  /** Without it the station can't be shared. */
  readonly sharing?: NetworkSharing;
  readonly colleagues: LabColleagues;
  readonly askKey: AskKey;
  readonly log: Logger;
}

type Streams = readonly StreamConfig[];

/** The settings of the running station. Changes are made one after the other, each on the file first and then on the station. */
export class StationSettings implements SettingsApi {
  readonly #parts: StationSettingsParts;
  #running: RunningConfig;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(parts: StationSettingsParts) {
    this.#parts = parts;
    this.#running = parts.config;
  }

  settings(): Settings {
    const { fixedBy, sharing } = this.#parts;
    return {
      stationName: this.#running.name,
      streams: this.#running.streams.map(settingsOf),
      fixedBy,
      sharing: sharing?.state() ?? { kind: 'off' },
      trusts: this.#running.trusts.map(trustedLab),
    };
  }

  async renameStation(name: string): Promise<Settings> {
    const checked = check(streamNameSchema, name, 'name');
    return this.#change('the station was renamed', () => ({ name: checked }));
  }

  async addStream(stream: NewStream): Promise<Settings> {
    const added = check(newStreamSchema, stream, 'stream');
    return this.#changeStreams('a stream was added', (streams) => {
      if (streams.length >= maxStreams) throw StationError.badSetting(`A station shows at most ${maxStreams} streams.`);
      refuseSecondUse(streams, added);
      const id = streamIdFor(added.name, new Set(streams.map((each) => each.id)));
      return [...streams, { id, ...added, quality: added.quality ?? 'standard' }];
    });
  }

  async changeStream(streamId: string, change: StreamChange): Promise<Settings> {
    const checked = check(streamChangeSchema, change, 'change');
    return this.#changeStreams('a stream was changed', (streams) => {
      const meant = find(streams, streamId);
      return streams.map((stream) => (stream === meant ? changed(stream, checked) : stream));
    });
  }

  async moveStream(streamId: string, place: number): Promise<Settings> {
    return this.#changeStreams('a stream was moved', (streams) => {
      const moved = find(streams, streamId);
      return streams.filter((stream) => stream !== moved).toSpliced(Math.max(0, place), 0, moved);
    });
  }

  async removeStream(streamId: string): Promise<Settings> {
    return this.#changeStreams('a stream was removed', (streams) => {
      const removed = find(streams, streamId);
      return streams.filter((stream) => stream !== removed);
    });
  }

  async share(wish: Partial<GuestWish> = {}): Promise<Settings> {
    const { sharing } = this.#parts;
    if (!sharing) throw StationError.cannotShare('This station cannot be shared on the network.');
    const checked = check(guestWishSchema, wish, 'wish');
    return this.#inTurn(() => sharing.start(checked));
  }

  async stopSharing(): Promise<Settings> {
    return this.#inTurn(async () => this.#parts.sharing?.stop());
  }

  async askLab(wish: LabWish): Promise<ToldKey> {
    this.#requireOwnFile();
    const { url, station } = check(labWishSchema, wish, 'lab');
    const told = await this.#parts.askKey(url);
    return { ...told, station, id: directoryIdOf(told.publicKey) };
  }

  async joinLab(trust: NewTrust): Promise<Settings> {
    this.#requireOwnFile();
    const added = check(newTrustSchema, trust, 'lab');
    return this.#change('the station joined a lab', ({ trusts }) => ({ trusts: withTrust(trusts, added) }));
  }

  async leaveLab(directoryId: string): Promise<Settings> {
    this.#requireOwnFile();
    return this.#change('the station left a lab', ({ trusts }) => ({ trusts: withoutTrust(trusts, directoryId) }));
  }

  async #changeStreams(what: string, change: (streams: Streams) => Streams): Promise<Settings> {
    this.#requireOwnFile();
    return this.#change(what, ({ streams }) => ({ streams: change(streams) }));
  }

  #requireOwnFile(): void {
    if (this.#parts.fixedBy !== null) throw StationError.settingsFixed();
  }

  async #change(what: string, decide: (config: StationConfig) => ConfigChange): Promise<Settings> {
    return this.#inTurn(async () => {
      const { station, file, fixedBy, colleagues, log } = this.#parts;
      // Streams of the command line are for this start only, and never get into the file.
      const running = fixedBy === null ? this.#running : { ...this.#running, streams: defaultStreams() };
      const { name, streams, trusts } = await file.change(decide, running);
      this.#running = { name, streams: fixedBy === null ? streams : this.#running.streams, trusts };
      const labs = trusts.map(({ url }) => url);
      log.info({ name, streams: this.#running.streams.map(({ id }) => id), labs }, `Settings: ${what}.`);
      // Before the station tells its state anew, upon which whoever may be here no more has to go.
      colleagues.trust(trusts);
      station.setName(name);
      station.withdrawNotice('bad_configuration');
      await station.setStreams(this.#running.streams);
    });
  }

  /** Lets nobody begin before those who came first are done, whether they succeeded or not. */
  #inTurn(work: () => Promise<void>): Promise<Settings> {
    const turn = this.#lastTurn.then(work).then(() => this.settings());
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }
}

function settingsOf({ id, name, source, pixelSizeUm, quality }: StreamConfig): StreamSettings {
  return {
    id,
    name,
    sourceKind: source.kind,
    sourceText: sourceText(source),
    pixelSizeUm: pixelSizeUm ?? null,
    quality,
  };
}

function changed(stream: StreamConfig, { pixelSizeUm, ...change }: StreamChange): StreamConfig {
  const { pixelSizeUm: present, ...rest } = stream;
  const size = pixelSizeUm === undefined ? present : pixelSizeUm;
  return { ...rest, ...change, ...(typeof size === 'number' && { pixelSizeUm: size }) };
}

function find(streams: Streams, streamId: string): StreamConfig {
  const stream = streams.find(({ id }) => id === streamId);
  if (!stream) throw StationError.unknownStream();
  return stream;
}

/** A camera of the machine can be opened once. */
function refuseSecondUse(streams: Streams, { source }: Pick<StreamConfig, 'source'>): void {
  if (source.kind !== 'camera') return;
  const user = streams.find((stream) => stream.source.kind === 'camera' && stream.source.device === source.device);
  if (user) throw StationError.badSetting(`This camera is shown already, as “${user.name}”.`);
}

/** @param key What the value is called, where it has no keys of its own. */
function check<TSchema extends v.GenericSchema>(schema: TSchema, value: unknown, key = ''): v.InferOutput<TSchema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw StationError.badSetting(`The setting is refused: ${keyOf(issue) || key} ${describeIssue(issue)}.`);
}
