import dns from 'node:dns';
import { createSocket, Socket } from 'node:dgram';
import { syncBuiltinESMExports } from 'node:module';
import { isIP } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WeriftPlayer } from '../support/werift-player.ts';
import { slowTurnServer } from './slow-servers.ts';
import { connect, connectOffered, picture, watch, type Session } from './session.ts';

/** Notes every name that is looked up, and every address that a datagram goes to. */
function watchTheNetwork() {
  const lookup = vi.spyOn(dns, 'lookup');
  const send = vi.spyOn(Socket.prototype, 'send');
  syncBuiltinESMExports();
  onTestFinished(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });
  return {
    names: () => lookup.mock.calls.map(([name]) => String(name)).filter((name) => isIP(name) === 0),
    addresses: () => new Set(send.mock.calls.map((call) => (call as unknown[])[2])),
  };
}

const ufrag = (sdp: string) => /a=ice-ufrag:(\S+)/.exec(sdp)?.[1];
const password = (sdp: string) => /a=ice-pwd:(\S+)/.exec(sdp)?.[1];

/** The Player's side of an ICE restart: a new offer, of which only this fragment is sent (RFC 9725 §4.3.3). */
async function restartFragment({ player }: Session): Promise<string> {
  await player.pc.setLocalDescription(await player.pc.createOffer({ iceRestart: true }));
  const { sdp } = player.pc.localDescription!;
  return sdp
    .split('\r\n')
    .filter((line) => /^(a=ice-ufrag|a=ice-pwd|m=|a=mid|a=candidate)/.test(line))
    .concat('')
    .join('\r\n');
}

async function finishRestart({ player, answerSdp }: Session, fragment: string): Promise<void> {
  const answer = answerSdp
    .replace(/a=ice-ufrag:\S+/, `a=ice-ufrag:${ufrag(fragment)}`)
    .replace(/a=ice-pwd:\S+/, `a=ice-pwd:${password(fragment)}`);
  await player.accept(answer);
  // werift leaves the checks after a restart to the other side; browsers, which lead, begin them.
  await player.pc.iceTransports[0]!.start();
}

async function expectPictures(session: Session): Promise<void> {
  const before = session.player.pictures.length;
  await vi.waitFor(() => {
    session.viewer.write(picture(before + 1, { isKeyframe: true }));
    expect(session.player.pictures.length).toBeGreaterThan(before + 2);
  });
}

describe('a station without ICE servers', () => {
  test('asks no server for its address and looks up no name', async () => {
    const network = watchTheNetwork();
    const session = await connect();
    await expectPictures(session);
    expect(network.names()).toEqual([]);
    expect([...network.addresses()]).toEqual(['127.0.0.1']);
  });

  test('sends nothing to where a Player’s candidates point', async () => {
    const player = new WeriftPlayer();
    const offer = await player.offer();
    await player.close();
    const hosts = [
      'evil.example',
      'mdns.local',
      '255.255.255.255',
      '239.1.2.3',
      '0.0.0.0',
      '192.0.2.7',
      '::1',
      'ff02::1',
    ];
    const lines = hosts.map((host, index) => `a=candidate:${index} 1 udp 1 ${host} 5000 typ host`);
    const network = watchTheNetwork();
    const poisoned = offer.replace(/a=candidate.*\r\n/g, '') + [...lines, ''].join('\r\n');
    const { viewer, gone } = await watch(poisoned, { connectTimeoutMs: 500 });
    await viewer.updateIce(`a=ice-ufrag:${ufrag(offer)}\r\na=ice-pwd:${password(offer)}\r\n${lines.join('\r\n')}\r\n`);
    for (const line of lines) await viewer.addIceCandidate({ candidate: line.slice(2), sdpMid: '0' });
    expect(await gone).toBe('connect_timeout');
    expect(network.names()).toEqual([]);
    expect([...network.addresses()]).toEqual([]);
  });

  test('listens on loopback only, where its HTTP door does', async () => {
    const { answerSdp } = await connect();
    const hosts = [...answerSdp.matchAll(/a=candidate:\S+ 1 udp \d+ (\S+) /g)].map(([, host]) => host);
    expect(hosts).toEqual(['127.0.0.1']);
  });

  test('names loopback beside its other addresses, where it listens on all', async () => {
    const player = new WeriftPlayer();
    onTestFinished(() => player.close());
    const { answerSdp } = await watch(await player.offer(), { reach: 'network' });
    expect(answerSdp).toMatch(/ 127\.0\.0\.1 \d+ typ host/);
  });
});

test('a station with a STUN server tells the address that the server sees', async () => {
  const server = createSocket('udp4');
  onTestFinished(() => void server.close());
  server.on('message', (request, from) => {
    // Success with XOR-MAPPED-ADDRESS 192.0.2.99:4242 (RFC 8489 §14.2).
    const head = Buffer.from([0x01, 0x01, 0, 12]);
    const mapped = Buffer.from([0, 0x20, 0, 8, 0, 1, 0x21 ^ 0x10, 0x12 ^ 0x92, 0x21 ^ 192, 0x12, 0xa4 ^ 2, 0x42 ^ 99]);
    server.send(Buffer.concat([head, request.subarray(4, 20), mapped]), from.port, from.address);
  });
  await new Promise<void>((bound) => server.bind(0, '127.0.0.1', bound));
  const player = new WeriftPlayer();
  onTestFinished(() => player.close());
  const iceServers = [{ urls: `stun:127.0.0.1:${server.address().port}` }];
  const { answerSdp } = await watch(await player.offer(), { iceServers });
  expect(answerSdp).toMatch(/ 192\.0\.2\.99 4242 typ srflx raddr 127\.0\.0\.1 /);
});

