import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame } from '../../src/main/station/frame.ts';
import { maxPayloadBytes, payloads } from '../../src/main/webrtc/rtp.ts';
import { picture } from './session.ts';

const h264 = (...data: number[]): Frame => ({ ...picture(1), data: Uint8Array.from(data) });
const types = (frame: Frame) => payloads(frame).map((payload) => payload[0]! & 0x1f);

/** Puts NAL units together again as RFC 6184 §5.6 to §5.8 tells it, without any library. */
function reassemble(packets: readonly Uint8Array[]): Buffer[] {
  const units: Buffer[] = [];
  for (const packet of packets) {
    const type = packet[0]! & 0x1f;
    const body = Buffer.from(packet);
    if (type === 24) {
      for (let at = 1; at < body.length; at += 2 + body.readUInt16BE(at)) {
        units.push(body.subarray(at + 2, at + 2 + body.readUInt16BE(at)));
      }
    } else if (type !== 28) {
      units.push(body);
    } else if ((packet[1]! & 0x80) !== 0) {
      units.push(Buffer.concat([Buffer.from([(packet[0]! & 0xe0) | (packet[1]! & 0x1f)]), body.subarray(2)]));
    } else {
      units.push(Buffer.concat([units.pop()!, body.subarray(2)]));
    }
  }
  return units;
}

describe('an H.264 picture', () => {
  test('is sent with its parameter sets in one packet, and its slices in fragments', () => {
    const [first, ...rest] = types(picture(1, { isKeyframe: true, bytes: 10_000 }));
    expect(first).toBe(24);
    expect(new Set(rest)).toEqual(new Set([28]));
  });

  test('is sent in one packet where it fits', () => {
    expect(types(picture(1, { bytes: 500 }))).toEqual([1]);
  });

  test('is sent without delimiters and filler, with start codes of either length', () => {
    expect(
      payloads(h264(0, 0, 0, 1, 9, 16, 0, 0, 1, 0x41, 7, 8, 9, 0, 0, 0, 1, 12, 255)).map((each) => [...each]),
    ).toEqual([[0x41, 7, 8, 9]]);
  });

  test('comes out as it went in, in packets that are small enough, whatever its size', () => {
    const unit = fc
      .tuple(fc.constantFrom(0x67, 0x68, 0x06, 0x65, 0x41, 0x01), fc.integer({ min: 1, max: 5_000 }))
      .map(([header, length]) => Buffer.from([header, ...new Array<number>(length).fill(0x77)]));
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 6 }), (units) => {
        const frame = h264(...units.flatMap((each) => [0, 0, 0, 1, ...each]));
        expect(reassemble(payloads(frame))).toEqual(units);
        expect(Math.max(...payloads(frame).map((payload) => payload.length))).toBeLessThanOrEqual(maxPayloadBytes);
      }),
      { numRuns: 50 },
    );
  });

  test('is not sent at all where it is empty', () => {
    expect(payloads(h264())).toEqual([]);
  });
});

describe('a VP8 picture', () => {
  test('begins with the start of a partition and comes out as it went in', () => {
    const frame = picture(1, { codec: 'vp8', isKeyframe: true, bytes: 10_000 });
    const packets = payloads(frame);
    expect(packets.map((packet) => packet[0])).toEqual([0x10, ...new Array<number>(packets.length - 1).fill(0)]);
    expect(Buffer.concat(packets.map((packet) => packet.subarray(1)))).toEqual(frame.data);
  });
});

test('a picture is cut once for all Viewers', () => {
  const frame = picture(1);
  expect(payloads(frame)).toBe(payloads(frame));
});
