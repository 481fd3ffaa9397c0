import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundaryIn, PartReader, PartsFault, type Part } from '../../../src/renderer/station/parts.ts';

const utf8 = new TextEncoder();

/** An answer as the station writes it. */
function answerOf(pictures: readonly Uint8Array[], isOver = false): Uint8Array {
  const pieces = pictures.flatMap((picture, index) => [
    utf8.encode(
      `--frame\r\nContent-Type: image/jpeg\r\nX-Frame-Number: ${index}\r\nContent-Length: ${picture.length}\r\n\r\n`,
    ),
    picture,
    utf8.encode('\r\n'),
  ]);
  return Uint8Array.from([...pieces, utf8.encode(isOver ? '--frame--\r\n' : '')].flatMap((piece) => [...piece]));
}

/** Reads an answer that comes in pieces which end at these places. */
function readInPieces(answer: Uint8Array, ends: readonly number[], reader = new PartReader('frame')): Part[] {
  const places = [0, ...ends.map((end) => end % (answer.length + 1)).toSorted((a, b) => a - b), answer.length];
  return places.slice(1).flatMap((end, index) => [...reader.read(answer.subarray(places[index], end))]);
}

/** Pictures may hold what looks like the boundary. */
const picture = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }),
  fc.constantFrom('\r\n--frame\r\n\r\n', '--frame--\r\n', '\r\n\r\n').map((text) => utf8.encode(text)),
);
const cuts = fc.array(fc.nat(), { maxLength: 20 });

describe('A reader of parts', () => {
  test('gives the same pictures, whatever the pieces in which they come', () => {
    fc.assert(
      fc.property(fc.array(picture, { maxLength: 6 }), cuts, fc.boolean(), (pictures, ends, isOver) => {
        const reader = new PartReader('frame');
        const parts = readInPieces(answerOf(pictures, isOver), ends, reader);
        expect(parts.map(({ body }) => [...body])).toEqual(pictures.map((bytes) => [...bytes]));
        expect(parts.map(({ headers }) => headers.get('x-frame-number'))).toEqual(pictures.map((_, at) => String(at)));
        expect(reader.isOver).toBe(isOver);
      }),
    );
  });

  test('says why it can not read junk, and never gives it as a picture', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6_000 }), cuts, (junk, ends) => {
        try {
          expect(readInPieces(junk, ends)).toEqual([]);
        } catch (error) {
          expect(error).toBeInstanceOf(PartsFault);
        }
      }),
    );
  });

  test.each([
    ['another boundary', '--other\r\nContent-Length: 1\r\n\r\nx', 'no_boundary'],
    ['a page of HTML', '<html><body>Sign in</body>\r\n\r\n', 'no_boundary'],
    ['no length', '--frame\r\nContent-Type: image/jpeg\r\n\r\nx', 'no_length'],
    ['a length that is none', '--frame\r\nContent-Length: -1\r\n\r\nx', 'no_length'],
    ['nothing in it', '--frame\r\nContent-Length: 0\r\n\r\n', 'no_length'],
    ['more than can be kept', '--frame\r\nContent-Length: 1001\r\n\r\nx', 'part_too_large'],
    ['a head without end', `--frame\r\nX-Long: ${'x'.repeat(3_000)}`, 'head_too_long'],
  ])('ends at a part with %s', (_what, text, reason) => {
    const reader = new PartReader('frame', 1_000);
    expect(() => [...reader.read(utf8.encode(text))]).toThrow(expect.objectContaining({ reason }));
  });

  test('takes a part as large as it may be', () => {
    const [part] = readInPieces(answerOf([new Uint8Array(1_000)]), [], new PartReader('frame', 1_000));
    expect(part?.body.length).toBe(1_000);
  });
});

test.each([
  ['multipart/x-mixed-replace;boundary=frame', 'frame'],
  ['multipart/x-mixed-replace; boundary="a b"', 'a b'],
  ['Multipart/X-Mixed-Replace; charset=x; Boundary=frame', 'frame'],
])('The boundary of %s is %s', (contentType, boundary) => {
  expect(boundaryIn(contentType)).toBe(boundary);
});

test.each([[null], ['text/html'], ['multipart/x-mixed-replace']])('%s names no boundary', (contentType) => {
  expect(() => boundaryIn(contentType)).toThrow(expect.objectContaining({ reason: 'no_boundary' }));
});
