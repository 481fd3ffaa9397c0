import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { networkHosts } from '../../src/main/access/addresses.ts';

function address(text: string, internal = false): NetworkInterfaceInfo {
  const rest = { address: text, mac: '02:00:00:00:00:01', netmask: '', internal, cidr: null };
  return text.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
}

test('The lab’s own network comes before bridges and tunnels, and IPv4 before IPv6', () => {
  const hosts = networkHosts({
    lo: [address('127.0.0.1', true), address('::1', true)],
    docker0: [address('172.17.0.1')],
    tailscale0: [address('100.64.0.7')],
    eth0: [address('2001:db8::7'), address('192.168.4.20')],
    'vEthernet (WSL)': [address('172.30.0.1')],
    wlp3s0: [address('10.1.2.3')],
  });
  expect(hosts).toEqual(['192.168.4.20', '10.1.2.3', '[2001:db8::7]', '172.17.0.1', '100.64.0.7', '172.30.0.1']);
});

test('Addresses that hold for one cable only are left out, and so is the machine’s own', () => {
  const interfaces = { lo: [address('127.0.0.1', true)], eth0: [address('fe80::1'), address('169.254.3.4')] };
  expect(networkHosts(interfaces)).toEqual([]);
});

test('An address that several interfaces have is named once', () => {
  expect(networkHosts({ eth0: [address('10.0.0.1')], eth1: [address('10.0.0.1')] })).toEqual(['10.0.0.1']);
});
