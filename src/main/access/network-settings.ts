import type { RemoteSettings, RemoteSettingsApi, Settings, SettingsApi } from '../../shared/settings.ts';
import { allowedSource, type KnownPlaces } from './network-source.ts';

/**
 * The settings as callers from the network meet them. The guest key never leaves the kiosk, and of Sources they may set less than
 * whoever stands in front of the station.
 */
export function networkSettings(settings: SettingsApi, known: KnownPlaces): RemoteSettingsApi {
  return {
    settings: () => told(settings.settings()),
    renameStation: async (name) => told(await settings.renameStation(name)),
    addStream: async ({ source, ...stream }) =>
      told(await settings.addStream({ ...stream, source: await allowedSource(source, known) })),
    changeStream: async (streamId, change) => told(await settings.changeStream(streamId, change)),
    moveStream: async (streamId, place) => told(await settings.moveStream(streamId, place)),
    removeStream: async (streamId) => told(await settings.removeStream(streamId)),
  };
}

function told({ stationName, streams, fixedBy }: Settings): RemoteSettings {
  return { stationName, streams, fixedBy };
}
