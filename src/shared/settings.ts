import * as v from 'valibot';
import {
  pixelSizeSchema,
  qualitySchema,
  sourceSchema,
  streamNameSchema,
  type Quality,
  type SourceKind,
} from './source.ts';

/** One Stream as it is set up. */
export interface StreamSettings {
  readonly id: string;
  readonly name: string;
  readonly sourceKind: SourceKind;
  /** What the Source is, in one line for a person: an address without its password, a device, a file name. */
  readonly sourceText: string;
  /** Null where the scale is unknown, or left to the detector. */
  readonly pixelSizeUm: number | null;
  readonly quality: Quality;
}

/** What tells a colleague that the door is this station's and nobody else's. */
interface DoorFingerprint {
  /** Of the door's certificate (SHA-256), as browsers show it; left out where the door is not encrypted. */
  readonly fingerprint?: string;
}

/** Whether colleagues on the network can watch. It is off after every start, unless the command line says otherwise. */
export type Sharing =
  | { readonly kind: 'off' }
  | ({
      readonly kind: 'on';
      /** One link for each address of the machine. Each holds the guest key: it is for the kiosk's screen only. */
      readonly links: readonly string[];
      readonly expiresAtMs: number;
    } & DoorFingerprint)
  /** The door is open for users and programs, and there is no guest link. */
  | ({
      readonly kind: 'without_link';
      /** Where the page is, one for each address of the machine. */
      readonly addresses: readonly string[];
    } & DoorFingerprint);

/** What the operator can set. It is shown on the kiosk only and never part of the StationState. */
export interface Settings {
  readonly stationName: string;
  readonly streams: readonly StreamSettings[];
  /** Why the streams can't be changed here, or null. */
  readonly fixedBy: 'command_line' | null;
  readonly sharing: Sharing;
}

/**
 * A Stream to add. Recordings and detector programs are left to the configuration file: a kiosk that starts programs or reads
 * files at the touch of a screen would be a way out of it.
 */
export const newStreamSchema = v.strictObject({
  name: streamNameSchema,
  source: v.pipe(
    sourceSchema,
    v.check(({ kind }) => kind !== 'file' && kind !== 'program', 'must be simulated, camera or url'),
  ),
  pixelSizeUm: v.exactOptional(pixelSizeSchema),
  quality: v.exactOptional(qualitySchema),
});
export type NewStream = v.InferOutput<typeof newStreamSchema>;

/** What can be changed of a Stream; what is left out stays. */
export const streamChangeSchema = v.strictObject({
  name: v.exactOptional(streamNameSchema),
  /** Null makes the scale unknown. */
  pixelSizeUm: v.exactOptional(v.nullable(pixelSizeSchema)),
  quality: v.exactOptional(qualitySchema),
});
export type StreamChange = v.InferOutput<typeof streamChangeSchema>;

/**
 * The settings of a station while it runs. Each change is written to station.json as a whole before it takes effect, touches only
 * the Stream that it names, and returns what holds then.
 * Refusals are StationErrors: `bad_setting`, `settings_fixed`, `not_saved`, `unknown_stream`, `cannot_share`.
 */
export interface SettingsApi {
  settings(): Settings;
  renameStation(name: string): Promise<Settings>;
  addStream(stream: NewStream): Promise<Settings>;
  changeStream(streamId: string, change: StreamChange): Promise<Settings>;
  /** @param place From 0; beyond the end means the last. */
  moveStream(streamId: string, place: number): Promise<Settings>;
  removeStream(streamId: string): Promise<Settings>;
  /** Lets colleagues on the network watch with a guest link; where it is on already, the old link ends and a new one is made. */
  share(): Promise<Settings>;
  /** Ends the guest link and whatever is watched through it. */
  stopSharing(): Promise<Settings>;
}
