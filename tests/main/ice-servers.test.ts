import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/main/config.ts';
import { iceServersAt } from '../../src/main/ice-servers.ts';

const noonMs = Date.UTC(2026, 10, 21, 12);

describe('ICE servers', () => {
  test('with a password of their own are told as they are', () => {
    const servers = [{ urls: ['turn:t.example'], username: 'lab', credential: 'p' }, { urls: 'stun:s.example' }];
    expect(iceServersAt(servers, noonMs)).toEqual(servers);
  });

  test('with a secret get a name that ends and a password that proves it, and the secret stays here', () => {
    const [server] = iceServersAt([{ urls: 'turn:t.example', secret: 'north', username: 'bench', ttlS: 600 }], noonMs);
    const username = `${noonMs / 1000 + 600}:bench`;
    const credential = createHmac('sha1', 'north').update(username).digest('base64');
    expect(server).toEqual({ urls: 'turn:t.example', username, credential });
  });

  test('give everybody who asks later a later end; a day unless told', () => {
    const names = [noonMs, noonMs + 1_000].map(
      (timeMs) => iceServersAt([{ urls: 'turn:t.example', secret: 'north' }], timeMs)[0]?.username,
    );
    expect(names).toEqual([`${noonMs / 1000 + 86_400}`, `${noonMs / 1000 + 86_401}`]);
  });
});

describe('the configuration of ways through firewalls', () => {
  test.each([
    '[{"urls": "stun:s.example:3478"}]',
    '[{"urls": "stun:[2001:db8::1]:3478"}]',
    '[{"urls": ["turn:t.example", "turn:t.example?transport=tcp", "turns:192.0.2.1:443?transport=tcp"], "secret": "s"}]',
    '[{"urls": "turn:t.example", "secret": "s", "ttlS": 600}]',
    '[{"urls": "turn:t.example", "username": "u", "credential": "c"}]',
  ])('takes the servers %s', (servers) => {
    expect(parseConfig('station.json', `{"iceServers": ${servers}}`).notices).toEqual([]);
  });

  test.each([
    ['"iceServers": [{"urls": "turn:t.example"}]', 'iceServers[0]: must have "username" and "credential", or "secret"'],
    ['"iceServers": [{"urls": "stun:s.example?transport=tcp"}]', 'must look like stun:host:port'],
    ['"iceServers": [{"urls": "turn:2001:db8::1"}]', 'must look like stun:host:port'],
    ['"iceServers": [{"urls": "turn:t", "secret": "s", "credential": "c"}]', 'must have either'],
    ['"iceServers": [{"urls": "stun:t", "ttlS": 600}]', 'has "ttlS", which goes with "secret" only'],
    ['"iceServers": [{"urls": "turn:t", "secret": "s", "ttlS": 1}]', 'iceServers[0].ttlS: must be at least 300'],
    ['"media": {"udpPorts": [50000]}', 'media.udpPorts'],
    ['"media": {"udpPorts": [50010, 50000]}', 'media.udpPorts: must begin with the lower port'],
    ['"media": {"udpPorts": [80, 90]}', 'media.udpPorts[0]: must be at least 1024'],
    ['"media": {"tcpPort": true}', 'media.tcpPort: must be a port from 1024 up, or false'],
    ['"media": {"networks": []}', 'media.networks: must name a network'],
  ])('explains what is wrong with %s', (line, complaint) => {
    expect(parseConfig('station.json', `{${line}}`).notices[0]?.detail).toContain(complaint);
  });
});
