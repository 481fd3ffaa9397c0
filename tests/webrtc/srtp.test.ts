import { ProtectionProfileAes128CmHmacSha1_80, RtpHeader, SrtpSession } from 'werift';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SentPicture } from '../../src/main/webrtc/sent-pictures.ts';
import { maxPayloadBytes } from '../../src/main/webrtc/rtp.ts';
import { SrtpSender } from '../../src/main/webrtc/srtp-sender.ts';
import { protector, type SrtpKeys } from '../../src/main/webrtc/srtp.ts';
import type { DescribedVideo } from '../../src/main/webrtc/video-format.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const video: DescribedVideo = {
  mid: '0',
  codec: 'h264',
  payloadType: 96,
  rtxPayloadType: 97,
  parameters: null,
  feedback: [],
  midExtensionId: 9,
  playoutDelayExtensionId: 5,
  absSendTimeExtensionId: 2,
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

function sendPicture(sender: SrtpSender, payloads: readonly Uint8Array[], timestamp = 0): SentPicture {
  const picture = sender.begin(payloads, timestamp, 0);
  for (const index of payloads.keys()) sender.sendNext({ picture, index });
  return picture;
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
    for (let count = 0; count < 70_000; count++) sendPicture(sender, [payload], count);
    for (const packet of packets) expect(session.decrypt(packet).subarray(-3)).toEqual(payload);
  });
});

describe('packets', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('of a picture have one timestamp and numbers without a gap, and only the last has the marker', () => {
    const packets: Buffer[] = [];
    sendPicture(
      senderInto(packets, counterpart().own),
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
    sender.resend({ picture: sendPicture(sender, [Buffer.alloc(maxPayloadBytes)]), index: 0 });
    expect(packets).toHaveLength(2);
    expect(Math.max(...packets.map((packet) => packet.length))).toBeLessThanOrEqual(1_200);
  });

  test('that are sent again where no retransmission format was agreed are the same to the byte', () => {
    const packets: Buffer[] = [];
    const options = { video: { ...video, rtxPayloadType: null }, ssrc: 7, rtxSsrc: 8, keys: counterpart().own };
    const sender = new SrtpSender({ ...options, send: (packet) => packets.push(packet) });
    const picture = sendPicture(sender, [Buffer.alloc(10, 1), Buffer.alloc(10, 2)]);
    sender.playoutDelay = { minMs: 100, maxMs: 400 };
    vi.advanceTimersByTime(500);
    sendPicture(sender, [Buffer.alloc(10, 3)]);
    sender.resend({ picture, index: 1 });
    expect(packets[3]).toEqual(packets[1]);
  });

  test('say when each of them was sent, those too that are sent again', () => {
    const packets: Buffer[] = [];
    const sender = senderInto(packets, counterpart().own);
    const payloads = [Buffer.alloc(10, 1), Buffer.alloc(10, 2)];
    const picture = sender.begin(payloads, 0, 0);
    const startMs = performance.now();
    sender.sendNext({ picture, index: 0 });
    vi.advanceTimersByTime(250);
    sender.sendNext({ picture, index: 1 });
    vi.advanceTimersByTime(64_000);
    sender.resend({ picture, index: 0 });
    const seconds = packets.map((packet) => {
      const extensions = RtpHeader.deSerialize(packet).extensions;
      return (
        (extensions.find(({ id }) => id === video.absSendTimeExtensionId)?.payload.readUIntBE(0, 3) ?? NaN) / 2 ** 18
      );
    });
    const expected = [0, 250, 64_250].map((afterMs) => ((startMs + afterMs) / 1_000) % 64);
    for (const [index, second] of seconds.entries()) expect(second).toBeCloseTo(expected[index] ?? NaN, 4);
  });
});
