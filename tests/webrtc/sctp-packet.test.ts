import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSoundPacket } from '../../src/main/webrtc/sctp-packet.ts';

const header = Buffer.alloc(12);

function chunk(type: number, body: Buffer, { flags = 0, length = body.length + 4 } = {}): Buffer {
  const start = Buffer.from([type, flags, length >> 8, length & 0xff]);
  return Buffer.concat([start, body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
}

const packet = (...chunks: readonly Buffer[]) => Buffer.concat([header, ...chunks]);

function data({ streamId = 1, kind = 51, flags = 3, content = [0x78] } = {}): Buffer {
  const body = Buffer.alloc(12);
  body.writeUInt16BE(streamId, 4);
  body.writeUInt32BE(kind, 8);
  return chunk(0, Buffer.concat([body, Buffer.from(content)]), { flags });
}

function sack(gaps: readonly (readonly [number, number])[], gapCount = gaps.length): Buffer {
  const body = Buffer.alloc(12 + 4 * gaps.length);
  body.writeUInt16BE(gapCount, 8);
  gaps.forEach(([start, end], index) => {
    body.writeUInt16BE(start, 12 + 4 * index);
    body.writeUInt16BE(end, 14 + 4 * index);
  });
  return chunk(3, body);
}

const openMessage = [3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x78];
const init = (parameters: readonly number[]) => chunk(1, Buffer.concat([Buffer.alloc(16), Buffer.from(parameters)]));

describe('an SCTP packet', () => {
  test.each([
    ['text', packet(data())],
    [
      'bytes and an acknowledgement',
      packet(
        sack([
          [2, 4],
          [6, 6],
        ]),
        data({ kind: 53 }),
      ),
    ],
    ['a part of a message', packet(data({ flags: 0 }))],
    ['the opening of a channel', packet(data({ kind: 50, content: openMessage }))],
    ['a greeting with its parameters', packet(init([0xc0, 0, 0, 4, 0x80, 8, 0, 6, 0x82, 0xc0, 0, 0]))],
    ['the end of a channel', packet(chunk(130, Buffer.from([0, 13, 0, 18, ...Array<number>(14).fill(1)])))],
    ['a heartbeat', packet(chunk(4, Buffer.from([0, 1, 0, 8, 1, 2, 3, 4])))],
    ['a skipped message', packet(chunk(192, Buffer.from([0, 0, 0, 9, 0, 1, 0, 2])))],
    ['an abort', packet(chunk(6, Buffer.alloc(0)))],
  ])('may hold %s', (_, sound) => {
    expect(isSoundPacket(sound)).toBe(true);
  });

  test.each([
    ['nothing', header],
    ['a piece of a header', header.subarray(0, 7)],
    ['a chunk of no length', packet(chunk(0, Buffer.alloc(16), { length: 0 }))],
    ['a chunk that is longer than it', packet(chunk(0, Buffer.alloc(16), { length: 400 }))],
    ['a chunk that nobody knows', packet(chunk(77, Buffer.alloc(4)))],
    ['a message of a kind that nobody knows', packet(data({ kind: 7 }))],
    ['a message without content', packet(data({ content: [] }))],
    ['a message for the thousandth channel', packet(data({ streamId: 1_000 }))],
    ['a piece of an opening', packet(data({ kind: 50, flags: 2, content: openMessage }))],
    ['the answer to an opening that never was', packet(data({ kind: 50, content: [2] }))],
    ['gaps for millions of messages', packet(sack([[1, 65_535]]))],
    [
      'the same gap again and again',
      packet(
        sack([
          [1, 9_000],
          [1, 9_000],
        ]),
      ),
    ],
    ['more gaps than it has room for', packet(sack([[1, 2]], 60_000))],
    ['a parameter of no length', packet(init([0xc0, 0, 0, 0]))],
    ['a parameter that is longer than it', packet(init([0xc0, 0, 0, 99]))],
    ['a skipped message of the thousandth channel', packet(chunk(192, Buffer.from([0, 0, 0, 9, 3, 232, 0, 2])))],
    ['half a shutdown', packet(chunk(7, Buffer.alloc(2)))],
    ['something sound and then something else', packet(data(), chunk(0, Buffer.alloc(3)))],
  ])('is left alone that holds %s', (_, unsound) => {
    expect(isSoundPacket(unsound)).toBe(false);
  });

  test('of any bytes is judged without harm, and what is judged sound ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_400 }), (bytes) => {
        expect(typeof isSoundPacket(Buffer.concat([header, bytes]))).toBe('boolean');
      }),
    );
  });
});
