import type { Readable } from 'node:stream';

/** Receives a stream of text lines, of which some announce bytes that follow them. */
export interface RecordHandler {
  /** @returns How many bytes come before the next line, or undefined to read no more. */
  line(line: string): number | undefined;
  /** The announced bytes. They are lent: the memory is written again after the call. */
  bytes(bytes: Uint8Array): void;
  /** A line that is longer than allowed; nothing is read after it. */
  tooLong(start: string): void;
}

const newline = 0x0a;

/**
 * Splits a program's output into lines and the bytes that they announce. Bytes are copied once, into memory that is
 * kept from one picture to the next.
 */
export function readRecords(stream: Readable, maxLineBytes: number, handler: RecordHandler): void {
  const line = Buffer.alloc(maxLineBytes);
  let lineLength = 0;
  let payload = Buffer.alloc(0);
  let payloadLength = 0;
  let missing = 0;
  let isOver = false;

  /** @returns The position after the line's part in this chunk. */
  function takeLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(newline, from);
    const part = chunk.subarray(from, end < 0 ? chunk.length : end);
    if (lineLength + part.length > maxLineBytes) {
      part.copy(line, lineLength);
      isOver = true;
      handler.tooLong(line.toString('utf8'));
      return chunk.length;
    }
    part.copy(line, lineLength);
    lineLength += part.length;
    if (end < 0) return chunk.length;
    const announced = handler.line(line.toString('utf8', 0, lineLength));
    lineLength = 0;
    if (announced === undefined) isOver = true;
    else expectBytes(announced);
    return end + 1;
  }

  function expectBytes(count: number): void {
    missing = count;
    payloadLength = count;
    // Memory of its own, so that it can be looked at in units of two bytes.
    if (payload.length < count) payload = Buffer.allocUnsafeSlow(count);
  }

  function takeBytes(chunk: Buffer, from: number): number {
    const taken = chunk.copy(payload, payloadLength - missing, from, from + missing);
    missing -= taken;
    if (missing === 0) handler.bytes(payload.subarray(0, payloadLength));
    return from + taken;
  }

  stream.on('data', (chunk: Buffer) => {
    let position = 0;
    while (position < chunk.length && !isOver) {
      position = missing > 0 ? takeBytes(chunk, position) : takeLine(chunk, position);
    }
  });
  // The end of the program tells what there is to tell.
  stream.on('error', () => undefined);
}
