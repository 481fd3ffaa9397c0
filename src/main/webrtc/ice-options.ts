import { isIP } from 'node:net';
import { parseIceServers, type IceOptions } from 'werift';
import type { IceServer } from '../../shared/api.ts';
import type { Reach } from './candidate.ts';

/** The address that the station listens on, as its media sockets need it. */
export interface ListenAddress {
  readonly reach: Reach;
  /** The one address to listen on, or null for all of the machine. */
  readonly address: string | null;
}

/** Reads a host that the station listens on; names other than localhost stand for the whole machine. */
export function listenAddress(host: string): ListenAddress {
  if (host === 'localhost') return { reach: 'loopback', address: '127.0.0.1' };
  if (isIP(host) === 0 || host === '0.0.0.0' || host === '::') return { reach: 'network', address: null };
  return { reach: host === '::1' || host.startsWith('127.') ? 'loopback' : 'network', address: host };
}

/** How werift finds its own candidates: on the addresses that the station listens on, with the help of the servers given. */
export function iceOptions(listen: ListenAddress, iceServers: readonly IceServer[]): Partial<IceOptions> {
  // Nobody shall wait long for a picture on the lab's own network because a server outside can't be reached.
  const servers = { ...parsedServers(iceServers), stunGatherTimeout: 1 };
  const { address } = listen;
  if (address === null) {
    // The kiosk's own picture must not need a network, so the loopback address is offered as well.
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
