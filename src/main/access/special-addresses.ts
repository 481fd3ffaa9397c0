import { BlockList } from 'node:net';

/**
 * What answers differently depending on who asks (IANA special-purpose address registries), so that nobody elsewhere may name it.
 * @param more Further addresses of that kind, such as this machine's own.
 */
export function specialAddresses(more: readonly string[] = []): BlockList {
  const refused = new BlockList();
  const networks = [
    ['0.0.0.0', 8], // this host
    ['127.0.0.0', 8], // loopback
    ['169.254.0.0', 16], // link-local, where clouds have their metadata
    ['224.0.0.0', 4], // multicast
    ['240.0.0.0', 4], // reserved, broadcast
    ['::', 96], // unspecified, loopback, and IPv4 in its oldest clothes
    ['64:ff9b::', 96], // IPv4 behind a translator (RFC 6052)
    ['2001::', 32], // Teredo, which has an IPv4 address in it
    ['2002::', 16], // 6to4, the same
    ['fe80::', 10], // link-local
    ['fec0::', 10], // link-local of old
    ['ff00::', 8], // multicast
    ['fd00:ec2::254', 128], // metadata of a cloud
  ] as const;
  for (const [address, prefix] of networks) refused.addSubnet(address, prefix, familyOf(address));
  for (const address of more) refused.addAddress(withoutZone(address), familyOf(address));
  return refused;
}

/** IPv4 addresses in the notation of IPv6 are judged as what they are; the list does that by itself. */
export function isIn(list: BlockList, address: string): boolean {
  return list.check(withoutZone(address), familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
