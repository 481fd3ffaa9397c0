import * as v from 'valibot';
import type { AllowedStreams, GuestWish } from './access.ts';
import type { LabWish, NewTrust, ToldKey, TrustedLab } from './joining.ts';
import {
  addableSourceSchema,
  pixelSizeSchema,
  qualitySchema,
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
      /** Opens the same as the link, for whoever types it on the page of any of these addresses: XXXX-XXXX, in capitals. */
      readonly code: string;
      /** What guests see. Those of them that were removed meanwhile are simply not there. */
      readonly streams: AllowedStreams;
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
  /** The directories whose tickets let colleagues in. */
  readonly trusts: readonly TrustedLab[];
}

/** A Stream to add. */
export const newStreamSchema = v.strictObject({
  name: streamNameSchema,
  source: addableSourceSchema,
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

/** What somebody may know of the settings who is not at the kiosk. */
export type RemoteSettings = Omit<Settings, 'sharing' | 'trusts'>;

/** As the SettingsApi, for who is not at the kiosk: nobody shares a station from elsewhere, or lets it join a lab. */
export interface RemoteSettingsApi {
  settings(): RemoteSettings;
  renameStation(name: string): Promise<RemoteSettings>;
  addStream(stream: NewStream): Promise<RemoteSettings>;
  changeStream(streamId: string, change: StreamChange): Promise<RemoteSettings>;
  moveStream(streamId: string, place: number): Promise<RemoteSettings>;
  removeStream(streamId: string): Promise<RemoteSettings>;
}

/**
 * The settings of a station while it runs. Each change is written to station.json as a whole before it takes effect, touches only
 * the Stream that it names, and returns what holds then.
 * Refusals are StationErrors: `bad_setting`, `settings_fixed`, `not_saved`, `unknown_stream`, `cannot_share`,
 * `no_directory_there`.
 */
export interface SettingsApi {
  settings(): Settings;
  renameStation(name: string): Promise<Settings>;
  addStream(stream: NewStream): Promise<Settings>;
  changeStream(streamId: string, change: StreamChange): Promise<Settings>;
  /** @param place From 0; beyond the end means the last. */
  moveStream(streamId: string, place: number): Promise<Settings>;
  removeStream(streamId: string): Promise<Settings>;
  /**
   * Lets colleagues on the network watch with a guest link; where it is on already, the old link ends and a new one is made.
   * @param wish What is left out is as it usually is: every Stream, twelve hours.
   */
  share(wish?: Partial<GuestWish>): Promise<Settings>;
  /** Ends the guest link and whatever is watched through it. */
  stopSharing(): Promise<Settings>;
  /** Asks a directory for its key, so that somebody can compare it. Nothing is changed by that. */
  askLab(wish: LabWish): Promise<ToldKey>;
  /** Takes the tickets of a directory whose key somebody has compared. What there was of the same key is replaced. */
  joinLab(trust: NewTrust): Promise<Settings>;
  /** Takes no more tickets of a directory, and ends what they had opened. @param directoryId As `TrustedLab.id`. */
  leaveLab(directoryId: string): Promise<Settings>;
}
