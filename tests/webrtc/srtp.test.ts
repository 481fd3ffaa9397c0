import { ProtectionProfileAes128CmHmacSha1_80, SrtpSession } from 'werift';
import { describe, expect, test } from 'vitest';
import { SrtpSender } from '../../src/main/webrtc/srtp-sender.ts';
import { protector, type SrtpKeys } from '../../src/main/webrtc/srtp.ts';
import type { OfferedVideo } from '../../src/main/webrtc/video-format.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const video: OfferedVideo = {
  mid: '0',
  codec: 'h264',
  payloadType: 96,
  rtxPayloadType: 97,
  parameters: null,
  feedback: [],
  midExtensionId: 9,
  playoutDelayExtensionId: 5,
};

/** A session of werift as the other end, for both of the modes. */
function counterpart() {
  const keys = { localMasterKey: Buffer.alloc(16, 1), localMasterSalt: Buffer.alloc(14, 2) };
  const session = new SrtpSession({
    keys: { ...keys, remoteMasterKey: keys.localMasterKey, remoteMasterSalt: keys.localMasterSalt },
    profile: ProtectionProfileAes128CmHmacSha1_80,
  });
  const { srtpSessionKey, srtpSessionSalt, srtpSessionAuthTag } = session.localContext;
  const own: SrtpKeys = {
    profile: 'aes-128-cm-sha1-80',
    key: srtpSessionKey,
    salt: srtpSessionSalt,
    authKey: srtpSessionAuthTag,
  };
  return { session, own };
}

function senderInto(packets: Buffer[], keys: SrtpKeys): SrtpSender {
  return new SrtpSender({ video, ssrc: 7, rtxSsrc: 8, keys, send: (packet) => packets.push(packet) });
}

describe('encryption', () => {
  test('with AES-GCM gives the packet that RFC 7714 §16.1.1 prints', () => {
    const keys: SrtpKeys = {
      profile: 'aes-128-gcm',
      key: hex('000102030405060708090a0b0c0d0e0f'),
      salt: hex('517569642070726f2071756f'),
      authKey: Buffer.alloc(0),
    };
    const header = hex('8040f17b 8041f8d3 5501a0b2');
    const text = Buffer.from('Gallia est omnis divisa in partes tres');
    expect(protector(keys, 0x5501a0b2)(header, [text], 0).toString('hex')).toBe(
      '8040f17b8041f8d35501a0b2' +
        'f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce',
    );
  });

  test('in counter mode is undone by another implementation, over a wrap of the sequence numbers', () => {
    const { session, own } = counterpart();
    const packets: Buffer[] = [];
    const sender = senderInto(packets, own);
    const payload = Buffer.from([1, 2, 3]);
    for (let count = 0; count < 70_000; count++) sender.sendPicture([payload], count);
    for (const packet of packets) expect(session.decrypt(packet).subarray(-3)).toEqual(payload);
  });
});

describe('packets', () => {
  test('of a picture have one timestamp and numbers without a gap, and only the last has the marker', () => {
    const packets: Buffer[] = [];
    senderInto(packets, counterpart().own).sendPicture(
      [1, 2, 3].map((fill) => Buffer.alloc(10, fill)),
      1234,
    );
    const first = packets[0]!.readUInt16BE(2);
    expect(packets.map((packet) => packet.readUInt16BE(2) - first)).toEqual([0, 1, 2]);
    expect(packets.map((packet) => packet.readUInt32BE(4))).toEqual([1234, 1234, 1234]);
    expect(packets.map((packet) => packet[1]! >> 7)).toEqual([0, 0, 1]);
    expect(packets.map((packet) => packet.readUInt32BE(8))).toEqual([7, 7, 7]);
  });

  test('of the largest kind fit into 1200 bytes', () => {
    const packets: Buffer[] = [];
    const keys = counterpart().own;
    const long = { ...video, mid: 'm'.repeat(16) };
    const options = { video: long, ssrc: 7, rtxSsrc: 8, send: (packet: Buffer) => packets.push(packet) };
    const sender = new SrtpSender({ ...options, keys: { ...keys, profile: 'aes-128-gcm' } });
    sender.sendPicture([Buffer.alloc(1_140)], 0);
    sender.resend([packets[0]!.readUInt16BE(2)], 0);
    expect(packets).toHaveLength(2);
    expect(Math.max(...packets.map((packet) => packet.length))).toBeLessThanOrEqual(1_200);
  });

  test('are sent again once, however often a Player asks in one round trip', () => {
    const packets: Buffer[] = [];
    const sender = senderInto(packets, counterpart().own);
    sender.sendPicture([Buffer.alloc(10)], 0);
    const lost = [packets[0]!.readUInt16BE(2)];
    for (const nowMs of [0, 5, 10, 29, 31]) sender.resend(lost, nowMs);
    expect(packets).toHaveLength(3);
  });

  test('that were never sent are not sent again', () => {
    const packets: Buffer[] = [];
    senderInto(packets, counterpart().own).resend([1, 2, 3], 0);
    expect(packets).toEqual([]);
  });

  test('are sent again only as far as a Player’s share goes', () => {
    const packets: Buffer[] = [];
    const sender = senderInto(packets, counterpart().own);
    for (let count = 0; count < 2_000; count++) sender.sendPicture([Buffer.alloc(1_000)], count);
    const lost = packets.map((packet) => packet.readUInt16BE(2));
    for (let round = 1; round <= 5; round++) sender.resend(lost, round * 1_000);
    expect(packets.length - lost.length).toBeLessThan(lost.length);
  });
});
