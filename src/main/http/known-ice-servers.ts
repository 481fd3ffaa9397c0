import * as v from 'valibot';
import type { IceServer } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import { iceServersSchema } from '../../shared/ice-server.ts';

/**
 * Reads the servers that a caller wants for its session. Over HTTP it may only choose from those that the station is configured
 * with: with others, strangers could make it look up names and send packets where they like.
 * @throws StationError `bad_ice_server`.
 */
export function knownIceServers(wanted: unknown, configured: readonly IceServer[]): IceServer[] {
  const { success, output } = v.safeParse(iceServersSchema, wanted);
  if (!success) throw StationError.badIceServer('"iceServers" must be a list as RTCPeerConnection takes it');
  if (!output.every((server) => configured.some((known) => isPartOf(server, known)))) {
    throw StationError.badIceServer('choose from those that /webrtc/config names');
  }
  return output;
}

function isPartOf({ urls, username, credential }: IceServer, known: IceServer): boolean {
  const knownUrls = [known.urls].flat();
  return (
    [urls].flat().every((url) => knownUrls.includes(url)) &&
    username === known.username &&
    credential === known.credential
  );
}
