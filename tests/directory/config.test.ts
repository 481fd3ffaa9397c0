import { describe, expect, test } from 'vitest';
import { labAddresses } from '../../src/main/access/addresses.ts';
import { checkConfig } from '../../src/main/config.ts';

const publicKey = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) };
const trust = { name: 'Lab', url: 'https://192.0.2.1:8081', publicKey, station: 'bench' };
const problemsOf = (config: object): string => {
  const checked = checkConfig('station.json', JSON.stringify(config));
  return 'problems' in checked ? checked.problems.join('\n') : '';
};

describe('The configuration of a lab', () => {
  test('makes a station a directory, or has it trust one', () => {
    expect(problemsOf({ directory: { timeZone: 'Europe/Berlin' }, trusts: [trust] })).toBe('');
    // As the directory tells it.
    expect(
      problemsOf({ trusts: [{ ...trust, publicKey: { ...publicKey, kid: 'k', alg: 'EdDSA', use: 'sig' } }] }),
    ).toBe('');
  });

  test.each<[string, object]>([
    ['directory.timeZone', { directory: { timeZone: 'Mars/Olympus' } }],
    ['trusts[0].url', { trusts: [{ ...trust, url: 'https://192.0.2.1:8081/page' }] }],
    ['trusts[0].publicKey.crv', { trusts: [{ ...trust, publicKey: { ...publicKey, crv: 'P-256' } }] }],
    ['trusts[0].publicKey.x', { trusts: [{ ...trust, publicKey: { ...publicKey, x: 'short' } }] }],
    ['trusts[0].publicKey', { trusts: [{ ...trust, publicKey: { ...publicKey, d: 'A'.repeat(43) } }] }],
    ['trusts[0].station', { trusts: [{ ...trust, station: 'Not an id' }] }],
    ['trusts', { trusts: [trust, { ...trust, name: 'Again' }] }],
  ])('is refused at %s where that makes no sense', (place, config) => {
    expect(problemsOf(config)).toContain(place);
  });
});

test('A station announces itself on the lab’s networks that it listens on, once on each, and on no virtual ones', () => {
  const ipv4 = (address: string) =>
    ({ address, family: 'IPv4', internal: address.startsWith('127'), netmask: '', mac: '', cidr: null }) as const;
  const interfaces = {
    lo: [ipv4('127.0.0.1')],
    eth0: [ipv4('192.0.2.2'), ipv4('192.0.2.3')],
    eth1: [ipv4('198.51.100.2')],
    eth2: [ipv4('169.254.7.7')],
    docker0: [ipv4('172.17.0.1')],
  };
  expect(labAddresses('::', interfaces)).toEqual(['192.0.2.2', '198.51.100.2']);
  expect(labAddresses('198.51.100.2', interfaces)).toEqual(['198.51.100.2']);
  expect(labAddresses('2001:db8::2', interfaces)).toEqual([]);
});
