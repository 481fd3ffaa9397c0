import { createSocket } from 'node:dgram';
import {
  createSelfSignedCertificate,
  HashAlgorithm,
  RTCIceGatherer,
  RTCIceTransport,
  SignatureAlgorithm,
} from 'werift';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { assertGuarded, DatagramGuard, guardConnection, type Guarded } from '../../src/main/webrtc/guards.ts';
import { isAuthenticCheck, stunClass } from '../../src/main/webrtc/stun.ts';
import { dtlsRecord, WeriftPlayer } from '../support/werift-player.ts';
import { connect, connectOffered, offer, picture, stationPort, watch, type Session } from './session.ts';

/** RFC 5769 §2.1, the sample request. */
const sampleCheck = Buffer.from(
  '000100582112a442b7e7a701bc34d686fa87dfae' +
    '802200105354554e207465737420636c69656e74' +
    '002400046e0001ff80290008932ff9b151263b36' +
    '000600096576746a3a68367659202020' +
    '000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf',
  'hex',
);
const samplePassword = 'VOkJxbRl1RmTxUk/WvJxBt';

/** A binding request with the attributes that werift acts on, signed by nobody (RFC 8489 §5). */
function unsignedCheck(ufrag: string): Buffer {
  const username = Buffer.from(`${ufrag}:evil`.padEnd(12, 'x'));
  const body = Buffer.concat([
    Buffer.from([0, 0x06, 0, username.length]),
    username,
    Buffer.from([0, 0x24, 0, 4, 0x7f, 0xff, 0xff, 0xff]),
    Buffer.from([0, 0x25, 0, 0]),
    Buffer.from([0x80, 0x2a, 0, 8, 255, 255, 255, 255, 255, 255, 255, 255]),
  ]);
  const header = Buffer.alloc(20, 7);
  header.writeUInt16BE(1, 0);
  header.writeUInt16BE(body.length, 2);
  header.writeUInt32BE(0x2112a442, 4);
  return Buffer.concat([header, body]);
}

const closeNotify = Buffer.from([1, 0]);
const fatalAlert = Buffer.from([2, 40]);

/** Everything that is known to end a session of werift, or to wake code that nobody outside should reach. */
function weapons(ufrag: string): Buffer[] {
  return [
    dtlsRecord(21, 0, closeNotify),
    dtlsRecord(21, 0, fatalAlert),
    // As if encrypted: werift takes the first two bytes for the alert.
    dtlsRecord(21, 1, Buffer.concat([closeNotify, Buffer.alloc(24)])),
    ...[19, 24, 26, 63].map((type) => dtlsRecord(type, 0, Buffer.alloc(3))),
    dtlsRecord(23, 0, Buffer.from('application data')),
    dtlsRecord(23, 1, Buffer.alloc(40)),
    dtlsRecord(20, 0, Buffer.from([1])),
    // A ClientHello makes werift forget the session it has.
    dtlsRecord(
      22,
      0,
      Buffer.concat([Buffer.from([1, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60, 0xfe, 0xfd]), Buffer.alloc(58)]),
    ),
    Buffer.concat([dtlsRecord(22, 0, Buffer.alloc(12)), dtlsRecord(21, 0, closeNotify)]),
    Buffer.from([22, 0xfe, 0xfd]),
    Buffer.alloc(0),
    Buffer.alloc(1_200, 0xff),
    Buffer.concat([Buffer.from([0x80, 96]), Buffer.alloc(60)]),
    Buffer.concat([Buffer.from([0x80, 206]), Buffer.alloc(30)]),
    unsignedCheck(ufrag),
  ];
}

/** Sends datagrams to the station from an address that it has never heard of. */
async function sendAsStranger(answerSdp: string, datagrams: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise((sent) => socket.send(datagram, stationPort(answerSdp), '127.0.0.1', sent));
  }
  await new Promise<void>((closed) => socket.close(closed));
}

const ufragOf = (sdp: string) => /a=ice-ufrag:(\S+)/.exec(sdp)?.[1] ?? '';

async function expectPictures(session: Session): Promise<void> {
  const before = session.player.pictures.length;
  await vi.waitFor(() => {
    session.viewer.write(picture(before + 1, { isKeyframe: true }));
    expect(session.player.pictures.length).toBeGreaterThan(before + 2);
  });
  expect(session.viewer.isConnected).toBe(true);
  expect(session.ends).toEqual([]);
}

describe('datagrams that are meant to do harm', () => {
  test.each([
    ['that the Player opened', connect],
    ['that the station opened', connectOffered],
  ])('from a stranger leave a running picture of a session %s alone', async (_, connect) => {
    const session = await connect();
    await expectPictures(session);
    const { answerSdp } = session;
    await sendAsStranger(answerSdp, weapons(ufragOf(answerSdp)));
    await expectPictures(session);
  });

  test('under the Player’s own address leave a running picture alone', async () => {
    const session = await connect();
    await expectPictures(session);
    for (const weapon of weapons(ufragOf(session.answerSdp))) session.player.sendRaw(weapon);
    await expectPictures(session);
  });

  test('from a stranger do not keep a Player from connecting', async () => {
    const player = new WeriftPlayer();
    onTestFinished(() => player.close());
    const watching = await watch(await player.offer());
    const { answerSdp } = watching;
    await sendAsStranger(answerSdp, weapons(ufragOf(answerSdp)));
    await player.accept(answerSdp);
    await sendAsStranger(answerSdp, weapons(ufragOf(answerSdp)));
    await Promise.all([watching.connected, player.connected]);
    await expectPictures({ ...watching, player });
  });

  test('from a stranger do not spoil an offer of the station', async () => {
    const { offered, ...told } = await offer();
    await sendAsStranger(offered.offerSdp, weapons(ufragOf(offered.offerSdp)));
    const player = new WeriftPlayer();
    onTestFinished(() => player.close());
    const sdp = await player.answer(offered.offerSdp);
    await sendAsStranger(offered.offerSdp, weapons(ufragOf(offered.offerSdp)));
    const viewer = offered.answer({ type: 'answer', sdp });
    onTestFinished(() => viewer.close('left'));
    await Promise.all([told.connected, player.connected]);
    await expectPictures({ ...told, viewer, player, answerSdp: '' });
  });

  test('make the station send nothing to the stranger who asks', async () => {
    const { answerSdp } = await connect();
    const stranger = createSocket('udp4');
    onTestFinished(() => void stranger.close());
    const heard: Buffer[] = [];
    stranger.on('message', (datagram) => heard.push(datagram));
    await new Promise<void>((bound) => stranger.bind(0, '127.0.0.1', bound));
    const port = stationPort(answerSdp);
    stranger.send(unsignedCheck(ufragOf(answerSdp)), port, '127.0.0.1');
    // A signed question of another Player that is answered after them shows that they had their turn.
    await connect();
    expect(heard).toEqual([]);
  });
});

