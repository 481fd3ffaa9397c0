import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import type { Logger } from 'pino';
import { UdpTransport, type StunProtocol } from 'werift';
import { StationError } from '../../shared/errors.ts';
import { method } from './intercept.ts';

/** The first and the last one. */
export type PortRange = readonly [number, number];

/**
 * Opens a UDP socket on one address. werift's own way to it binds to all addresses, and throws where nobody can catch it if somebody
 * else takes the port meanwhile.
 * @throws StationError `station_full` where each port of the range is taken, or the system's error.
 */
export async function openUdp(
  protocol: StunProtocol,
  address: string,
  ports: PortRange | undefined,
  log: Logger,
): Promise<void> {
  const transport: unknown = Reflect.construct(UdpTransport, [isIPv4(address) ? 'udp4' : 'udp6']);
  if (!(transport instanceof UdpTransport)) throw new Error('werift has changed: its UDP socket is another thing');
  // Node ends the program over an error that nobody listens to.
  transport.socket.on('error', (error) => log.debug({ err: error }, 'a media socket has a fault'));
  try {
    await bind(transport, address, ports);
  } catch (error) {
    await transport.close();
    throw error;
  }
  const receive = method(protocol, 'datagramReceived');
  transport.onData = (datagram, from) => void receive(datagram, from);
  protocol.transport = transport;
  protocol.localIp = address;
}

async function bind({ socket }: UdpTransport, address: string, ports: PortRange = [0, 0]): Promise<void> {
  const [first, last] = ports;
  const count = last - first + 1;
  // Whoever begins anywhere seldom meets another who looks for one.
  const start = randomInt(count);
  for (let step = 0; step < count; step++) {
    try {
      const listening = once(socket, 'listening');
      socket.bind({ address, port: first + ((start + step) % count), exclusive: true });
      return void (await listening);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  throw new StationError(
    'station_full',
    `No UDP port from ${first} to ${last} is free for another viewer. Widen media.udpPorts in station.json.`,
    5_000,
  );
}

/** Another socket has the port, or the system keeps it for itself. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
}
