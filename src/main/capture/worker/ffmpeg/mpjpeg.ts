import type { Demuxer, EncodedPicture } from './flv.ts';

const headEnd = Buffer.from('\r\n\r\n');

/**
 * Reads JPEGs out of `multipart/x-mixed-replace`. As with the other containers each part tells its length before its bytes, so
 * that nobody has to look for the end of a picture among them.
 */
export function makeMpjpegDemuxer(onPicture: (picture: EncodedPicture) => void): Demuxer {
  let buffer = Buffer.alloc(0);

  return (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const headEnds = buffer.indexOf(headEnd);
      if (headEnds < 0) return;
      const start = headEnds + headEnd.length;
      const end = start + contentLength(buffer.toString('latin1', 0, headEnds));
      if (buffer.length < end) return;
      onPicture({ data: new Uint8Array(buffer.subarray(start, end)), isKeyframe: true });
      buffer = buffer.subarray(end);
    }
  };
}

function contentLength(head: string): number {
  const [, digits] = /^content-length: *(\d+)/im.exec(head) ?? [];
  if (digits === undefined) throw new Error('A part of the JPEG stream has no length');
  return Number(digits);
}
