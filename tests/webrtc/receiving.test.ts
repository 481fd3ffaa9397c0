import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureClock } from '../../src/main/webrtc/capture-clock.ts';
import { PictureAssembler, type AssembledPicture } from '../../src/main/webrtc/picture-assembler.ts';
import { ReorderBuffer, type Ordered } from '../../src/main/webrtc/reorder-buffer.ts';
import { ntpTimestamp } from '../../src/main/webrtc/rtp-clock.ts';
import { payloads } from '../../src/main/webrtc/rtp.ts';
import { SrtpReceiver, type ReceivedPacket } from '../../src/main/webrtc/srtp-receiver.ts';
import { protector, type SrtpKeys } from '../../src/main/webrtc/srtp.ts';
import type { VideoCodec } from '../../src/shared/state.ts';
import { nalUnits } from '../support/h264.ts';

/** A NAL unit of this type without anything that looks like a start code in it. */
const unit = (type: number, bytes: number) => Buffer.concat([Buffer.from([0x60 | type, 0x88]), Buffer.alloc(bytes, 7)]);
const annexB = (...units: Buffer[]) => Buffer.concat(units.flatMap((each) => [Buffer.from([0, 0, 0, 1]), each]));
const parameterSets = [unit(7, 20), unit(8, 4)] as const;
const keyframe = annexB(...parameterSets, unit(5, 5_000));
const vp8Picture = (isKeyframe: boolean, bytes: number) =>
  Buffer.concat([Buffer.from([isKeyframe ? 0 : 1]), Buffer.alloc(bytes, 3)]);

/** The packets of some pictures, numbered from one on. */
function packetsOf(codec: VideoCodec, pictures: readonly Buffer[]): ReceivedPacket[] {
  let number = 0;
  return pictures.flatMap((data, index) => {
    const parts = payloads({ number: index, captureTimeMs: 0, data, codec, isKeyframe: false });
    return parts.map((part, at) => ({
      ssrc: 1,
      number: ++number,
      timestamp: 3_000 * index,
      isLast: at === parts.length - 1,
      payload: Buffer.from(part),
    }));
  });
}

function assemble(codec: VideoCodec, packets: readonly Ordered<ReceivedPacket>[]): AssembledPicture[] {
  const assembler = new PictureAssembler(codec);
  return packets.flatMap((packet) => assembler.add(packet));
}

/** In order, with a gap for each run of packets that are missing. */
function without(packets: readonly ReceivedPacket[], lost: ReadonlySet<number>): Ordered<ReceivedPacket>[] {
  const kept: Ordered<ReceivedPacket>[] = [];
  for (const packet of packets) {
    if (!lost.has(packet.number)) kept.push(packet);
    else if (kept.at(-1) !== 'gap') kept.push('gap');
  }
  return kept;
}

