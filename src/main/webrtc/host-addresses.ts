import { BlockList, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** What the system says of its network interfaces (`os.networkInterfaces`). */
type Interfaces = ReturnType<typeof networkInterfaces>;

/** Bridges to containers and virtual machines of this very machine: nobody else comes that way. A VPN is another thing. */
const innerNetwork =
  /^(?:docker\d|podman\d|br-[\da-f]{12}$|veth|virbr|vmnet|vboxnet|lxcbr|lxdbr|cni\d|flannel|vethernet \((?:default|wsl))/i;

/** Hold for one cable only, and need its name beside them (RFC 4291 §2.5.6, RFC 3927). */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');

/** Each is a socket and a line in every answer. */
const maxAddresses = 16;

/**
 * The addresses of this machine that others on the network may be told, in the system's own order.
 * @param networks Names of interfaces or addresses to choose from; all but the inner ones without it.
 */
export function hostAddresses(
  networks?: readonly string[],
  interfaces: Interfaces = networkInterfaces(),
): readonly string[] {
  const found = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ address, internal }) => !internal && !linkLocal.check(address, isIPv4(address) ? 'ipv4' : 'ipv6'))
      .filter(({ address }) =>
        networks ? networks.includes(name) || networks.includes(address) : !innerNetwork.test(name),
      )
      .map(({ address }) => address),
  );
  return [...new Set(found)].slice(0, maxAddresses);
}
