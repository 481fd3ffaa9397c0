import { describe, expect, test } from 'vitest';
import { statsSample, tellingEntries, type StatsSample } from '../../../src/renderer/station/stats-sample.ts';
import type { PlayerReport } from '../../../src/renderer/station/player-report.ts';
import { reportOf, statsAfter } from '../telemetry-samples.ts';

const sample = (report: PlayerReport): StatsSample => statsSample(1_000, report, { cameraFps: 30, skippedFrames: 0 });
const changed = (id: string, overrides: object): Map<string, object> => {
  const stats = statsAfter(1);
  return stats.set(id, { ...stats.get(id), ...overrides });
};

describe('A sample', () => {
  test('reads the video and leaves other media out', () => {
    expect(sample(reportOf(statsAfter(2)))).toMatchObject({
      packetsReceived: 200,
      packetsLost: 0,
      decodeMs: 40,
      roundTripMs: 4,
      codec: 'video/H264',
      dtls: 'connected',
    });
  });

  test('leaves open what the browser does not tell', () => {
    expect(sample(reportOf(new Map()))).toMatchObject({
      packetsReceived: null,
      packetsLost: null,
      roundTripMs: null,
      path: null,
      codec: null,
      dtls: null,
    });
  });

  test.each([
    ['direct', 'udp', 'IPv4', 'remote', {}],
    ['direct', 'udp', 'IPv6', 'remote', { address: '2001:db8::20' }],
    ['direct', 'udp', null, 'remote', { address: 'a3c1.local' }],
    ['direct', 'tcp', 'IPv4', 'local', { protocol: 'tcp' }],
    ['relayed', 'tls', 'IPv4', 'local', { candidateType: 'relay', relayProtocol: 'tls' }],
    ['relayed', 'udp', 'IPv4', 'remote', { candidateType: 'relay' }],
  ])('tells a path that is %s over %s with %s', (way, protocol, addresses, id, overrides) => {
    expect(sample(reportOf(changed(id, overrides))).path).toMatchObject({ way, protocol, addresses });
  });

  test('tells of an address that a router gives, and how this device is on the network, where the browser says so', () => {
    const nat = changed('local', { candidateType: 'srflx', networkType: 'wifi' });
    expect(sample(reportOf(nat)).path).toMatchObject({ way: 'direct', isThroughNat: true, network: 'wifi' });
    const unknown = changed('local', { networkType: 'unknown' });
    expect(sample(reportOf(unknown)).path).toMatchObject({ isThroughNat: false, network: null });
  });

  test('tells with which addresses both sides looked for a path, before there is one', () => {
    const stats = statsAfter(0);
    stats.delete('pair');
    stats.set('transport', { id: 'transport', type: 'transport' });
    stats.set('remote', {
      id: 'remote',
      type: 'remote-candidate',
      candidateType: 'host',
      protocol: 'udp',
      port: 50_123,
    });
    stats.set('turn', { id: 'turn', type: 'local-candidate', candidateType: 'relay', protocol: 'udp' });
    expect(sample(reportOf(stats))).toMatchObject({
      path: null,
      tried: { own: ['host', 'relay'], station: ['host'], stationUdpPort: 50_123 },
    });
  });

  test('says how DTLS protects it', () => {
    const dtls = { tlsVersion: 'FEFD', dtlsCipher: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', dtlsRole: 'client' };
    expect(sample(reportOf(changed('transport', dtls))).dtlsDetails).toBe(
      'DTLS 1.2 · TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 · client',
    );
    expect(sample(reportOf(statsAfter(1))).dtlsDetails).toBeNull();
  });

  test('finds the pair by its nomination where the transport names none', () => {
    const stats = changed('pair', { nominated: true, state: 'succeeded' });
    stats.set('transport', { id: 'transport', type: 'transport' });
    expect(sample(reportOf(stats)).roundTripMs).toBe(4);
  });

  test('tells no round trip of a link that is interrupted', () => {
    const report = reportOf(statsAfter(1));
    const peer = { ...report.peer, connection: 'disconnected' } as const;
    expect(sample({ ...report, peer }).roundTripMs).toBeNull();
  });

  test('counts freezes as the browser does, or else as this page saw them, and one that lasts at once', () => {
    const freezes = { count: 3, durationMs: 900, ongoingMs: 0 };
    const own = { ...reportOf(statsAfter(1)), freezes };
    expect(sample(own)).toMatchObject({ freezes: 3, freezesMs: 900 });
    const theirs = reportOf(statsAfter(1, { freezeCount: 1, totalFreezesDuration: 0.25 }));
    expect(sample({ ...theirs, freezes })).toMatchObject({ freezes: 1, freezesMs: 250 });
    const lasting = { ...theirs, freezes: { ...freezes, ongoingMs: 600 } };
    expect(sample(lasting)).toMatchObject({ freezes: 2, freezesMs: 850 });
  });

  test('comes with the entries that it was read from, and no others', () => {
    const types = tellingEntries(reportOf(statsAfter(1)).peer).map(({ id }) => id);
    expect(types).toEqual(['in', 'pair', 'local', 'remote', 'transport', 'codec']);
  });
});
