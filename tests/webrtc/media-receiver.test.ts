import { describe, expect, test } from 'vitest';
import {
  GenericNack,
  PictureLossIndication,
  ReceiverEstimatedMaxBitrate,
  RtcpPacketConverter,
  RtcpRrPacket,
  RtcpSenderInfo,
  RtcpSrPacket,
  type RtcpPacket,
} from 'werift';
import type { VideoFrame } from '../../src/main/station/frame.ts';
import { MediaReceiver } from '../../src/main/webrtc/media-receiver.ts';
import { ntpTimestamp } from '../../src/main/webrtc/rtp-clock.ts';
import { payloads } from '../../src/main/webrtc/rtp.ts';
import { protector, type SrtpKeys } from '../../src/main/webrtc/srtp.ts';
import type { VideoFormat } from '../../src/main/webrtc/video-format.ts';

const video: VideoFormat = {
  mid: '0',
  codec: 'vp8',
  payloadType: 96,
  rtxPayloadType: null,
  midExtensionId: null,
  playoutDelayExtensionId: null,
  absSendTimeExtensionId: null,
};
const keys: SrtpKeys = {
  profile: 'aes-128-gcm',
  key: Buffer.alloc(16, 1),
  salt: Buffer.alloc(12, 2),
  authKey: Buffer.alloc(0),
};
const mediaSsrc = 4_000_000_000;

/** A receiver, and a publisher whose packets the test hands over, in whatever order. */
function receive() {
  const frames: VideoFrame[] = [];
  const reports: RtcpPacket[] = [];
  let floods = 0;
  const receiver = new MediaReceiver({
    video,
    keys,
    ssrc: 9,
    // As bytes, because that is what the publisher gets.
    sendReport: (packets) =>
      reports.push(...RtcpPacketConverter.deSerialize(Buffer.concat(packets.map((packet) => packet.serialize())))),
    frame: (frame) => frames.push(frame),
    flooded: () => floods++,
  });
  const protect = protector(keys, mediaSsrc);
  let sequence = 65_500;
  /** The packets of one picture. */
  const picture = (index: number, isKeyframe: boolean, bytes = 5_000): Buffer[] => {
    const data = Buffer.concat([Buffer.from([isKeyframe ? 0 : 1]), Buffer.alloc(bytes, index)]);
    const parts = payloads({ number: index, captureTimeMs: 0, data, codec: 'vp8', isKeyframe });
    return parts.map((part, at) => {
      const header = Buffer.alloc(12);
      header.writeUInt16BE(0x8060 | (at === parts.length - 1 ? 0x80 : 0), 0);
      header.writeUInt16BE(sequence & 0xffff, 2);
      header.writeUInt32BE(3_000 * index, 4);
      header.writeUInt32BE(mediaSsrc, 8);
      return protect(header, [part], Math.floor(sequence++ / 2 ** 16));
    });
  };
  const feedback = () => reports.flatMap((report) => ('feedback' in report ? [report.feedback] : []));
  return {
    receiver,
    frames,
    picture,
    reports,
    floods: () => floods,
    asked: () => feedback().flatMap((each) => (each instanceof GenericNack ? each.lost : [])),
    keyframesAsked: () => feedback().filter((each) => each instanceof PictureLossIndication).length,
    estimates: () => feedback().filter((each) => each instanceof ReceiverEstimatedMaxBitrate),
  };
}

describe('what somebody publishes', () => {
  test('arrives whole over a link that loses one packet in ten, because it is asked for again', () => {
    const { receiver, frames, picture, asked } = receive();
    let nowMs = 0;
    const history = new Map<number, Buffer>();
    let answered = 0;
    for (let index = 0; index < 60; index++) {
      for (const packet of picture(index, index === 0)) {
        history.set(packet.readUInt16BE(2), packet);
        if (packet.readUInt16BE(2) % 10 !== 7) receiver.take(packet, nowMs);
      }
      nowMs += 33;
      receiver.tick(nowMs);
      // A round trip later.
      for (const lost of asked().slice(answered)) receiver.take(history.get(lost)!, nowMs);
      answered = asked().length;
    }
    expect(answered).toBeGreaterThan(20);
    expect(frames.map(({ data }) => data[1])).toEqual(Array.from({ length: 60 }, (_, index) => index));
    expect(frames.map(({ isKeyframe }) => isKeyframe).indexOf(true, 1)).toBe(-1);
  });

  test('goes on with a keyframe that is asked for where a loss is not mended, twice a second at most', () => {
    const { receiver, frames, picture, keyframesAsked } = receive();
    for (const packet of picture(0, true)) receiver.take(packet, 0);
    for (const packet of picture(1, false).slice(1)) receiver.take(packet, 30);
    for (let nowMs = 40; nowMs < 2_000; nowMs += 40) {
      for (const packet of picture(2, false)) receiver.take(packet, nowMs);
      receiver.tick(nowMs);
    }
    expect(frames).toHaveLength(1);
    expect(keyframesAsked()).toBeGreaterThan(0);
    expect(keyframesAsked()).toBeLessThanOrEqual(4);
    for (const packet of picture(3, true)) receiver.take(packet, 2_100);
    expect(frames.at(-1)).toMatchObject({ isKeyframe: true });
  });

  test('is reported on with what was lost, and what may be sent at once', () => {
    const { receiver, picture, reports, estimates } = receive();
    const packets = picture(0, true, 20_000);
    receiver.take(packets[0]!, 0);
    expect(estimates()).toMatchObject([{ bitrate: 20_000_000n, ssrcFeedbacks: [mediaSsrc] }]);
    for (const packet of packets.slice(6)) receiver.take(packet, 10);
    receiver.tick(1_000);
    const senderInfo = new RtcpSenderInfo({
      ntpTimestamp: ntpTimestamp(Date.now()),
      rtpTimestamp: 0,
      packetCount: 1,
      octetCount: 1,
    });
    receiver.reported(new RtcpSrPacket({ ssrc: mediaSsrc, senderInfo }), 1_000);
    receiver.report(1_100);
    const report = reports.findLast((each) => each instanceof RtcpRrPacket)?.reports[0];
    expect(report).toMatchObject({ ssrc: mediaSsrc, packetsLost: 5 });
    expect(report?.fractionLost).toBeGreaterThan(0);
    expect(report?.dlsr).toBe(Math.round(100 * 65.536));
    expect(report?.lsr).not.toBe(0);
  });

  test('is reported on also where the publisher itself has told no time for a day', () => {
    const { receiver, picture, reports } = receive();
    for (const packet of picture(0, true)) receiver.take(packet, 0);
    const time = { ntpTimestamp: ntpTimestamp(Date.now()), rtpTimestamp: 0, packetCount: 1, octetCount: 1 };
    receiver.reported(new RtcpSrPacket({ ssrc: mediaSsrc, senderInfo: new RtcpSenderInfo(time) }), 0);
    receiver.report(24 * 3_600_000);
    expect(reports.findLast((report) => report instanceof RtcpRrPacket)).toMatchObject({
      reports: [{ dlsr: 0xffff_ffff }],
    });
  });

  test('is too much where nobody would send so much who means well', () => {
    const { receiver, picture, floods } = receive();
    // A stranger's packets don't count.
    for (let count = 0; count < 13_000; count++) receiver.take(Buffer.alloc(20, 0x80), 500);
    expect(floods()).toBe(0);
    for (const packet of picture(0, true, 9_000_000)) receiver.take(packet, 500);
    expect(floods()).toBeGreaterThan(0);
  });
});
