import type { CameraInfo } from '../../shared/api.ts';
import type { RemoteSettings } from '../../shared/settings.ts';
import type { AccessPass } from './access-pass.ts';
import { httpAsker, readAnswer as read } from './http-asker.ts';
import type { SettingsClient } from './settings-client.ts';

/** From a browser, whose user needs the rights `change_settings` and, for the list of cameras, `set_up`. */
export function httpSettings(baseUrl: URL, pass: Pick<AccessPass, 'fetch'>): SettingsClient {
  const ask = httpAsker(baseUrl, pass);
  const streamAt = (streamId: string): string => `api/settings/streams/${encodeURIComponent(streamId)}`;
  return {
    settings: () => read<RemoteSettings>(ask('GET', 'api/settings')),
    renameStation: (stationName) => read<RemoteSettings>(ask('PATCH', 'api/settings', { stationName })),
    addStream: (stream) => read<RemoteSettings>(ask('POST', 'api/settings/streams', stream)),
    changeStream: (streamId, change) => read<RemoteSettings>(ask('PATCH', streamAt(streamId), change)),
    moveStream: (streamId, place) => read<RemoteSettings>(ask('PUT', `${streamAt(streamId)}/place`, { place })),
    removeStream: (streamId) => read<RemoteSettings>(ask('DELETE', streamAt(streamId))),
    cameras: () => read<readonly CameraInfo[]>(ask('GET', 'api/cameras')),
    sharing: null,
    labs: null,
  };
}
