import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { hostAddresses } from '../../src/main/webrtc/host-addresses.ts';

const ends = { netmask: '', mac: '', cidr: null, internal: false } as const;
const ipv4 = (address: string): NetworkInterfaceInfo => ({ ...ends, address, family: 'IPv4' });
const ipv6 = (address: string): NetworkInterfaceInfo => ({ ...ends, address, family: 'IPv6', scopeid: 0 });

const laboratory = {
  lo: [{ ...ipv4('127.0.0.1'), internal: true }],
  eth0: [ipv4('192.0.2.7'), ipv6('2001:db8::7'), ipv6('fe80::7')],
  wlan0: [ipv4('198.51.100.7'), ipv4('169.254.1.1')],
  tun0: [ipv4('10.8.0.2')],
  docker0: [ipv4('172.17.0.1')],
  'br-0123456789ab': [ipv4('172.18.0.1')],
  br0: [ipv4('203.0.113.7')],
};

describe('the addresses that others on the network are told', () => {
  test('are those of every network, VPNs among them, but not those for one cable, one machine or its containers', () => {
    expect(hostAddresses(undefined, laboratory)).toEqual([
      '192.0.2.7',
      '2001:db8::7',
      '198.51.100.7',
      '10.8.0.2',
      '203.0.113.7',
    ]);
  });

  test.each([
    ['a network by its name', ['wlan0'], ['198.51.100.7']],
    ['an address', ['2001:db8::7'], ['2001:db8::7']],
    ['several', ['tun0', '192.0.2.7'], ['192.0.2.7', '10.8.0.2']],
    ['a bridge, which is left out otherwise', ['docker0'], ['172.17.0.1']],
    ['what is not there', ['eth7'], []],
    ['loopback, which is no network', ['lo'], []],
  ])('can be chosen by %s', (_, networks, addresses) => {
    expect(hostAddresses(networks, laboratory)).toEqual(addresses);
  });

  test('are not more than an answer can hold', () => {
    const many = Array.from({ length: 100 }, (_, number) => ipv4(`192.0.2.${number}`));
    expect(hostAddresses(undefined, { eth0: many })).toHaveLength(16);
  });
});
