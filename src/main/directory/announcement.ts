import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { openMulticast, serviceType } from './multicast.ts';

/** The longest text of a record (RFC 6763 §6.1), less the key. */
const maxTextBytes = 200;
/** The longest label of a name (RFC 1035 §2.3.4). */
const maxLabelBytes = 63;

export interface Announced {
  readonly name: string;
  readonly scheme: 'http' | 'https';
  readonly port: number;
}

/**
 * Says on networks of the machine that the station is there, until the returned function is called.
 * @param addresses The machine's own on those networks, IPv4.
 */
export function announce({ name, scheme, port }: Announced, addresses: readonly string[], log: Logger): () => void {
  const ends = addresses.map((address) => {
    const multicast = openMulticast(address, log);
    multicast.publish({
      // Two stations on two machines can have the same name, but not this; so nobody need be asked whether it is free.
      name: cut(`${hostname()} ${port}`, maxLabelBytes),
      probe: false,
      type: serviceType,
      port,
      host: `${cut(hostname().split('.', 1).join(), maxLabelBytes)}.local`,
      txt: { name: cut(name, maxTextBytes), scheme },
    });
    // Everybody is told that it has gone, before nothing is told any more.
    return () => multicast.unpublishAll(() => multicast.destroy());
  });
  return () => {
    for (const end of ends.splice(0)) end();
  };
}

/** The beginning of a text, in whole characters. */
function cut(text: string, maxBytes: number): string {
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, maxBytes)).replace(/\uFFFD+$/, '');
}