test('a session that stays on this machine asks no server beyond it', async () => {
  const network = watchTheNetwork();
  const iceServers = [{ urls: 'stun:192.0.2.1' }, { urls: 'stun:stun.example' }];
  const session = await connect({}, { iceServers });
  await expectPictures(session);
  expect(network.names()).toEqual([]);
  expect([...network.addresses()]).toEqual(['127.0.0.1']);
});

test('a Player that offers is answered without a relay, which would not let it in', async () => {
  const turn = await slowTurnServer();
  const player = new WeriftPlayer();
  onTestFinished(() => player.close());
  const { answerSdp } = await watch(await player.offer(), { iceServers: [turn.iceServer] });
  expect(answerSdp).toContain('a=end-of-candidates');
  expect(turn.waiting).toEqual([]);
});

describe('a Player', () => {
  test('connects by its own checks where the station can use none of its candidates', async () => {
    const player = new WeriftPlayer();
    onTestFinished(() => player.close());
    const offer = (await player.offer()).replace(/a=candidate.*\r\n/g, '');
    const watching = await watch(offer);
    await player.accept(watching.answerSdp);
    await Promise.all([watching.connected, player.connected]);
    await expectPictures({ ...watching, player });
  });

  test('may trickle with the ETag it knows, with any, and with none, but not with an old one', async () => {
    const { viewer, player } = await connect();
    const { sdp } = player.pc.localDescription!;
    const fragment = `a=ice-ufrag:${ufrag(sdp)}\r\na=ice-pwd:${password(sdp)}\r\na=candidate:1 1 udp 1 127.0.0.1 5000 typ host\r\n`;
    for (const tag of [viewer.iceTag, '*', undefined]) expect(await viewer.updateIce(fragment, tag)).toBeNull();
    await expect(viewer.updateIce(fragment, 'old')).rejects.toMatchObject({ reason: 'stale_session' });
  });

  test.each([
    ['nothing', ''],
    ['rubbish', 'rubbish'],
    ['a password alone', `a=ice-pwd:${'x'.repeat(22)}\r\n`],
    ['a short password', 'a=ice-ufrag:abcd\r\na=ice-pwd:short\r\n'],
    ['too many candidates', 'a=candidate:1 1 udp 1 127.0.0.1 5000 typ host\r\n'.repeat(201)],
  ])('is told that its fragment is no use where it holds %s, and goes on watching', async (_, fragment) => {
    const session = await connect();
    await expect(session.viewer.updateIce(fragment)).rejects.toMatchObject({ reason: 'bad_candidate' });
    await expectPictures(session);
  });
});

describe.each([
  ['that the Player opened', connect],
  ['that the station opened', connectOffered],
])('an ICE restart in a session %s', (_, connect) => {
  test('gives new credentials and a new tag, and pictures keep flowing before, during and after it', async () => {
    const session = await connect();
    await expectPictures(session);
    const oldTag = session.viewer.iceTag;
    const restart = await session.viewer.updateIce(await restartFragment(session), '*');
    expect(restart?.iceTag).toBe(session.viewer.iceTag);
    expect(session.viewer.iceTag).not.toBe(oldTag);
    expect(ufrag(restart!.sdpFragment)).not.toBe(ufrag(session.answerSdp));
    expect(restart!.sdpFragment).toMatch(/a=candidate:.*\r\na=end-of-candidates\r\n$/);
    await expectPictures(session);
    await finishRestart(session, restart!.sdpFragment);
    await vi.waitFor(() => expect(session.player.pc.iceTransports[0]!.connection.nominated).toBeDefined());
    await expectPictures(session);
  });

  test('that the Player never finishes does not end its pictures', async () => {
    const session = await connect();
    await expectPictures(session);
    const fragment = `a=ice-ufrag:newname\r\na=ice-pwd:${'x'.repeat(22)}\r\n`;
    expect(await session.viewer.updateIce(fragment, '*')).not.toBeNull();
    await expectPictures(session);
    expect(session.ends).toEqual([]);
  });

  test('can be done twice', async () => {
    const session = await connect();
    for (const tag of ['*', undefined]) {
      const restart = await session.viewer.updateIce(await restartFragment(session), tag);
      await finishRestart(session, restart!.sdpFragment);
      await vi.waitFor(() => expect(session.player.pc.iceTransports[0]!.connection.nominated).toBeDefined());
      await expectPictures(session);
    }
  });

  test('is refused where the Player does not know the newest state of the session', async () => {
    const session = await connect();
    const fragment = `a=ice-ufrag:newname\r\na=ice-pwd:${'x'.repeat(22)}\r\n`;
    await expect(session.viewer.updateIce(fragment, 'old')).rejects.toMatchObject({ reason: 'stale_session' });
    await expectPictures(session);
  });
});
