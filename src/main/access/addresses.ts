import { hostname, networkInterfaces } from 'node:os';
import { BlockList, isIP, isIPv4 } from 'node:net';

/** What the system says of its network interfaces (`os.networkInterfaces`). */
type Interfaces = ReturnType<typeof networkInterfaces>;

/** Bridges to containers and virtual machines, and tunnels: a colleague beside the station does not come that way. */
const virtualInterface =
  /^(?:docker|podman|br-|veth|virbr|vmnet|vboxnet|vethernet|lxc|lxd|cni|flannel|tun|tap|utun|wg|zt|tailscale)/i;

/** Hold for one cable only, and can't be written into an address bar (RFC 4291 §2.5.6, RFC 3927). */
const linkLocal = new BlockList();
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');

/**
 * The addresses under which others on the network find this machine, as they stand in URLs: those of the lab's own network before
 * those of virtual ones, IPv4 before IPv6.
 */
export function networkHosts(interfaces: Interfaces = networkInterfaces()): string[] {
  const found = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(
        ({ address, family, internal }) => !internal && !linkLocal.check(address, family === 'IPv6' ? 'ipv6' : 'ipv4'),
      )
      .map(({ address, family }) => ({
        host: hostOf(address),
        isVirtual: virtualInterface.test(name),
        isV6: family === 'IPv6',
      })),
  );
  // Sorting keeps the system's own order among equals.
  found.sort((a, b) => Number(a.isVirtual) - Number(b.isVirtual) || Number(a.isV6) - Number(b.isV6));
  return [...new Set(found.map(({ host }) => host))];
}

/**
 * The machine's own IPv4 addresses on the lab's networks, one for each. @param host Where the station listens: one of them, or all.
 */
export function labAddresses(host: string, interfaces: Interfaces = networkInterfaces()): string[] {
  const listensOnAll = host === '::' || host === '0.0.0.0';
  return Object.entries(interfaces).flatMap(([name, addresses = []]) => {
    if (virtualInterface.test(name)) return [];
    const found = addresses.filter(
      ({ address, family, internal }) =>
        family === 'IPv4' && !internal && !linkLocal.check(address) && (listensOnAll || address === host),
    );
    return found.slice(0, 1).map(({ address }) => address);
  });
}

/** Addresses come and go (a cable, a VPN), but nobody can make the station look for them more often than this. */
const rereadAfterMs = 1_000;

/** Every name under which this machine may be asked for, as it stands in a URL. */
export class MachineNames {
  #names: ReadonlySet<string> = new Set();
  #readAtMs = Number.NEGATIVE_INFINITY;

  has(name: string): boolean {
    if (!this.#names.has(name) && performance.now() - this.#readAtMs >= rereadAfterMs) this.#read();
    return this.#names.has(name);
  }

  #read(): void {
    this.#readAtMs = performance.now();
    const addresses = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
    const ownName = hostname().toLowerCase();
    this.#names = new Set([
      'localhost',
      ownName,
      `${ownName}.local`,
      ...addresses.map(({ address }) => hostOf(address)),
    ]);
  }
}

/** The bytes of an address, in the order of the network: four for IPv4, sixteen for IPv6. A zone (`%eth0`) is left out. */
export function bytesOf(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number);
  // URL brings every way of writing an IPv6 address to one: groups in hexadecimal, and one run of zeros left out.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]/`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [first, last] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const groups = [...first, ...zeros, ...last].map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** What one machine is known by: it can take any IPv6 address of its network (RFC 8981). */
export function networkOf(address: string): string {
  return isIP(address) === 6 ? Buffer.from(bytesOf(address).subarray(0, 8)).toString('hex') : address;
}

function hostOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
