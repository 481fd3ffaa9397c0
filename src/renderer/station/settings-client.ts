import type { GuestWish } from '../../shared/access.ts';
import type { CameraInfo } from '../../shared/api.ts';
import type { Bridge } from '../../shared/bridge.ts';
import type { LabWish, NewTrust, ToldKey } from '../../shared/joining.ts';
import type { NewStream, RemoteSettings, Settings, StreamChange } from '../../shared/settings.ts';
import { unwrap } from './unwrap.ts';

/** What is known of the settings here: how the station is shared, and which labs it is in, only at its own screen. */
export type KnownSettings = RemoteSettings & Partial<Pick<Settings, 'sharing' | 'trusts'>>;

/** What can be set from here; the same over HTTP and over the Bridge. Each change tells what holds then; calls that fail throw a Refusal. */
export interface SettingsClient {
  settings(): Promise<KnownSettings>;
  renameStation(name: string): Promise<KnownSettings>;
  addStream(stream: NewStream): Promise<KnownSettings>;
  changeStream(streamId: string, change: StreamChange): Promise<KnownSettings>;
  moveStream(streamId: string, place: number): Promise<KnownSettings>;
  removeStream(streamId: string): Promise<KnownSettings>;
  /** The capture devices of the station's machine. */
  cameras(): Promise<readonly CameraInfo[]>;
  /** Null where nobody can share the station: anywhere but at its own screen. */
  readonly sharing: SharingClient | null;
  /** Null where the station can join no lab: anywhere but at its own screen. */
  readonly labs: LabsClient | null;
}

/** Lets colleagues on the network in with a guest link. */
export interface SharingClient {
  share(wish: GuestWish): Promise<KnownSettings>;
  stopSharing(): Promise<KnownSettings>;
}

/** The labs whose directories send colleagues here. */
export interface LabsClient {
  askLab(wish: LabWish): Promise<ToldKey>;
  joinLab(trust: NewTrust): Promise<KnownSettings>;
  leaveLab(directoryId: string): Promise<KnownSettings>;
}

/** From the kiosk's own screen. */
export function bridgeSettings({ settings: calls, cameras }: Pick<Bridge, 'settings' | 'cameras'>): SettingsClient {
  return {
    settings: async () => unwrap(await calls.settings()),
    renameStation: async (name) => unwrap(await calls.renameStation(name)),
    addStream: async (stream) => unwrap(await calls.addStream(stream)),
    changeStream: async (streamId, change) => unwrap(await calls.changeStream(streamId, change)),
    moveStream: async (streamId, place) => unwrap(await calls.moveStream(streamId, place)),
    removeStream: async (streamId) => unwrap(await calls.removeStream(streamId)),
    cameras: async () => unwrap(await cameras()),
    sharing: {
      share: async (wish) => unwrap(await calls.share(wish)),
      stopSharing: async () => unwrap(await calls.stopSharing()),
    },
    labs: {
      askLab: async (wish) => unwrap(await calls.askLab(wish)),
      joinLab: async (trust) => unwrap(await calls.joinLab(trust)),
      leaveLab: async (directoryId) => unwrap(await calls.leaveLab(directoryId)),
    },
  };
}