describe('pictures out of packets', () => {
  test('have the very NAL units that were published', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 6 }), (sizes) => {
        const pictures = [keyframe, ...sizes.map((bytes) => annexB(unit(1, bytes), unit(1, 30)))];
        const assembled = assemble('h264', packetsOf('h264', pictures));
        expect(assembled.map(({ data }) => nalUnits(data).map((each) => Buffer.from(each).toString('hex')))).toEqual(
          pictures.map((data) => nalUnits(data).map((each) => Buffer.from(each).toString('hex'))),
        );
        expect(assembled.map(({ isKeyframe }) => isKeyframe)).toEqual(pictures.map((_, index) => index === 0));
      }),
    );
  });

  test('have the very bytes that were published, as VP8', () => {
    const pictures = [vp8Picture(true, 4_000), vp8Picture(false, 10), vp8Picture(false, 2_500)];
    expect(assemble('vp8', packetsOf('vp8', pictures)).map(({ data }) => data)).toEqual(pictures);
  });

  test('begin with a keyframe', () => {
    const pictures = [annexB(unit(1, 50)), keyframe, annexB(unit(1, 60))];
    expect(assemble('h264', packetsOf('h264', pictures)).map(({ isKeyframe }) => isKeyframe)).toEqual([true, false]);
  });

  test('get their parameter sets where a later keyframe comes without them', () => {
    const bare = annexB(unit(5, 300));
    const [, second] = assemble('h264', packetsOf('h264', [keyframe, bare]));
    expect(nalUnits(second!.data).map((each) => each[0]! & 31)).toEqual([7, 8, 5]);
    expect(assemble('h264', packetsOf('h264', [bare]))).toEqual([]);
  });

  test('end where the next one begins, for senders that mark no end', () => {
    const packets = packetsOf('h264', [keyframe, annexB(unit(1, 50)), annexB(unit(1, 60))]);
    const unmarked = packets.map((packet) => ({ ...packet, isLast: false }));
    expect(assemble('h264', unmarked)).toHaveLength(2);
  });

  test('are whole or not there at all, and go on only with a keyframe, whatever is lost', () => {
    const pictures = [
      keyframe,
      annexB(unit(1, 3_000)),
      annexB(unit(1, 40)),
      keyframe,
      annexB(unit(1, 2_000)),
      keyframe,
    ];
    const packets = packetsOf('h264', pictures);
    const numbers = packets.map(({ number }) => number);
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...numbers)), (lost) => {
        let last = -1;
        for (const { data, timestamp, isKeyframe } of assemble('h264', without(packets, new Set(lost)))) {
          const index = timestamp / 3_000;
          expect(data.equals(pictures[index]!)).toBe(true);
          expect(isKeyframe || index === last + 1).toBe(true);
          last = index;
        }
      }),
    );
  });

  test.each(['h264', 'vp8'] as const)('survive any junk in %s packets, and come again after it', (codec) => {
    const good = codec === 'h264' ? [keyframe] : [vp8Picture(true, 2_000)];
    const junk = fc.record({
      number: fc.integer({ min: 1, max: 60_000 }),
      timestamp: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      isLast: fc.boolean(),
      // Descriptors and fragment headers lie in the first bytes.
      payload: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      ssrc: fc.constant(1),
    });
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 9, arbitrary: junk }, fc.constant('gap' as const)), { maxLength: 60 }),
        (packets) => {
          const assembler = new PictureAssembler(codec);
          for (const packet of packets) assembler.add(packet);
          // The first one may have been begun by junk with its timestamp.
          const after = [...good, ...good].flatMap((data, index) =>
            packetsOf(codec, [data]).map((packet) => ({ ...packet, timestamp: 5_000_000_001 + index })),
          );
          expect(
            after
              .flatMap((packet) => assembler.add(packet))
              .at(-1)
              ?.data.equals(good[0]!),
          ).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('that are shown before an earlier one are said to be', () => {
    // first_mb_in_slice 0 (1), slice_type 1 (010): B; slice_type 5 (00110): P.
    const sliceB = Buffer.from([0x01, 0b1010_0000, 9, 9]);
    const sliceP = Buffer.from([0x41, 0b1001_1000, 9, 9]);
    const pictures = assemble('h264', packetsOf('h264', [keyframe, annexB(sliceP), annexB(sliceB)]));
    expect(pictures.map(({ isReordered }) => isReordered)).toEqual([false, false, true]);
  });

  test('that never end are given up', () => {
    const assembler = new PictureAssembler('vp8');
    for (let number = 1; number <= 9_000; number++) {
      const payload = Buffer.concat([Buffer.from([number === 1 ? 0x10 : 0]), Buffer.alloc(1_000)]);
      expect(assembler.add({ ssrc: 1, number, timestamp: 0, isLast: false, payload })).toEqual([]);
    }
    const [next] = packetsOf('vp8', [vp8Picture(true, 10)]);
    expect(assembler.add({ ...next!, timestamp: 1 })).toHaveLength(1);
  });
});

describe('the order of packets', () => {
  const numbered = (number: number) => ({ number });
  const numbersOf = (ordered: readonly Ordered<{ number: number }>[]) =>
    ordered.map((each) => (each === 'gap' ? each : each.number));

  test('is that of their numbers, however they come', () => {
    const shuffled = fc.shuffledSubarray(
      Array.from({ length: 40 }, (_, index) => index + 1),
      { minLength: 40 },
    );
    fc.assert(
      fc.property(shuffled, (numbers) => {
        const buffer = new ReorderBuffer();
        // The first one says where the numbers begin.
        const ordered = [0, ...numbers].flatMap((number) => buffer.add(numbered(number), 0));
        expect(numbersOf(ordered as Ordered<{ number: number }>[])).toEqual(
          Array.from({ length: 41 }, (_, index) => index),
        );
      }),
    );
  });

  test('waits for one that is missing, asks for it again, and goes on without it', () => {
    const buffer = new ReorderBuffer<{ number: number }>();
    expect(
      numbersOf([...buffer.add(numbered(1), 0), ...buffer.add(numbered(3), 10), ...buffer.add(numbered(4), 20)]),
    ).toEqual([1]);
    expect(buffer.toAskFor(20)).toEqual([2]);
    expect(buffer.toAskFor(30)).toEqual([]);
    expect(buffer.toAskFor(70)).toEqual([2]);
    expect(numbersOf(buffer.tick(100))).toEqual([]);
    expect(numbersOf(buffer.tick(400))).toEqual(['gap', 3, 4]);
    expect(buffer.lostPackets).toBe(1);
    expect(numbersOf(buffer.add(numbered(2), 410))).toEqual([]);
  });

  test('needs no gap where the missing one comes in time', () => {
    const buffer = new ReorderBuffer<{ number: number }>();
    buffer.add(numbered(1), 0);
    buffer.add(numbered(3), 10);
    expect(numbersOf(buffer.add(numbered(2), 60))).toEqual([2, 3]);
    expect(buffer.toAskFor(100)).toEqual([]);
  });

  test('keeps no more than a bounded number of them, and gives each on once at most', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 300 }), (numbers) => {
        const buffer = new ReorderBuffer<{ number: number }>();
        const given = numbers.flatMap((number, index) => buffer.add(numbered(number), index * 10));
        given.push(...buffer.tick(1_000_000));
        const packets = given.flatMap((each) => (each === 'gap' ? [] : [each.number]));
        expect(packets).toEqual([...new Set(packets)].toSorted((a, b) => a - b));
        expect(buffer.toAskFor(2_000_000)).toEqual([]);
      }),
    );
  });
});

