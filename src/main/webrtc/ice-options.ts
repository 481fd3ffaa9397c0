import { parseIceServers, type Address, type IceOptions } from 'werift';
import type { IceServer, Reach } from '../../shared/api.ts';
import { isLoopback } from './candidate.ts';
import { hostAddresses } from './host-addresses.ts';
import type { TcpPorts } from './tcp-ports.ts';
import type { PortRange } from './udp-socket.ts';

/** Where the media of a station's sessions listen. */
export interface MediaPlaces {
  /** The one address of sessions that stay on this machine. */
  readonly loopbackAddress: string;
  /** Names or addresses of the networks for the other sessions; see `hostAddresses`. */
  readonly networks?: readonly string[] | undefined;
  /** Any free ones without it. */
  readonly udpPorts?: PortRange | undefined;
  /** Null where nobody may come over TCP. */
  readonly tcp: TcpPorts | null;
}

/** What one session has to listen on, and whom it asks. */
export interface Gathering {
  /** Looked for anew at each ICE restart, because networks come and go. */
  readonly addresses: () => readonly string[];
  readonly udpPorts: PortRange | undefined;
  readonly tcp: TcpPorts | null;
  readonly stunServer: Address | null;
  /** Empty without a TURN server. */
  readonly turn: Partial<IceOptions>;
}

/** The loopback address that a configured host stands for. */
export function loopbackAddress(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}

/** What a session of that reach has to listen on. A Player's TURN server needs nothing of it: its packets come as any others do. */
export function gatheringFor(reach: Reach, places: MediaPlaces): Omit<Gathering, 'stunServer' | 'turn'> {
  const { udpPorts, tcp } = places;
  // A picture on this very machine must not need a network, so the loopback address is offered to the network's sessions as well.
  const addresses =
    reach === 'network' ? () => [...hostAddresses(places.networks), '127.0.0.1'] : () => [places.loopbackAddress];
  return { addresses, udpPorts, tcp };
}

/**
 * The servers that the station asks for itself: the first STUN server over UDP and, where it offers, the first TURN server. To a
 * Player's offer it answers without a relay: a relay lets in only whom it is told of, and the Player has not said where it is; and
 * whoever can ask the station over HTTP can reach it, if need be over TCP or a relay of its own.
 */
export function serversFor(
  isOfferer: boolean,
  iceServers: readonly IceServer[],
): Pick<Gathering, 'stunServer' | 'turn'> {
  const { stunServer, ...turn } = parseIceServers(
    iceServers.map(({ urls, username, credential }) => ({
      urls: [urls].flat().filter((url) => !url.startsWith('stuns:')),
      ...(username !== undefined && { username }),
      ...(credential !== undefined && { credential }),
    })),
  );
  return { stunServer: stunServer ?? null, turn: isOfferer ? turn : {} };
}

/** Whether a socket on that address can send to a server at all: from loopback no packet leaves the machine. */
export function reaches(address: string, server: string): boolean {
  return !isLoopback(address) || server === 'localhost' || isLoopback(server);
}
