import { isIP } from 'node:net';
import { parseIceServers, type IceOptions } from 'werift';
import type { IceServer, Reach } from '../../shared/api.ts';

/** The loopback address that a configured host stands for. */
export function loopbackAddress(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}

/**
 * How werift finds its own candidates: on the addresses that are within reach, with the help of the servers given.
 * @param address The one address of a session that stays on this machine.
 */
export function iceOptions(reach: Reach, address: string, iceServers: readonly IceServer[]): Partial<IceOptions> {
  // Nobody shall wait long for a picture on the lab's own network because a server outside can't be reached.
  const servers = { ...parsedServers(iceServers), stunGatherTimeout: 1 };
  if (reach === 'network') {
    // A picture on this very machine must not need a network, so the loopback address is offered as well.
    return { ...servers, useIpv4: true, useIpv6: true, additionalHostAddresses: ['127.0.0.1'] };
  }
  return {
    ...servers,
    useIpv4: false,
    useIpv6: false,
    additionalHostAddresses: [address],
    interfaceAddresses: isIP(address) === 6 ? { udp6: address } : { udp4: address },
  };
}

function parsedServers(iceServers: readonly IceServer[]): ReturnType<typeof parseIceServers> {
  return parseIceServers(
    iceServers.map(({ urls, username, credential }) => ({
      urls: typeof urls === 'string' ? urls : [...urls],
      ...(username !== undefined && { username }),
      ...(credential !== undefined && { credential }),
    })),
  );
}