describe('packets of the other end', () => {
  const profiles = ['aes-128-gcm', 'aes-128-cm-sha1-80'] as const;
  const keysOf = (profile: SrtpKeys['profile']): SrtpKeys => ({
    profile,
    key: Buffer.alloc(16, 1),
    salt: Buffer.alloc(14, 2),
    authKey: Buffer.alloc(20, 3),
  });

  /** Packets whose numbers count on from one, beyond the 16 bits that they have in their headers. */
  function sent(profile: SrtpKeys['profile'], first: number, count: number): Buffer[] {
    const protect = protector(keysOf(profile), 7);
    return Array.from({ length: count }, (_, index) => {
      const header = Buffer.alloc(12);
      header.writeUInt16BE(0x8060, 0);
      header.writeUInt16BE((first + index) % 2 ** 16, 2);
      header.writeUInt32BE(7, 8);
      return protect(header, [Buffer.from(`payload ${index}`)], Math.floor((first + index) / 2 ** 16));
    });
  }

  test.each(profiles)('are read once each, beyond the wrap of their numbers, with %s', (profile) => {
    const receiver = new SrtpReceiver(keysOf(profile), 96);
    const packets = sent(profile, 65_000, 1_200);
    const texts = packets.map((packet) => receiver.open(packet)?.payload.toString());
    expect(texts.every((text, index) => text === `payload ${index}`)).toBe(true);
    expect(receiver.open(packets.at(-1)!)).toBeNull();
    expect(receiver.open(packets[0]!)).toBeNull();
  });

  test.each(profiles)('are refused where a single bit is another, with %s', (profile) => {
    const [packet] = sent(profile, 0, 1);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 * packet!.length - 1 }), (bit) => {
        const changed = Buffer.from(packet!);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(new SrtpReceiver(keysOf(profile), 96).open(changed)).toBeNull();
      }),
    );
    expect(new SrtpReceiver(keysOf(profile), 96).open(packet!)).not.toBeNull();
  });

  test.each(profiles)('may be any bytes at all, with %s', (profile) => {
    const receiver = new SrtpReceiver(keysOf(profile), 96);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(receiver.open(Buffer.from([0x90, 0x60, ...bytes]))).toBeNull();
        expect(receiver.open(Buffer.from(bytes))).toBeNull();
      }),
    );
  });
});

describe('the capture time of what is published', () => {
  const startedMs = 1_795_000_000_000;

  test('follows the publisher’s own times where its clock is right, whatever the network does', () => {
    const clock = new CaptureClock();
    clock.captureTimeMs(90_000, startedMs + 80);
    clock.reported({ ntp: ntpTimestamp(startedMs), timestamp: 90_000 });
    expect(clock.captureTimeMs(90_000 + 90 * 100, startedMs + 100 + 300)).toBeCloseTo(startedMs + 100, 1);
  });

  test('is that of the arrival where its clock is wrong, but keeps the distances of the pictures', () => {
    const clock = new CaptureClock();
    clock.captureTimeMs(0, startedMs);
    clock.reported({ ntp: ntpTimestamp(startedMs - 3_600_000), timestamp: 0 });
    expect(clock.captureTimeMs(90 * 100, startedMs + 150)).toBeCloseTo(startedMs + 100, 0);
    expect(clock.captureTimeMs(90 * 200, startedMs + 190)).toBeCloseTo(startedMs + 190, 0);
  });

  test('goes on over the wrap of the timestamps', () => {
    const clock = new CaptureClock();
    clock.captureTimeMs(2 ** 32 - 900, startedMs);
    expect(clock.captureTimeMs(900, startedMs + 20)).toBeCloseTo(startedMs + 20, 0);
  });
});