test('a Player that shows a certificate which is not its own gets no picture', async () => {
  const signatureHash = { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 };
  const [victim, thief] = await Promise.all([
    createSelfSignedCertificate(signatureHash),
    createSelfSignedCertificate(signatureHash),
  ]);
  const player = new WeriftPlayer({ keys: { ...victim, keyPem: thief.keyPem } });
  onTestFinished(() => player.close());
  const { viewer, answerSdp, gone } = await watch(await player.offer());
  await player.accept(answerSdp);
  expect(await gone).toBe('ice_failed');
  expect(viewer.isConnected).toBe(false);
});

describe('the guard', () => {
  const address = ['192.0.2.1', 5000] as const;
  const deaf: Guarded = {
    passwordOf: () => undefined,
    isDtlsConnected: false,
    openRecord: () => null,
    closedByPlayer: () => undefined,
    checked: () => undefined,
    takesData: true,
    data: () => undefined,
    rtp: () => false,
  };
  const deafGuard = () => new DatagramGuard(deaf);

  test('lets nothing of a stranger pass and counts it', () => {
    const guard = deafGuard();
    for (const weapon of weapons('abcd')) expect(guard.admit(weapon, address)).toBeNull();
    expect(guard.droppedCount).toBe(weapons('abcd').length);
  });

  test('hands on no more of a handshake that never ends than a whole one has', () => {
    const guard = new DatagramGuard({ ...deaf, passwordOf: () => samplePassword });
    expect(guard.admit(sampleCheck, address)).not.toBeNull();
    // A fragment of a message of 64 KiB, the last part of which does not come.
    const fragment = Buffer.concat([Buffer.from([11, 1, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0]), Buffer.alloc(1_024)]);
    let admittedBytes = 0;
    for (let sequence = 0; sequence < 2_000; sequence++) {
      admittedBytes += guard.admit(dtlsRecord(22, 0, fragment, sequence), address)?.length ?? 0;
    }
    expect(admittedBytes).toBeGreaterThan(64 * 1_024);
    expect(admittedBytes).toBeLessThanOrEqual(256 * 1_024);
  });

  test('stands before every socket of a connection, also after an ICE restart', async () => {
    const gatherer = new RTCIceGatherer({ additionalHostAddresses: ['127.0.0.1'], useIpv4: false, useIpv6: false });
    const ice = new RTCIceTransport(gatherer);
    onTestFinished(() => ice.stop());
    delete ice.connection.stunServer;
    guardConnection(ice.connection, deafGuard());
    await ice.gather();
    expect(() => assertGuarded(ice.connection)).not.toThrow();
    ice.restart();
    ice.connection.options.additionalHostAddresses = ['127.0.0.1', '127.0.0.2'];
    await ice.gather();
    expect(ice.localCandidates).toHaveLength(2);
    expect(() => assertGuarded(ice.connection)).not.toThrow();
  });

  test('refuses a version of werift that it can’t stand before', async () => {
    const gatherer = new RTCIceGatherer({ additionalHostAddresses: ['127.0.0.1'], useIpv4: false, useIpv6: false });
    const ice = new RTCIceTransport(gatherer);
    onTestFinished(() => ice.stop());
    delete ice.connection.stunServer;
    await ice.gather();
    expect(() => assertGuarded(ice.connection)).toThrow(/open to strangers/);
    Reflect.set(ice.connection, 'ensureProtocol', undefined);
    expect(() => guardConnection(ice.connection, deafGuard())).toThrow(/werift has changed/);
  });
});

describe('a connectivity check', () => {
  test('is known by its signature, as in the sample of RFC 5769', () => {
    expect(stunClass(sampleCheck)).toBe('request');
    expect(isAuthenticCheck(sampleCheck, (ufrag) => (ufrag === 'evtj' ? samplePassword : undefined))).toBe(true);
  });

  test.each([
    ['with another password', sampleCheck, 'x'.repeat(22)],
    ['that was changed', Buffer.from(sampleCheck).fill(0xff, 41, 42), samplePassword],
    ['without a signature', unsignedCheck('evtj'), samplePassword],
  ])('counts for nothing %s', (_, datagram, secret) => {
    expect(isAuthenticCheck(datagram, () => secret)).toBe(false);
  });

  test.each([0, 1, 19, 20, 23, 41, 60, 95])('can be cut off after %i bytes', (length) => {
    expect(stunClass(sampleCheck.subarray(0, length))).toBeNull();
    expect(isAuthenticCheck(sampleCheck.subarray(0, length), () => samplePassword)).toBe(false);
  });
});
