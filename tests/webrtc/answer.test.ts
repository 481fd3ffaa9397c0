import { RtcpPacketConverter } from 'werift';
import { describe, expect, test } from 'vitest';
import { writeAnswer } from '../../src/main/webrtc/answer.ts';
import type { Offer } from '../../src/main/webrtc/offer.ts';
import { readEstimate, readFeedback } from '../../src/main/webrtc/rtcp.ts';

const offer: Offer = {
  sections: [
    { mid: 'a', kind: 'audio', protocol: 'UDP/TLS/RTP/SAVPF', firstFormat: '111' },
    { mid: 'v', kind: 'video', protocol: 'UDP/TLS/RTP/SAVPF', firstFormat: '96' },
    { mid: 'd', kind: 'application', protocol: 'UDP/DTLS/SCTP', firstFormat: 'webrtc-datachannel' },
  ],
  videoIndex: 1,
  dataIndex: 2,
  video: {
    mid: 'v',
    codec: 'h264',
    payloadType: 108,
    rtxPayloadType: 109,
    parameters: 'packetization-mode=1',
    feedback: ['nack', 'nack pli'],
    midExtensionId: 9,
    playoutDelayExtensionId: null,
    absSendTimeExtensionId: null,
  },
  ice: { ufrag: 'abcd', password: 'x'.repeat(22) },
  fingerprints: [],
  candidates: [],
  sctp: { port: 5000, maxMessageBytes: 262_144 },
};

const facts = {
  ice: { ufrag: 'wxyz', password: 'y'.repeat(22) },
  fingerprints: [{ algorithm: 'sha-256', value: 'AB:CD' }],
  candidates: ['1 1 udp 1 127.0.0.1 5000 typ host'],
  hasAllCandidates: true,
  ssrc: 7,
  rtxSsrc: 8,
  clockOffset: 42,
};

describe('an answer', () => {
  const lines = writeAnswer(offer, facts).split('\r\n');

  test('accepts the picture and the data channels and rejects everything else, in the order of the offer', () => {
    expect(lines.filter((line) => line.startsWith('m='))).toEqual([
      'm=audio 0 UDP/TLS/RTP/SAVPF 111',
      'm=video 9 UDP/TLS/RTP/SAVPF 108 109',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    ]);
    expect(lines).toContain('a=group:BUNDLE v d');
    expect(lines).toEqual(expect.arrayContaining(['a=sctp-port:5000', 'a=max-message-size:16384']));
  });

  test('rejects data channels that would need a transport of their own', () => {
    const rejecting = writeAnswer({ ...offer, dataIndex: null, sctp: null }, facts).split('\r\n');
    expect(rejecting).toContain('m=application 0 UDP/DTLS/SCTP webrtc-datachannel');
    expect(rejecting).toContain('a=group:BUNDLE v');
  });

  test('names a stream, the station’s DTLS role, its clock and all of its candidates', () => {
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^a=msid:\S+ \S+$/),
        'a=sendonly',
        'a=setup:passive',
        'a=ts-refclk:local',
        'a=mediaclk:direct=42',
        'a=ssrc-group:FID 7 8',
        'a=candidate:1 1 udp 1 127.0.0.1 5000 typ host',
        'a=end-of-candidates',
      ]),
    );
  });

  test('promises no retransmission stream and no extension that the Player did not offer', () => {
    const video = { ...offer.video, rtxPayloadType: null, midExtensionId: null };
    expect(writeAnswer({ ...offer, video }, facts)).not.toMatch(/rtx|FID|extmap/);
  });
});

describe('a Player’s wish', () => {
  const wish = (bytes: number[]) => readFeedback(RtcpPacketConverter.deSerialize(Buffer.from(bytes))[0]!, 7);

  test.each([
    ['a PLI', [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 7], { kind: 'keyframe' }],
    ['a FIR', [0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1, 0, 0, 0], { kind: 'keyframe' }],
    ['a NACK', [0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 7, 0, 5, 0, 2], { kind: 'resend', lost: [5, 7] }],
    ['a PLI for another stream', [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9], null],
    ['a FIR for another stream', [0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0], null],
    ['an unknown feedback', [0x8f, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 7, 1, 2, 3, 4], null],
    ['a receiver report', [0x80, 201, 0, 1, 0, 0, 0, 1], null],
  ])('is read from %s', (_, bytes, expected) => {
    expect(wish(bytes)).toEqual(expected);
  });
});

describe('what a Player says that its link could carry', () => {
  const estimate = (bytes: number[]) => readEstimate(RtcpPacketConverter.deSerialize(Buffer.from(bytes))[0]!, 7);
  const remb = [0x8f, 206, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 0x52, 0x45, 0x4d, 0x42, 1, 0x15, 0x2d, 0xc7, 0, 0, 0, 7];

  test.each([
    ['is read in kbit/s', remb, 2_472],
    ['is none of ours where it names another stream', [...remb.slice(0, -1), 9], null],
    ['is no other feedback of the application', remb.with(12, 0x58), null],
    ['is no loss report', [0x80, 201, 0, 1, 0, 0, 0, 1], null],
  ])('%s', (_, bytes, expected) => {
    expect(estimate(bytes)).toBe(expected);
  });
});
