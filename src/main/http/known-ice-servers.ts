import type { IceServer } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';

/**
 * The servers that a caller wants for its session. Over HTTP it may only choose from those that the station is configured with:
 * with others, strangers could make it look up names and send packets where they like. Names and passwords are always the
 * station's, because those that the caller was given may have ended.
 * @throws StationError `bad_ice_server`.
 */
export function knownIceServers(wanted: readonly IceServer[], configured: readonly IceServer[]): IceServer[] {
  return wanted.map(({ urls }) => {
    const known = configured.find((server) => [urls].flat().every((url) => [server.urls].flat().includes(url)));
    if (!known) throw StationError.badIceServer('choose from those that /webrtc/config names');
    return { ...known, urls };
  });
}
